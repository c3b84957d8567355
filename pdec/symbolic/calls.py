"""Calls: the operators of the table, `sum`, `d`, `curl`, and the functions that a file defines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr, Integer

from pdec.diagnostics import nearest
from pdec.language import tree
from pdec.symbolic import averages, lookups, matrices, operators, places
from pdec.symbolic.atoms import Axis, at, fresh, slot
from pdec.symbolic.calculus import MAX_ORDER, derive
from pdec.symbolic.indices import axis_of, end_of_range
from pdec.symbolic.operators import OPERATORS, Shape, count, describe
from pdec.symbolic.pieces import where
from pdec.symbolic.scope import (
    CoordinateName,
    Entity,
    IndexName,
    LetName,
    Scope,
    TableEntity,
    Typed,
    UnknownName,
    ValueName,
    names_of,
)
from pdec.symbolic.sums import contract

if TYPE_CHECKING:
    from pdec.symbolic.elaborate import Elaborator

OWN_RULES = ("sum", "d", "curl", "dn", "where", "eye", "equicorr", "linspace", "det", "inv", "integral", "mean")
"""What is called like an operator but has a rule of its own here."""


OUTWARD = "n"
"""The outward unit normal in a boundary condition, where the file has given the name to nothing else."""

IN_SPACE = ("lap", "bilap", "grad", "div", "hess", "advect")
"""Operators whose last argument is differentiated along the coordinates of space."""


def call(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """A call of anything."""
    name = node.function.id
    match scope.names.get(name):
        case None:
            pass
        case UnknownName():
            return places.unknown_at(elaborator, node, scope)
        case LetName() as entity:
            return _function(elaborator, node, entity, scope)
        case TableEntity() as entity:
            return lookups.lookup(elaborator, node, entity, scope)
        case _:
            given = "" if len(node.arguments) != 1 else elaborator.findings.source.slice(node.arguments[0].span)
            hint = f"a product is written {name}*({given})" if given else ""
            return elaborator.report(node.function.span, "E103", f"`{name}` is not a function", hint)
    if isinstance(scope.names.get(name.split("_")[0]), UnknownName):
        return places.unknown_at(elaborator, node, scope)
    rules = {"sum": _summation, "d": _derivative, "curl": _curl, "dn": _normal_derivative, "where": where}
    rules |= {**dict.fromkeys(matrices.KINDS, matrices.by_name), "det": _small, "inv": _small}
    rules |= {"integral": averages.integral, "mean": averages.mean}
    if name in rules:
        return rules[name](elaborator, node, scope)
    if name not in OPERATORS:
        known = [*names_of(scope, (LetName, TableEntity, UnknownName)), *OPERATORS, *OWN_RULES]
        hint = nearest(name, known) or nearest(name.lower()[:3], known)
        hint = hint or "functions of your own are declared with `let`"
        return elaborator.report(node.function.span, "E101", f"`{name}` is not a known function or operator", hint)
    arguments = positional(elaborator, node, scope)
    if arguments is None:
        return None
    row = OPERATORS[name]
    named = _named(node.arguments[-1], scope) if node.arguments and name in IN_SPACE else None
    if elaborator.vanishes(node.span, named, None):
        return None
    wanted = row.arguments
    if len(arguments) < len(wanted) or (len(arguments) > len(wanted) and not row.variadic):
        more = " or more" if row.variadic else ""
        message = f"`{name}` takes {len(wanted)}{more} arguments, not {len(arguments)}"
        if not more:
            message = f"`{name}` takes {_arguments(len(wanted))}, not {len(arguments)}"
        hint = f"{name}({', '.join('ab'[: len(wanted)])}): {OPERATORS[name].help}"
        return elaborator.report(node.span, "E103", message, hint)
    result = elaborator.apply(node.span, name, [typed for typed, _ in arguments])
    return result and elaborator.noted(node.span, result)


def _arguments(number: int) -> str:
    return f"{number or 'no'} argument{'' if number == 1 else 's'}"


def positional(elaborator: Elaborator, node: tree.Call, scope: Scope) -> list[tuple[Typed, int]] | None:
    """The arguments of a call that takes plain expressions, each with its count of nodes; None where one is wrong."""
    found: list[tuple[Typed, int]] = []
    sound = True
    for argument in node.arguments:
        if isinstance(argument, (tree.Keyword, tree.Binding)):
            message = f"`{node.function.id}` takes plain arguments only"
            elaborator.report(argument.span, "E103", message)
            sound = False
            continue
        before = elaborator.findings.nodes
        typed = elaborator.check(argument, scope)
        if typed is None:
            sound = False
        else:
            found.append((typed, elaborator.findings.nodes - before))
    return found if sound else None


# --- operators with rules of their own


def _curl(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    arguments = positional(elaborator, node, scope)
    if arguments is None:
        return None
    dim = elaborator.findings.dim
    if len(arguments) != 1:
        return elaborator.report(node.span, "E103", f"`curl` takes 1 argument, not {len(arguments)}")
    field, _ = arguments[0]
    if field.shape != ("N",) or dim not in (2, 3):
        message = "`curl` takes a vector with one entry per space coordinate, in two or three dimensions"
        return elaborator.report(node.span, "E104", f"{message}; this is {describe(field.shape)}, N is {dim}")
    if dim == 3:
        return elaborator.noted(node.span, Typed(("N",), lambda: operators.curl3(field.build())))

    def build() -> Expr:
        first, second = at(field.build(), s0=Integer(1)), at(field.build(), s0=Integer(2))
        return derive(second, Integer(1)) - derive(first, Integer(2))

    return elaborator.noted(node.span, Typed((), build))


def _small(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`det` and `inv`."""
    arguments = positional(elaborator, node, scope)
    if arguments is None:
        return None
    if len(arguments) != 1:
        message = f"`{node.function.id}` takes 1 argument, not {len(arguments)}"
        return elaborator.report(node.span, "E103", message, f"write {node.function.id}(A)")
    return matrices.small(elaborator, node, arguments[0][0])


