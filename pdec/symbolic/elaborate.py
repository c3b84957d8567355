"""Syntax tree → typed SymPy expression.

`check` walks the tree once: names, shapes and arity are settled first and every mistake is noted; the `Typed` it
returns builds the SymPy objects, one by one, only when asked. User text is never evaluated.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NoReturn

from sympy import Expr, Integer, Pow, Rational, S, sqrt

from pdec.budget import TooLargeError, spend
from pdec.diagnostics import Span, nearest
from pdec.language import tree
from pdec.symbolic import averages, calls, matrices, operators
from pdec.symbolic.atoms import TIME, Axis, Coordinate, Delta, Normal, Partial, slot
from pdec.symbolic.calculus import MAX_ORDER, NotDifferentiableError, derive
from pdec.symbolic.complexes import I, NotRealError, canonical, is_complex, modulus, parts
from pdec.symbolic.effort import bits
from pdec.symbolic.finite import fault_inside, fault_of, fault_of_power, value_of
from pdec.symbolic.indices import coordinates_in, index_of, sequence
from pdec.symbolic.lookups import lookup
from pdec.symbolic.nesting import check_nesting
from pdec.symbolic.operators import CONSTANTS, OPERATORS, Shape, ShapeError, Size, count, describe
from pdec.symbolic.profiles import phrase
from pdec.symbolic.scope import (
    CoordinateName,
    Entity,
    Findings,
    IndexName,
    LetName,
    NumberName,
    Scope,
    TableEntity,
    Typed,
    UnknownName,
    ValueName,
    names_of,
)


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
        value = typed.build()
        self.sound(value, node.span)
        return value, typed.shape

    def check(self, node: tree.Expression, scope: Scope) -> Typed | None:
        """Names, shapes and arity of `node`; None where something is wrong, which has then been noted."""
        with self.findings.node(node.span):
            typed = self._checked(node, scope)
        return typed and Typed(typed.shape, cache(lambda: self._built(typed, node.span)))

    def _built(self, typed: Typed, span: Span) -> Expr:
        """Build, with what SymPy or the calculus cannot do turned into a diagnostic at `span`."""
        try:
            value = typed.build()
            if self.findings.complex and is_complex(value):
                value = canonical(value)
                spend(8 * value.count_ops())  # a function around it makes its two parts twice as long
            spend(1 + len(value.args))
            check_nesting(value)
            faults = [fault_of(part, self.findings.constants) for part in self._parts(value)]
        except NotRealError as error:
            self.stop(span, "E104", str(error), "take re(h), im(h) or |h|")
        except NotDifferentiableError as error:
            self.stop(span, "E106", str(error))
        except TooLargeError as error:
            message = str(error) or "worked out, this expression is too large"
            self.stop(span, "E003", message, "split it, or factor it")
        for fault in filter(None, faults):
            self.stop(span, "E004", f"`{self.findings.source.slice(span)}` is not {fault}{self._settings(value)}")
        return value

    def _parts(self, value: Expr) -> tuple[Expr, ...]:
        """The real and the imaginary part where unknowns are complex; elsewhere a value that is not real is a fault."""
        return parts(value) if self.findings.complex and is_complex(value) else (value,)

    def _settings(self, value: Expr) -> str:
        """The numbers that a faulty value was computed with: ` where mu = 0.7`."""
        known = self.findings.constants.items()
        names = {symbol: self.findings.dim_name or "N" if symbol == count("N") else symbol for symbol, _ in known}
        given = sorted(f"{names[symbol]} = {number:g}" for symbol, number in known if symbol in value.free_symbols)
        return f" where {', '.join(given)}" if given else ""

    def sound(self, value: Expr, span: Span) -> None:
        """Stop where calculus has made a number that cannot be computed with."""
        for fault in filter(None, map(fault_inside, self._parts(value))):
            message = f"worked out, this holds a number that is not {fault}"
            self.stop(span, "E004", message, "look for a division by zero, or a function outside its domain")

    def _checked(self, node: tree.Expression, scope: Scope) -> Typed | None:
        match node:
            case tree.Number():
                return self._number(node)
            case tree.Name():
                return self.name(node, scope)
            case tree.Negate():
                operand = self.check(node.operand, scope)
                return operand and Typed(operand.shape, lambda: -operand.build())
            case tree.Comparison() | tree.Not() | tree.Binary("and" | "or"):
                hint = "write where(x < 0.5, 1, 0) for a number that is one where it holds"
                return self.report(node.span, "E103", "a condition is not a value: it stands inside `where(…)`", hint)
            case tree.Binary():
                return self._binary(node, scope)
            case tree.Bars():
                return self._bars(node, scope)
            case tree.Call():
                return calls.call(self, node, scope)
            case tree.Subscript():
                return self._subscript(node, scope)
            case tree.Bracket():
                return matrices.bracket(self, node, scope)
            case tree.Expectation():
                return averages.expectation(self, node, scope)
            case tree.Binding() | tree.Keyword():
                return self.report(node.span, "E103", "this can only stand inside the call of a function that takes it")

    # --- leaves

    def _number(self, node: tree.Number) -> Typed:
        return Typed((), lambda: Rational(Fraction(node.text)))

    def name(self, node: tree.Name, scope: Scope) -> Typed | None:
        entity = scope.names.get(node.id)
        if entity is None:
            if "_" in node.id:
                return self._subscripted_derivative(node, scope)
            if node.id == "i" and self.findings.complex:
                return Typed((), lambda: I)
            if node.id == calls.OUTWARD and self.findings.normal is not None:
                return Typed(("N",), lambda: Normal(slot(0)))
            if node.id in CONSTANTS:
                return Typed((), lambda: CONSTANTS[node.id])
            return self._unknown_name(node, scope)
        self.findings.used.add(node.id)
        match entity:
            case UnknownName(name, complex=True):
                return Typed((), lambda: Partial(name, Integer(1)) + I * Partial(name, Integer(2)))
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
            case ValueName(value, nodes):
                self.findings.count_nodes(node.span, nodes)
                return value
            case TableEntity():
                return lookup(self, node, entity, scope)
            case LetName():
                return calls.let_without_arguments(self, node, entity)

    def _unknown_name(self, node: tree.Name, scope: Scope) -> None:
        if node.id in OPERATORS or node.id in calls.OWN_RULES:
            return self.report(node.span, "E103", f"`{node.id}` needs arguments", f"write {node.id}(…)")
        label = node.id if node.id in self.findings.labels else node.id.split("_", 1)[0]
        if label in self.findings.labels:
            labels = [name for name in self.findings.labels if name in scope.names]
            if labels:  # in `also`
                hint = f"give it a label; the equations are {', '.join(sorted(labels))}"
                return self.report(node.span, "E101", "there are several equations", hint)
            message = f"`{label}` is an equation, and stands for its left minus right side only in `also`"
            return self.report(node.span, "E101", message, f"write also grad({label}) = 0")
        if node.id == "j" and self.findings.complex:
            return self.report(node.span, "E101", "`j` is not known here", "the imaginary unit is written i")
        if node.id == "i":
            hint = "the imaginary unit needs a complex unknown, `unknown h: complex`; an index is declared by sum(i, …)"
            return self.report(node.span, "E101", "`i` is not known here", hint)
        candidates = [*scope.names, *CONSTANTS, *OPERATORS]
        hint = nearest(node.id, candidates) or f"declare it: `param {node.id} = …` or `let {node.id} = …`"
        if node.id == calls.OUTWARD:
            hint = f"`{node.id}` is the outward normal in boundary conditions; elsewhere it would have to be declared"
        return self.report(node.span, "E101", f"`{node.id}` is not known here", hint)

    def _subscripted_derivative(self, node: tree.Name, scope: Scope) -> Typed | None:
        """`u_xx`, `u_x1x2`, `u_t`: a name and the coordinates it is differentiated along."""
        base, suffix = node.id.split("_", 1)
        if base not in scope.names:
            return self._unknown_name(node, scope)
        if not coordinates_in(suffix, scope):
            coordinates = [*names_of(scope, CoordinateName)]
            hint = f"the coordinates are {', '.join(coordinates)}"
            x = suffix[:1]
            if scope.names.get(x) == CoordinateName(0) and set(suffix) == {x}:
                whole, times = ("grad", "") if len(suffix) == 1 else ("lap", f", {len(suffix)}")
                single = f"{base}_{f'{x}1' * len(suffix)}, d({base}, {x}[1]{times})"
                hint = f"`{x}` is a vector: write {single} or {whole}({base})"
            message = f"`{suffix}` is not a sequence of coordinates, so `{node.id}` is no derivative of `{base}`"
            return self.report(node.span, "E106", message if suffix else f"`{node.id}` ends in an underscore", hint)
        target = self.name(tree.Name(base, node.span), scope)
        axes = sequence(self, suffix, node.span, scope)
        if target is None or axes is None or self.vanishes(node.span, scope.names[base], axes):
            return None
        return self.derivative(node.span, target, axes)

    def vanishes(self, span: Span, entity: Entity | None, axes: list[Axis] | None) -> bool:
        """Note that a derivative is zero: the unknown does not depend on one of `axes` (None: on any in space)."""
        if not isinstance(entity, UnknownName):
            return False
        along = entity.along

        def zero(axis: Axis) -> bool:
            if axis == TIME or along.space is None:
                return axis == TIME and not along.time
            return axis not in map(Integer, along.space) and (bool(axis.is_Integer) or not along.space)

        if not (along.space == () if axes is None else any(map(zero, axes))):
            return False
        name, text = entity.name.name, self.findings.source.slice(span)
        every = [*self.findings.coordinates]
        message = f"`{name}` depends on {phrase(entity.arguments)} alone, so that `{text}` is zero"
        hint = f"leave it away, or declare `unknown {name}({', '.join(every)})`"
        self.report(span, "E106", message, hint)
        return True

    def derivative(self, span: Span, target: Typed, axes: list[Axis]) -> Typed | None:
        """`target` differentiated along the axes, one after the other."""
        if len(axes) > MAX_ORDER:
            return self.report(span, "E106", f"derivatives are taken up to order {MAX_ORDER}, not {len(axes)}")

        def build() -> Expr:
            result = target.build()
            for axis in axes:
                result = derive(result, axis)
            return result

        return self.noted(span, Typed(target.shape, build))

    def noted(self, span: Span, typed: Typed) -> Typed:
        """Remember that derivatives were written at `span`, so that generated code can say where it comes from."""
        typed = Typed(typed.shape, cache(typed.build))
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
                return self.apply(node.span, "dot", [left, right])
            case ":":
                return self.apply(node.span, "contract", [left, right])
            case "×":
                return self._cross(node, left, right)
            case "/":
                if right.shape:
                    return self.report(node.right.span, "E104", f"cannot divide by {describe(right.shape)}")
                return Typed(left.shape, lambda: self._quotient(node, left.build(), right.build()))
            case _:
                return self._power(node, left, right)

    def _sum(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if left.shape != right.shape:
            verb = "add" if node.operator == "+" else "subtract"
            message = f"cannot {verb} {describe(left.shape)} and {describe(right.shape)}"
            return self.report(node.span, "E104", message, "both sides of + and - must have the same shape")
        if node.operator == "+":
            return Typed(left.shape, lambda: left.build() + right.build())
        return Typed(left.shape, lambda: left.build() - right.build())

    def _product(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if left.shape and right.shape:
            message = f"`*` multiplies by a scalar, but these are {describe(left.shape)} and {describe(right.shape)}"
            return self.report(node.span, "E104", message, "write dot(a, b) for the product summed over entries")
        return Typed(left.shape or right.shape, lambda: left.build() * right.build())

    def _quotient(self, node: tree.Binary, left: Expr, right: Expr) -> Expr:
        if right.is_zero or value_of(right, self.findings.constants) == 0:
            self.stop(node.right.span, "E004", f"division by zero{self._settings(right)}")
        return left / right

    def _cross(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if self.findings.dim != 3 or left.shape != ("N",) or right.shape != ("N",):
            message = "the cross product takes two vectors in three dimensions; these are "
            message += f"{describe(left.shape)} and {describe(right.shape)}, and the dimension is {self.findings.dim}"
            return self.report(node.span, "E104", message)
        return Typed(("N",), lambda: operators.cross3(left.build(), right.build()))

    def _power(self, node: tree.Binary, left: Typed, right: Typed) -> Typed | None:
        if left.shape or right.shape:
            shape, where = (left.shape, node.left) if left.shape else (right.shape, node.right)
            hint = "write |v|^2 for the sum of squares" if left.shape else ""
            return self.report(where.span, "E104", f"a power takes scalars, not {describe(shape)}", hint)
        return Typed((), lambda: self._power_of(node, left.build(), right.build()))

    def _power_of(self, node: tree.Binary, base: Expr, exponent: Expr) -> Expr:
        if self.findings.complex and (is_complex(base) or is_complex(exponent)):
            return Pow(base, exponent)
        fault = fault_of_power(base, exponent, self.findings.constants)
        if fault and not (self.findings.complex and fault.startswith("a negative")):
            hint = "the real cube root of a number is sign(a)*|a|^(1/3)" if fault.startswith("a negative") else ""
            self.stop(node.right.span if fault.startswith("exponents") else node.span, "E108", fault, hint)
        if base.is_Rational and exponent.is_Rational and not exponent.is_Integer:
            spend(10 * bits(base))  # SymPy looks for factors of the number
        return Pow(base, exponent)

    def _bars(self, node: tree.Bars, scope: Scope) -> Typed | None:
        operand = self.check(node.operand, scope)
        if operand is None:
            return None
        if not operand.shape:
            return Typed((), lambda: modulus(operand.build()))
        return Typed((), lambda: sqrt(operators.norm_squared(operand.build(), operand.shape)))

    def apply(self, span: Span, name: str, arguments: list[Typed]) -> Typed | None:
        """An operator of the table on arguments that are as many as it takes."""
        row = OPERATORS[name]
        shapes = tuple(argument.shape for argument in arguments)
        try:
            shape = row.shape(shapes)
        except ShapeError as error:
            hint = "the gradient of a scalar is grad(u)" if name == "div" and not shapes[0] else ""
            return self.report(span, "E104", f"`{name}` {error}", hint)
        return Typed(shape, lambda: row.build(tuple(argument.build() for argument in arguments), shapes))

    # --- entries

    def _subscript(self, node: tree.Subscript, scope: Scope) -> Typed | None:
        base = self.name(node.base, scope)
        if base is None:
            return None
        if len(base.shape) != len(node.indices):
            message = f"`{node.base.id}` is {describe(base.shape)}: it takes {len(base.shape) or 'no'} indices"
            return self.report(node.span, "E105", message, self._without_entries(node, scope))
        axes = []
        for index, size in zip(node.indices, base.shape):
            axes.append(index_of(self, index, self.findings.dim if size == "N" else size, scope))
        if None in axes:
            return None
        beyond = [self._beyond(index, size, scope) for index, size in zip(node.indices, base.shape)]

        slots = [slot(k) for k in range(len(axes))]

        def build() -> Expr:
            whole = base.build()
            never = {delta: S.Zero for delta in whole.atoms(Delta) if any(map(delta.chooses, slots, beyond))}
            return whole.xreplace(never).xreplace(dict(zip(slots, axes)))

        return Typed((), build)

    def _without_entries(self, node: tree.Subscript, scope: Scope) -> str:
        """What to write where one coordinate is taken for the vector of all."""
        entity, name = scope.names.get(node.base.id), node.base.id
        if not isinstance(entity, CoordinateName) or entity.axis < 1:
            return ""
        spatial = [other for other, axis in self.findings.coordinates.items() if axis > 0]
        if len(spatial) == 1:
            return f"`{name}` is the only coordinate: write {name}"
        every = f"write {', '.join(spatial[:-1])} or {spatial[-1]}"
        return (
            f"the coordinates have names of their own: {every}; `space {name} in …` would make {name} a vector of them"
        )

    def _beyond(self, node: tree.Expression, size: Size, scope: Scope) -> range:
        """The entries, numbered beyond the dimension, that an index which runs over coordinates never reaches."""
        dim, name = self.findings.dim, getattr(node, "left", node)
        index = scope.names.get(name.id) if isinstance(name, tree.Name) else None
        whole = size == "N" or size <= dim or not isinstance(index, IndexName) or index.upper > dim
        return range(0) if whole else range(dim + 1, int(size) + 1)

    # --- reporting

    def report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        self.findings.report(span, code, message, hint)

    def stop(self, span: Span, code: str, message: str, hint: str = "") -> NoReturn:
        """A mistake that shows only while an expression is built."""
        self.findings.stop(span, code, message, hint)
