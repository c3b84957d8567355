"""Syntax tree → typed SymPy expression.

`check` walks the tree once: names, shapes and arity are settled first and every mistake is noted; the `Typed` it
returns builds the SymPy objects, one by one, only when asked. User text is never evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NoReturn

from sympy import Abs, Expr, Integer, Pow, Rational, S, sqrt
from sympy.core.symbol import Str

from pdec.diagnostics import Diagnostic, PdeError, Span, nearest
from pdec.language import tree
from pdec.symbolic import operators
from pdec.symbolic.atoms import (
    TIME,
    Axis,
    Coordinate,
    Expectation,
    Noise,
    Partial,
    TooLargeError,
    at,
    contract,
    fresh,
    slot,
)
from pdec.symbolic.calculus import NotDifferentiableError, derive
from pdec.symbolic.operators import CONSTANTS, OPERATORS, Shape, ShapeError, count, describe
from pdec.symbolic.scope import (
    CoordinateName,
    Findings,
    IndexName,
    LetName,
    NumberName,
    Scope,
    Typed,
    UnknownName,
    ValueName,
    names_of,
)

MAX_ORDER = 8
MAX_EXPONENT = 100
MAX_BITS = 4096


class Elaborator:
    """Checks expressions in one scope after another; what it finds goes to `findings`."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    # --- entry points

    def expression(self, node: tree.Expression, scope: Scope) -> tuple[Expr, Shape]:
        """The SymPy expression of `node` and its shape. Raises PdeError with everything found so far."""
        typed = self.check(node, scope)
        self.findings.raise_errors()
        assert typed is not None
        return self.build(typed, node.span), typed.shape

    def build(self, typed: Typed, span: Span) -> Expr:
        """Build, with what SymPy or the calculus cannot do turned into a diagnostic at `span`."""
        try:
            return typed.build()
        except NotDifferentiableError as error:
            self._stop(span, "E106", f"`{error}` cannot be differentiated")
        except TooLargeError:
            self._stop(span, "E003", "multiplied out, this expression has too many terms", "split it, or factor it")

    def check(self, node: tree.Expression, scope: Scope) -> Typed | None:
        """Names, shapes and arity of `node`; None where something is wrong, which has then been noted."""
        self.findings.count_node(node.span)
        match node:
            case tree.Number():
                return self._number(node)
            case tree.Name():
                return self._name(node, scope)
            case tree.Negate():
                operand = self.check(node.operand, scope)
                return operand and Typed(operand.shape, lambda: -operand.build())
            case tree.Binary():
                return self._binary(node, scope)
            case tree.Bars():
                return self._bars(node, scope)
            case tree.Call():
                return self._call(node, scope)
            case tree.Subscript():
                return self._subscript(node, scope)
            case tree.Bracket():
                return self._bracket(node, scope)
            case tree.Expectation():
                return self._expectation(node, scope)
            case tree.Binding() | tree.Keyword():
                return self._report(
                    node.span, "E103", "this can only stand inside the call of a function that takes it"
                )

    # --- leaves

    def _number(self, node: tree.Number) -> Typed:
        return Typed((), lambda: Rational(Fraction(node.text)))

    def _name(self, node: tree.Name, scope: Scope) -> Typed | None:
        entity = scope.names.get(node.id)
        if entity is None:
            if "_" in node.id:
                return self._subscripted_derivative(node, scope)
            if node.id in CONSTANTS:
                return Typed((), lambda: CONSTANTS[node.id])
            return self._unknown_name(node, scope)
        self.findings.used.add(node.id)
        match entity:
            case UnknownName(name, shape):
                component = slot(0) if shape else Integer(1)
                return Typed(shape, lambda: Partial(name, component))
            case CoordinateName(0):
                return Typed(("N",), lambda: Coordinate(slot(0)))
            case CoordinateName(axis):
                return Typed((), lambda: Coordinate(TIME if axis < 0 else Integer(axis)))
            case NumberName(symbol):
                return Typed((), lambda: symbol)
            case IndexName(symbol):
                return Typed((), lambda: symbol)
            case ValueName(value):
                return value
            case LetName():
                return self._let_without_arguments(node, entity, scope)

    def _unknown_name(self, node: tree.Name, scope: Scope) -> None:
        if node.id in OPERATORS or node.id in ("sum", "d"):
            return self._report(node.span, "E103", f"`{node.id}` needs arguments", f"write {node.id}(…)")
        candidates = [*scope.names, *CONSTANTS, *OPERATORS]
        return self._report(node.span, "E101", f"`{node.id}` is not known here", nearest(node.id, candidates))

    def _subscripted_derivative(self, node: tree.Name, scope: Scope) -> Typed | None:
        """`u_xx`, `u_x1x2`, `u_t`: a name and the coordinates it is differentiated along."""
        base, suffix = node.id.split("_", 1)
        if base not in scope.names:
            return self._unknown_name(node, scope)
        coordinates = {name: e for name, e in scope.names.items() if isinstance(e, CoordinateName)}
        vectors = [re.escape(name) + r"[0-9]+" for name, e in coordinates.items() if e.axis == 0]
        scalars = [re.escape(name) for name, e in coordinates.items() if e.axis != 0]
        pattern = "|".join(sorted(vectors + scalars, key=len, reverse=True))
        if not pattern or not re.fullmatch(f"(?:{pattern})+", suffix):
            if any(e.axis == 0 and set(suffix) == {name} for name, e in coordinates.items()):
                x = suffix[0]
                hint = f"`{x}` is a vector: write {base}_{x}1, d({base}, {x}[1]), grad({base}) or lap({base})"
            else:
                hint = f"the coordinates are {', '.join(coordinates)}"
            message = f"`{suffix}` is not a sequence of coordinates, so `{base}_{suffix}` is no derivative of `{base}`"
            return self._report(node.span, "E106", message, hint)
        target = self._name(tree.Name(base, node.span), scope)
        axes: list[Axis] = []
        for name in re.findall(pattern, suffix):
            self.findings.used.add(re.sub(r"[0-9]+$", "", name) if name not in coordinates else name)
            if name in coordinates:
                axes.append(TIME if coordinates[name].axis < 0 else Integer(coordinates[name].axis))
            elif (axis := self._in_range(int(re.search(r"[0-9]+$", name)[0]), node.span)) is not None:  # type: ignore[index]
                axes.append(axis)
            else:
                return None
        return target and self._derivative(node.span, target, axes)

    def _derivative(self, span: Span, target: Typed, axes: list[Axis]) -> Typed | None:
        if len(axes) > MAX_ORDER:
            return self._report(span, "E106", f"derivatives are taken up to order {MAX_ORDER}, not {len(axes)}")

        def build() -> Expr:
            result = target.build()
            for axis in axes:
                result = derive(result, axis)
            return result

        return self._noted(span, Typed(target.shape, build))

    def _noted(self, span: Span, typed: Typed) -> Typed:
        """Remember that derivatives were written at `span`, so that generated code can say where it comes from."""
        self.findings.derivatives.append((span, typed))
        return typed

    # --- operators between expressions

    def _binary(self, node: tree.Binary, scope: Scope) -> Typed | None:
        left, right = self.check(node.left, scope), self.check(node.right, scope)
        if left is None or right is None:
            return None
        match node.operator:
            case "+" | "-":
                return self._sum(node, left, right)
            case "*":
                return self._product(node, left, right)
            case "·":
                if not left.shape or not right.shape:
                    return self._product(node, left, right)
                return self._apply(node.span, "dot", [left, right])
            case ":":
                return self._apply(node.span, "contract", [left, right])
            case "×":
                return self._cross(node, left, right)
            case "/":
                if right.shape:
                    return self._report(node.right.span, "E104", f"cannot divide by {describe(right.shape)}")
                return Typed(left.shape, lambda: self._quotient(node, left.build(), right.build()))
            case _:
                return self._power(node, left, right)

    def _sum(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if left.shape != right.shape:
            verb = "add" if node.operator == "+" else "subtract"
            message = f"cannot {verb} {describe(left.shape)} and {describe(right.shape)}"
            return self._report(node.span, "E104", message, "both sides of + and - must have the same shape")
        if node.operator == "+":
            return Typed(left.shape, lambda: left.build() + right.build())
        return Typed(left.shape, lambda: left.build() - right.build())

    def _product(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if left.shape and right.shape:
            message = f"`*` multiplies by a scalar, but these are {describe(left.shape)} and {describe(right.shape)}"
            return self._report(node.span, "E104", message, "write dot(a, b) for the product summed over entries")
        return Typed(left.shape or right.shape, lambda: left.build() * right.build())

    def _quotient(self, node: tree.Binary, left: Expr, right: Expr) -> Expr:
        if right.is_zero:
            self._stop(node.right.span, "E108", "division by zero")
        return left / right

    def _cross(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if self.findings.dim != 3 or left.shape != ("N",) or right.shape != ("N",):
            message = f"the cross product takes two vectors in three dimensions, not {describe(left.shape)} and "
            return self._report(node.span, "E104", f"{message}{describe(right.shape)} in {self.findings.dim}")
        return Typed(("N",), lambda: operators.cross3(left.build(), right.build()))

    def _power(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if left.shape or right.shape:
            shape, where = (left.shape, node.left) if left.shape else (right.shape, node.right)
            hint = "write |v|^2 for the sum of squares" if left.shape else ""
            return self._report(where.span, "E104", f"a power takes scalars, not {describe(shape)}", hint)
        return Typed((), lambda: self._power_of(node, left.build(), right.build()))

    def _power_of(self, node: tree.Binary, base: Expr, exponent: Expr) -> Expr:
        if exponent.is_Rational:
            if abs(exponent) > MAX_EXPONENT:
                self._stop(node.right.span, "E108", f"exponents go up to {MAX_EXPONENT} in absolute value")
            if base.is_Rational and max(base.p.bit_length(), base.q.bit_length()) * abs(exponent) > MAX_BITS:
                self._stop(node.span, "E108", "this number is too large")
            if base.is_zero and exponent.is_negative:
                self._stop(node.span, "E108", "division by zero")
        elif base.is_number and exponent.is_number and not (abs(exponent.evalf(15)) <= MAX_EXPONENT):
            self._stop(node.right.span, "E108", f"exponents go up to {MAX_EXPONENT} in absolute value")
        return Pow(base, exponent)

    def _bars(self, node: tree.Bars, scope: Scope) -> Typed | None:
        operand = self.check(node.operand, scope)
        if operand is None:
            return None
        if not operand.shape:
            return Typed((), lambda: Abs(operand.build()))
        return Typed((), lambda: sqrt(operators.norm_squared(operand.build(), operand.shape)))

    # --- calls

    def _call(self, node: tree.Call, scope: Scope) -> Typed | None:
        name = node.function.id
        if name in scope.names:
            return self._call_of_name(node, scope)
        if name == "sum":
            return self._summation(node, scope)
        if name == "d":
            return self._call_of_d(node, scope)
        if name == "curl":
            return self._curl(node, scope)
        if name not in OPERATORS:
            known = [*names_of(scope, (LetName, UnknownName)), *OPERATORS, "sum", "d", "curl"]
            hint = nearest(name, known) or "functions of your own are declared with `let`"
            return self._report(node.function.span, "E101", f"`{name}` is not a known function or operator", hint)
        arguments = self._positional(node, scope)
        if arguments is None:
            return None
        row = OPERATORS[name]
        if len(arguments) != len(row.arguments):
            wanted = f"{len(row.arguments)} argument{'s' if len(row.arguments) > 1 else ''}"
            return self._report(
                node.span, "E103", f"`{name}` takes {wanted} ({', '.join(row.arguments)}), not {len(arguments)}"
            )
        result = self._apply(node.span, name, arguments)
        return result and self._noted(node.span, result)

    def _apply(self, span: Span, name: str, arguments: list[Typed]) -> Typed | None:
        row = OPERATORS[name]
        shapes = tuple(argument.shape for argument in arguments)
        try:
            shape = row.shape(shapes)
        except ShapeError as error:
            hint = "of a scalar it is grad(u)" if name == "div" and not shapes[0] else ""
            return self._report(span, "E104", f"`{name}`: {error}", hint)

        def build() -> Expr:
            try:
                return row.build(tuple(argument.build() for argument in arguments), shapes)
            except (NotDifferentiableError, TooLargeError) as error:
                return self.build(Typed((), _raiser(error)), span)

        return Typed(shape, build)

    def _positional(self, node: tree.Call, scope: Scope) -> list[Typed] | None:
        """The arguments of a call that takes plain expressions; None where one of them is wrong."""
        found: list[Typed | None] = []
        for argument in node.arguments:
            if isinstance(argument, (tree.Keyword, tree.Binding)):
                found.append(self._report(argument.span, "E103", f"`{node.function.id}` takes plain arguments only"))
            else:
                found.append(self.check(argument, scope))
        return None if None in found else [argument for argument in found if argument is not None]

    def _curl(self, node: tree.Call, scope: Scope) -> Typed | None:
        arguments = self._positional(node, scope)
        if arguments is None:
            return None
        if len(arguments) != 1 or arguments[0].shape != ("N",) or self.findings.dim not in (2, 3):
            message = "`curl` takes one vector with an entry per space coordinate, in two or three dimensions"
            return self._report(node.span, "E104", message)
        field = arguments[0]
        if self.findings.dim == 3:
            return self._noted(node.span, Typed(("N",), lambda: operators.curl3(field.build())))

        def build() -> Expr:
            first, second = at(field.build(), s0=Integer(1)), at(field.build(), s0=Integer(2))
            return derive(second, Integer(1)) - derive(first, Integer(2))

        return self._noted(node.span, Typed((), build))

    def _summation(self, node: tree.Call, scope: Scope) -> Typed | None:
        """`sum(i, body)` over all space coordinates, `sum(i in 1..N-1, body)` over a range."""
        if len(node.arguments) != 2 or not isinstance(node.arguments[0], (tree.Name, tree.Binding)):
            message = "`sum` takes an index and what to add up"
            return self._report(node.span, "E103", message, "write sum(i, x[i]^2) or sum(i in 1..N-1, x[i]*x[i+1])")
        first, body = node.arguments
        lower, upper, total = 1, self.findings.dim, count("N")
        if isinstance(first, tree.Binding):
            name = first.index
            low, high = (self._bound_of_sum(end, scope) for end in (first.lower, first.upper))
            if low is None or high is None:
                return None
            (lower, start), (upper, end) = low, high
            if not start.is_Integer:
                return self._report(first.lower.span, "E105", "a sum starts at a whole number")
            if lower > upper:
                return self._report(first.span, "E105", f"the sum is empty: {lower} to {upper}")
            total = end - start + 1
        else:
            assert isinstance(first, tree.Name)
            name = first
        if name.id in scope.names and not isinstance(scope.names[name.id], IndexName):
            message = f"the index `{name.id}` is already the name of something else"
            return self._report(name.span, "E102", message, "choose another letter")
        index = fresh()
        # a Contraction counts from 1; the index of the file is that number plus a shift
        entity = IndexName(index + (lower - 1), lower, upper)
        inner = self.check(body, scope.with_(**{name.id: entity}))
        return inner and Typed(inner.shape, lambda: contract(inner.build(), (index, total)))

    def _bound_of_sum(self, node: tree.Expression, scope: Scope) -> tuple[int, Expr] | None:
        """An end of a range: its number in this dimension, and its expression, a number or N plus a number."""
        typed = self.check(node, scope)
        if typed is None:
            return None
        if typed.shape:
            return self._report(node.span, "E104", f"the end of a range is a number, not {describe(typed.shape)}")
        self.findings.raise_errors()
        value = self.build(typed, node.span)
        rest = value - count("N") if value.has(count("N")) else value
        if not rest.is_Integer:
            message = "the end of a range is a whole number, or the dimension plus or minus one"
            return self._report(node.span, "E105", message)
        return int(value.xreplace({count("N"): Integer(self.findings.dim)})), value

    def _call_of_d(self, node: tree.Call, scope: Scope) -> Typed | None:
        """`d(u, x)`, `d(u, x[i], 2)`, `d(u, x, t)`: derivatives along named coordinates."""
        if len(node.arguments) < 2:
            hint = "write d(u, t), d(u, x[1], 2) or d(u, x, y)"
            return self._report(node.span, "E103", "`d` takes an expression and coordinates", hint)
        target = self.check(node.arguments[0], scope)
        axes: list[Axis] = []
        for argument in node.arguments[1:]:
            if isinstance(argument, tree.Number) and axes:
                if not argument.text.isdigit() or not 1 <= int(argument.text) <= MAX_ORDER:
                    return self._report(argument.span, "E106", f"an order of differentiation is 1 to {MAX_ORDER}")
                axes += [axes[-1]] * (int(argument.text) - 1)
                continue
            axis = self._axis(argument, scope)
            if axis is None:
                return None
            axes.append(axis)
        return target and self._derivative(node.span, target, axes)

    def _axis(self, node: tree.Expression, scope: Scope) -> Axis | None:
        """A coordinate to differentiate along: `t`, `x`, `x[2]`, `x[i]`."""
        name = node.base if isinstance(node, tree.Subscript) else node
        entity = scope.names.get(name.id) if isinstance(name, tree.Name) else None
        if not isinstance(name, tree.Name) or not isinstance(entity, CoordinateName):
            coordinates = ", ".join(names_of(scope, CoordinateName))
            return self._report(
                node.span, "E106", "derivatives are taken along coordinates", f"these are {coordinates}"
            )
        self.findings.used.add(name.id)
        if isinstance(node, tree.Subscript):
            if entity.axis != 0 or len(node.indices) != 1:
                return self._report(node.span, "E105", f"`{name.id}` is a single coordinate: it takes no index")
            return self._index(node.indices[0], self.findings.dim, scope)
        if entity.axis == 0:
            hint = f"write {name.id}[1], or grad(…), div(…), lap(…) for all of them"
            return self._report(node.span, "E106", f"`{name.id}` is a vector: say along which entry", hint)
        return TIME if entity.axis < 0 else Integer(entity.axis)

    def _call_of_name(self, node: tree.Call, scope: Scope) -> Typed | None:
        name = node.function.id
        entity = scope.names[name]
        if isinstance(entity, UnknownName):
            # u(x, t) is u; u at another place is not something a residual at a point can hold
            given = [argument.id if isinstance(argument, tree.Name) else None for argument in node.arguments]
            if given == list(names_of(scope, CoordinateName)):
                return self._name(node.function, scope)
            coordinates = ", ".join(names_of(scope, CoordinateName))
            message = f"an unknown can only be taken at the point itself: `{name}` or `{name}({coordinates})`"
            hint = "values at a place or time belong to `boundary`, `initial` and `terminal` conditions"
            return self._report(node.span, "E103", message, hint)
        if not isinstance(entity, LetName):
            return self._report(node.function.span, "E103", f"`{name}` is not a function", "a product is written a*b")
        definition = entity.definition
        self.findings.used.add(name)
        arguments = self._positional(node, scope)
        if arguments is None:
            return None
        if len(arguments) != len(definition.parameters) or definition.indices:
            takes = ", ".join(parameter.id for parameter in definition.parameters)
            message = f"`{name}` takes {len(definition.parameters)} arguments ({takes}), not {len(arguments)}"
            return self._report(node.span, "E103", message)
        values = {p.id: ValueName(value) for p, value in zip(definition.parameters, arguments)}
        return self.check(definition.value, entity.scope.with_(**values))

    def _let_without_arguments(self, node: tree.Name, entity: LetName, scope: Scope) -> Typed | None:
        definition = entity.definition
        if definition.indices:
            return self._indexed_let(definition, entity.scope)
        for parameter in definition.parameters:
            if not isinstance(entity.scope.names.get(parameter.id), CoordinateName):
                takes = ", ".join(p.id for p in definition.parameters)
                return self._report(node.span, "E103", f"`{node.id}` is a function", f"write {node.id}({takes})")
        return self.check(definition.value, entity.scope)

    def _indexed_let(self, definition: tree.Let, scope: Scope) -> Typed | None:
        """`let C[i, j] = …`: a vector or matrix over the space coordinates, given by its entries."""
        names = {index.id: IndexName(slot(k), 1, self.findings.dim) for k, index in enumerate(definition.indices)}
        if len(definition.indices) > 2:
            return self._report(definition.span, "E105", "one index makes a vector, two a matrix; there are no more")
        entry = self.check(definition.value, scope.with_(**names))
        if entry is None:
            return None
        if entry.shape:
            return self._report(definition.value.span, "E104", f"an entry is a scalar, not {describe(entry.shape)}")
        shape: Shape = ("N",) if len(names) == 1 else ("N", "N")
        return Typed(shape, entry.build)

    # --- indices, brackets, expectations

    def _subscript(self, node: tree.Subscript, scope: Scope) -> Typed | None:
        base = self._name(node.base, scope)
        if base is None:
            return None
        if len(base.shape) != len(node.indices):
            message = f"`{node.base.id}` is {describe(base.shape)}: it takes {len(base.shape) or 'no'} indices"
            return self._report(node.span, "E105", message)
        axes = []
        for index, size in zip(node.indices, base.shape):
            axes.append(self._index(index, self.findings.dim if size == "N" else size, scope))
        if None in axes:
            return None
        return Typed((), lambda: base.build().xreplace({slot(k): axis for k, axis in enumerate(axes)}))

    def _index(self, node: tree.Expression, size: int, scope: Scope) -> Axis | None:
        """An index: a whole number, or a summation index plus or minus one; it must stay within 1 … size."""
        match node:
            case tree.Number(text) if text.isdigit():
                return self._in_range(int(text), node.span, size)
            case tree.Name(id) if isinstance(scope.names.get(id), NumberName):
                number = scope.names[id].symbol  # type: ignore[union-attr]
                if number == count("N"):
                    return self._in_range(self.findings.dim, node.span, size)
                return self._report(node.span, "E105", f"`{id}` is a parameter, not an index")
            case tree.Name(id) if isinstance(scope.names.get(id), IndexName):
                shift, name = 0, node
            case tree.Binary("+" | "-" as sign, tree.Name() as name, tree.Number(text)) if text.isdigit():
                shift = int(text) if sign == "+" else -int(text)
            case _:
                message = "an index is a whole number, or an index plus or minus a whole number"
                return self._report(node.span, "E105", message)
        index = scope.names.get(name.id)
        if not isinstance(index, IndexName):
            hint = f"`sum({name.id}, …)` or `let c[{name.id}] = …` would declare it"
            return self._report(name.span, "E105", f"`{name.id}` is not an index here", hint)
        low, high = index.lower + shift, index.upper + shift
        if low < 1 or high > size:
            ends = f"{1 - shift if shift < 0 else 1}..N{f'-{shift}' if shift > 0 else ''}"
            message = f"the index runs over {low} to {high}, but entries are numbered 1 to {size}"
            return self._report(node.span, "E105", message, f"limit the sum: sum({name.id} in {ends}, …)")
        return index.symbol + shift

    def _in_range(self, number: int, span: Span, size: int | None = None) -> Axis | None:
        size = self.findings.dim if size is None else size
        if not 1 <= number <= size:
            return self._report(span, "E105", f"there is no entry {number}: entries are numbered 1 to {size}")
        return Integer(number)

    def _bracket(self, node: tree.Bracket, scope: Scope) -> Typed | None:
        entries = [self.check(entry, scope) for entry in node.entries]
        if None in entries:
            return None
        for entry, typed in zip(node.entries, entries):
            if typed is not None and typed.shape:
                return self._report(entry.span, "E104", f"an entry is a scalar, not {describe(typed.shape)}")
        size = self.findings.size(len(entries))
        return Typed((size,), lambda: operators.stacked([typed.build() for typed in entries if typed is not None]))

    def _expectation(self, node: tree.Expectation, scope: Scope) -> Typed | None:
        law = node.law
        if law.function.id != "normal" or len(law.arguments) > 1:
            hint = f"write {node.variable.id} ~ normal(N) for N independent standard normal numbers"
            return self._report(law.span, "E203", "expectations are over standard normal vectors", hint)
        size, total = self.findings.size(1), Integer(1)
        if law.arguments:
            bound = self._bound_of_sum(law.arguments[0], scope)
            if bound is None:
                return None
            size, total = self.findings.size(bound[0]), bound[1]
            total = count(size) if size == "N" else total
        name = Str(node.variable.id)
        value = Typed((size,), lambda: Noise(name, slot(0))) if law.arguments else Typed((), lambda: Noise(name, S.One))
        body = self.check(node.body, scope.with_(**{node.variable.id: ValueName(value)}))
        if body is None:
            return None
        if body.shape:
            return self._report(node.body.span, "E104", f"an expectation is of a scalar, not {describe(body.shape)}")
        return Typed((), lambda: Expectation(body.build(), name, total))

    # --- reporting

    def _report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        self.findings.report(span, code, message, hint)

    def _stop(self, span: Span, code: str, message: str, hint: str = "") -> NoReturn:
        """A mistake that shows only while an expression is built."""
        raise PdeError([*self.findings.diagnostics, Diagnostic(self.findings.source, span, code, message, hint)])


def _raiser(error: Exception) -> Callable[[], Expr]:
    def build() -> Expr:
        raise error

    return build