def _normal_derivative(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`dn(u)`, the derivative along the outward normal of the boundary."""
    arguments = positional(elaborator, node, scope)
    if arguments is None:
        return None
    if len(arguments) != 1:
        return elaborator.report(node.span, "E103", f"`dn` takes 1 argument, not {len(arguments)}", "write dn(u)")
    if elaborator.findings.normal is None:
        message = "there is no normal here: `dn` belongs in a condition on a whole boundary or on a face of a box"
        return elaborator.report(node.span, "E204", message, "write boundary dn(u) = 0, or … on x = 0")
    if elaborator.vanishes(node.span, _named(node.arguments[0], scope), None):
        return None
    target, _ = arguments[0]
    return elaborator.noted(node.span, Typed(target.shape, lambda: operators.along_normal(target.build())))


def _summation(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`sum(i, body)` over all space coordinates, `sum(i in 1..N-1, body)` over a range."""
    if len(node.arguments) != 2 or not isinstance(node.arguments[0], (tree.Name, tree.Binding)):
        message = "`sum` takes an index and what to add up"
        return elaborator.report(node.span, "E103", message, "write sum(i, x[i]^2) or sum(i in 1..N-1, x[i]*x[i+1])")
    first, body = node.arguments
    lower, upper, total = 1, elaborator.findings.dim, count("N")
    if isinstance(first, tree.Binding):
        name = first.index
        if first.upper is None:
            hint = "write sum(i in 1..N, …)"
            return elaborator.report(first.span, "E103", "`sum` runs over a range of numbers", hint)
        low, high = (end_of_range(elaborator, end, scope) for end in (first.lower, first.upper))
        if low is None or high is None:
            return None
        (lower, start), (upper, end) = low, high
        if not start.is_Integer:
            return elaborator.report(first.lower.span, "E105", "a sum starts at a whole number")
        if lower > upper:
            return elaborator.report(first.span, "E105", f"the sum is empty: {lower} to {upper}")
        total = end - start + 1
    else:
        assert isinstance(first, tree.Name)
        name = first
    if name.id in scope.names and not isinstance(scope.names[name.id], IndexName):
        message = f"the index `{name.id}` is already the name of something else"
        return elaborator.report(name.span, "E102", message, "choose another letter")
    index = fresh()
    # a Contraction counts from 1; the index of the file is that number plus a shift
    entity = IndexName(index + (lower - 1), lower, upper)
    inner = elaborator.check(body, scope.with_(**{name.id: entity}))
    return inner and Typed(inner.shape, lambda: contract(inner.build(), (index, total)))


def _derivative(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`d(u, x)`, `d(u, x[i], 2)`, `d(u, x, t)`: derivatives along named coordinates."""
    if len(node.arguments) < 2:
        hint = "write d(u, t), d(u, x[1], 2) or d(u, x, y)"
        return elaborator.report(node.span, "E103", "`d` takes an expression and coordinates", hint)
    if _is_normal(elaborator, node, scope):
        return _normal_derivative(elaborator, replace(node, arguments=node.arguments[:1]), scope)
    target = elaborator.check(node.arguments[0], scope)
    axes: list[Axis] = []
    for argument in node.arguments[1:]:
        if isinstance(argument, tree.Number) and axes:
            if not argument.text.isdigit() or not 1 <= int(argument.text) <= MAX_ORDER:
                message = f"an order of differentiation is a whole number from 1 to {MAX_ORDER}"
                return elaborator.report(argument.span, "E106", message)
            axes += [axes[-1]] * (int(argument.text) - 1)
            continue
        found = axis_of(elaborator, argument, scope)
        if found is None or elaborator.vanishes(node.span, _named(node.arguments[0], scope), found):
            return None
        axes += found
    return target and elaborator.derivative(node.span, target, axes)


def _named(node: tree.Expression | tree.Binding | tree.Keyword, scope: Scope) -> Entity | None:
    """What a name stands for; None for anything else."""
    return scope.names.get(node.id) if isinstance(node, tree.Name) else None


def _is_normal(elaborator: Elaborator, node: tree.Call, scope: Scope) -> bool:
    """Whether this is ∂u/∂n, along the outward normal of a boundary."""
    last = node.arguments[-1]
    alone = len(node.arguments) == 2 and isinstance(last, tree.Name) and last.id == OUTWARD
    return alone and OUTWARD not in scope.names and elaborator.findings.normal is not None


# --- names of the file that are called


def _function(elaborator: Elaborator, node: tree.Call, entity: LetName, scope: Scope) -> Typed | None:
    """A function defined by `let`: its body, with the arguments in the place of the parameters."""
    definition, name = entity.definition, node.function.id
    elaborator.findings.used.add(name)
    arguments = positional(elaborator, node, scope)
    if arguments is None:
        return None
    if not definition.parameters:
        message = f"`{name}` is not a function: it was defined without arguments"
        return elaborator.report(node.span, "E103", message, f"write {name} alone, or {name}*(…) for a product")
    takes = ", ".join(parameter.id for parameter in definition.parameters)
    if len(arguments) != len(definition.parameters):
        message = f"`{name}` takes {_arguments(len(definition.parameters))}, not {len(arguments)}"
        return elaborator.report(node.span, "E103", message, f"write {name}({takes})")
    values = {p.id: ValueName(value, nodes) for p, (value, nodes) in zip(definition.parameters, arguments)}
    return elaborator.check(definition.value, entity.scope.with_(**values))


def let_without_arguments(elaborator: Elaborator, node: tree.Name, entity: LetName) -> Typed | None:
    """`k` defined by `let k = …`, `let k(x) = …` (whose parameters are coordinates) or `let C[i, j] = …`."""
    definition = entity.definition
    if definition.indices:
        return _entries(elaborator, definition, entity.scope)
    for parameter in definition.parameters:
        if not isinstance(entity.scope.names.get(parameter.id), CoordinateName):
            takes = ", ".join(p.id for p in definition.parameters)
            return elaborator.report(node.span, "E103", f"`{node.id}` is a function", f"write {node.id}({takes})")
    return elaborator.check(definition.value, entity.scope)


def _entries(elaborator: Elaborator, definition: tree.Let, scope: Scope) -> Typed | None:
    """`let C[i, j] = …`: a vector or matrix over the space coordinates, given by its entries."""
    if len(definition.indices) > 2:
        span = definition.indices[2].span
        return elaborator.report(span, "E105", "one index makes a vector, two a matrix; there are no more")
    dim = elaborator.findings.dim
    # indices of their own until the entry is built, so that a vector in it is not taken to be entry i of that vector
    indices = {index.id: fresh() for index in definition.indices}
    names = {name: IndexName(symbol, 1, dim) for name, symbol in indices.items()}
    entry = elaborator.check(definition.value, scope.with_(**names))
    if entry is None:
        return None
    if entry.shape:
        message = f"an entry is a scalar, not {describe(entry.shape)}"
        return elaborator.report(definition.value.span, "E104", message)
    shape: Shape = ("N",) if len(names) == 1 else ("N", "N")
    slots = {symbol: slot(k) for k, symbol in enumerate(indices.values())}
    return Typed(shape, lambda: entry.build().xreplace(slots))
