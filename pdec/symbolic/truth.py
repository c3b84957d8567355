"""Conditions and pieces as SymPy functions: `Where(condition, a, b)` over comparisons.

A condition is a real-valued expression that is one where it holds and zero elsewhere, so that everything that walks
through expressions walks through it; it stands only inside `Where`. Derivatives are taken piece by piece.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Function, Integer, Pow, S, exp, log
from sympy.core.traversal import preorder_traversal

from pdec.symbolic.angles import acos, asin, atan2
from pdec.symbolic.atoms import Delta, Leaf
from pdec.symbolic.hyperbolic import cosh, sinh
from pdec.symbolic.sums import Contraction, contract


class Truth(Function):  # type: ignore[misc]
    """A condition: one where it holds, zero elsewhere."""

    is_real = True
    is_extended_real = True
    is_finite = True
    is_integer = True
    is_nonnegative = True
    is_extended_nonnegative = True


class Less(Truth):
    """left < right"""

    nargs = 2

    @classmethod
    def eval(cls, left: Expr, right: Expr) -> Expr | None:
        difference = left - right
        if not difference.is_number or difference.is_extended_negative is None:
            return None
        return Integer(difference.is_extended_negative)


class Equal(Truth):
    """left = right, for whole numbers: indices, or expressions in them."""

    nargs = 2

    @classmethod
    def eval(cls, left: Expr, right: Expr) -> Expr | None:
        difference = left - right
        return Integer(difference == 0) if difference.is_Integer else None


class Not(Truth):
    """The contrary of a condition."""

    nargs = 1

    @classmethod
    def eval(cls, condition: Expr) -> Expr | None:
        if condition.is_Integer:
            return 1 - condition
        return condition.args[0] if isinstance(condition, Not) else None


class AllOf(Truth):
    """Conditions that all hold."""

    @classmethod
    def eval(cls, *conditions: Expr) -> Expr | None:
        return _simplified(cls, conditions, S.One)


class AnyOf(Truth):
    """Conditions of which at least one holds."""

    @classmethod
    def eval(cls, *conditions: Expr) -> Expr | None:
        return _simplified(cls, conditions, S.Zero)


def _simplified(cls: Any, conditions: tuple[Expr, ...], neutral: Expr) -> Expr | None:
    """`conditions` without those that are known, or None where nothing can be left away."""
    if any(condition == 1 - neutral for condition in conditions):
        return 1 - neutral
    flat = [part for c in conditions for part in (c.args if isinstance(c, cls) else (c,)) if part != neutral]
    unique = list(dict.fromkeys(flat))
    if len(unique) < 2:
        return unique[0] if unique else neutral
    return None if tuple(unique) == conditions else cls(*unique)


class Where(Function):  # type: ignore[misc]
    """`inside` where the condition holds, `outside` elsewhere."""

    nargs = 3

    @classmethod
    def eval(cls, condition: Expr, inside: Expr, outside: Expr) -> Expr | None:
        if condition.is_Integer:
            return inside if condition == 1 else outside
        if inside == outside:
            return inside
        return cls(condition.args[0], outside, inside) if isinstance(condition, Not) else None

    @property
    def condition(self) -> Expr:
        return self.args[0]

    @property
    def inside(self) -> Expr:
        return self.args[1]

    @property
    def outside(self) -> Expr:
        return self.args[2]

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.inside.is_extended_real and self.outside.is_extended_real else None

    def _eval_is_extended_nonnegative(self) -> bool | None:
        return True if self.inside.is_extended_nonnegative and self.outside.is_extended_nonnegative else None


def pieces(condition: Expr, inside: Expr, outside: Expr, resolvable: bool) -> Expr:
    """`inside` where the condition holds, else `outside`. Where a condition that compares two indices is `resolvable`,
    and both values exist everywhere, this is arithmetic with Kronecker's delta, which a sum over an index resolves."""
    if isinstance(condition, Not):
        return pieces(condition.args[0], outside, inside, resolvable)
    if resolvable and isinstance(condition, Equal) and total(inside) and total(outside):
        delta = Delta(*condition.args)
        return delta * inside + (1 - delta) * outside
    return Where(condition, inside, outside)


SINGULAR: dict[Any, tuple[Expr, ...]] = {log: (S.One,), exp: (S.Zero,), sinh: (S.Zero,), cosh: (S.Zero,)}
SINGULAR |= {asin: (S.Zero,), acos: (S.Zero,), atan2: (S.Zero, S.One)}
"""Functions that are infinite somewhere, or too large for floating point, and arguments at which they are not."""


def total(expression: Expr) -> bool:
    """Whether an expression is finite whatever its leaves and indices are."""
    return not any(is_singular(node) for node in preorder_traversal(expression))


def is_singular(node: Expr) -> bool:
    """Whether a function or a power may be infinite, and its derivatives with it."""
    if isinstance(node, Pow):
        whole = node.exp.is_Integer and node.exp > 0
        return not whole and _varies(node)
    return node.func in SINGULAR and _varies(node)


def _varies(node: Expr) -> bool:
    """Whether a value depends on the point or on an index, and not on parameters alone."""
    return bool(node.atoms(Leaf)) or any(symbol.name.startswith("_") or symbol.is_Dummy for symbol in node.free_symbols)


def guarded(expression: Expr, condition: Expr) -> Expr:
    """`expression` with the arguments of what may be infinite replaced by harmless ones where `condition` fails.

    There the value is thrown away, but its gradient is multiplied by zero, and zero times infinity is not a number.
    """
    if isinstance(expression, Contraction):
        body, limits = expression.opened()
        return contract(guarded(body, condition), *limits)
    if not expression.args or isinstance(expression, (Leaf, Truth)):
        return expression
    arguments = [guarded(argument, condition) for argument in expression.args]
    if is_singular(expression):
        if isinstance(expression, Pow):
            arguments[0] = Where(condition, arguments[0], S.One)
        else:
            arguments = [Where(condition, a, calm) for a, calm in zip(arguments, SINGULAR[expression.func])]
    return expression.func(*arguments)


def conditions_of(expression: Expr) -> list[Expr]:
    """The conditions of the pieces in an expression, those inside others first."""
    return [node.condition for node in sorted(expression.atoms(Where), key=lambda w: len(w.atoms(Where)))]
