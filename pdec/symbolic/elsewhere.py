"""What is not local: unknowns at another place, integrals over a variable, means over the domain.

The variable of an average (an Expectation, an Integral, a Mean) is a Noise leaf that the average binds by its name, so
that the coordinates of the point itself keep their meaning under the integral: in ∫₀ˣ exp(s - x) u(s) ds, x is where
the equation holds. Bound names are chosen so that no name is bound twice along a branch; equal integrals, written with
the same letters, are equal objects.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Basic, Dummy, Expr, Integer, Mul, S, Symbol, Tuple
from sympy.core.symbol import Str

from pdec.problem import Along
from pdec.symbolic.atoms import TIME, Average, Coordinate, Delta, Holder, Noise, Partial, depends
from pdec.symbolic.profiles import Profile
from pdec.symbolic.sums import rebuilt, summands

PLACE = Symbol("_p", integer=True, positive=True)
"""The free index of a place: its entries are the coordinates there."""

HERE = Coordinate(PLACE)
"""The place where an equation holds."""

NOW = Coordinate(TIME)

MAX_NESTED = 3
"""Averages inside averages: the nodes of all of them multiply."""


class At(Holder):
    """`what`, a derivative of an unknown, where the coordinates are `space` and `time`.

    `space` is an expression in which PLACE is free, or a Tuple of all coordinates.
    """

    __slots__ = ()

    def __new__(cls, what: Expr, space: Basic, time: Expr) -> Expr:
        space = _whole(space) if isinstance(space, Tuple) else space
        if isinstance(what, Partial) and isinstance(what.args[0], Profile):
            space, time = _seen_from(what.args[0].along, space, time)
        return what if space == HERE and time == NOW else Basic.__new__(cls, what, space, time)

    @property
    def what(self) -> Expr:
        return self.args[0]

    @property
    def space(self) -> Basic:
        return self.args[1]

    @property
    def time(self) -> Expr:
        return self.args[2]

    @property
    def free_symbols(self) -> set[Basic]:
        return self.what.free_symbols | (self.space.free_symbols - {PLACE}) | self.time.free_symbols

    def mapped(self, function: Callable[[Expr], Expr]) -> Expr:
        """What is taken there stays."""
        return At(self.what, function(self.space), function(self.time))


class Integral(Average):
    """The integral of `body` over the variable `name` from `lower` to `upper`."""

    __slots__ = ()

    def __new__(cls, body: Expr, name: Str, lower: Expr, upper: Expr) -> Expr:
        if body == 0 or lower == upper:
            return S.Zero
        if not depends(body, str(name.name)):
            return body * (upper - lower)
        return Basic.__new__(cls, body, name, lower, upper)

    @property
    def lower(self) -> Expr:
        return self.args[2]

    @property
    def upper(self) -> Expr:
        return self.args[3]

    def mapped(self, function: Callable[[Expr], Expr]) -> Expr:
        return Integral(function(self.body), self.args[1], function(self.lower), function(self.upper))


class Mean(Average):
    """The mean of `body` over the space domain; the variable `name` is a vector with an entry for each coordinate."""

    __slots__ = ()

    def __new__(cls, body: Expr, name: Str) -> Expr:
        return Basic.__new__(cls, body, name) if depends(body, str(name.name)) else body


def _whole(entries: Tuple) -> Basic:
    """A Tuple of all coordinates, or of all entries of a vector, is the vector."""
    for leaf in (HERE, *({Noise(e.args[0], PLACE) for e in entries if isinstance(e, Noise)} if entries[1:] else ())):
        if all(entry == leaf.xreplace({PLACE: Integer(k + 1)}) for k, entry in enumerate(entries)):
            return leaf
    return entries


def _seen_from(along: Along, space: Basic, time: Expr) -> tuple[Basic, Expr]:
    """The place with the coordinates of the point itself where an unknown does not depend on them."""
    if along.space is not None:
        axes = map(Integer, along.space)
        space = HERE + Add(*((entry_of(space, axis) - Coordinate(axis)) * Delta(PLACE, axis) for axis in axes))
    return space, time if along.time else NOW


def entry_of(space: Basic, axis: Basic) -> Expr:
    """The coordinate of a place along an axis. The indices of places inside it are their own."""
    if isinstance(space, Tuple):
        return Add(*(entry * Delta(axis, Integer(k + 1)) for k, entry in enumerate(space)))
    held = {place: Dummy() for place in space.atoms(At)}
    return space.xreplace(held).xreplace({PLACE: axis}).xreplace({dummy: place for place, dummy in held.items()})


def put(expression: Expr, name: str, value: Expr) -> Expr:
    """`expression` with a number in the place of the scalar variable `name`."""
    return expression.xreplace({Noise(Str(name), S.One): value})


def renamed(expression: Expr, old: str, new: str) -> Expr:
    """`expression` with another name for a variable that is free in it."""
    found = (noise for noise in expression.atoms(Noise) if noise.name == old)
    return expression.xreplace({noise: Noise(Str(new), noise.axis) for noise in found})


def letter_for(name: str, *expressions: Expr) -> str:
    """`name`, or one like it, that is no variable in any of the expressions."""
    taken = {noise.name for expression in expressions for noise in expression.atoms(Noise)}
    candidates = (f"{name}{number}" if number > 1 else name for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


def moved(expression: Expr, space: Basic, time: Expr) -> Expr:
    """`expression` at another place: coordinates are those of the place, and unknowns are taken there."""

    def replace(node: Basic) -> Expr | None:
        if isinstance(node, Coordinate):
            return time if node.axis == TIME else entry_of(space, node.axis)
        if isinstance(node, Partial):
            return At(node, space, time)
        if isinstance(node, Average) and (depends(space, node.name) or depends(time, node.name)):
            # the place holds a variable of that name, which is not the one that is bound here
            name = letter_for(node.name, node, space, time)
            other = node.func(renamed(node.body, node.name, name), Str(name), *node.args[2:])
            return rebuilt(other, replace)
        return None

    return rebuilt(expression, replace)


def mean_of(body: Expr, name: str, single: bool) -> Expr:
    """The mean of a function of the coordinates over the space domain, at the same time; `single`: of one coordinate
    that is no vector."""
    letter = Str(letter_for(name, body))
    return Mean(moved(body, Tuple(Noise(letter, S.One)) if single else Noise(letter, PLACE), NOW), letter)


def distributed(average: Expr) -> Expr:
    """An average as a sum of averages, with the factors that do not depend on its variable before them."""
    if not isinstance(average, Average):
        return average
    terms = []
    for summand in summands(average.body, lambda base: False):
        factors = Mul.make_args(summand)
        inside = [factor for factor in factors if depends(factor, average.name)]
        outside = [factor for factor in factors if not depends(factor, average.name)]
        terms.append(Mul(*outside, _renamed(average.over(Mul(*inside)))))
    return Add(*terms)


def _renamed(average: Expr) -> Expr:
    """An average whose variable has the first name that is free: what stood around it may be gone."""
    if not isinstance(average, Average):
        return average
    body = renamed(average.body, average.name, " ")
    name = letter_for(average.name.rstrip("0123456789") or average.name, body)
    return average.func(renamed(body, " ", name), Str(name), *average.args[2:])


def local(expression: Expr) -> Expr:
    """`expression` with a symbol for everything that is taken elsewhere, or over more than the point."""
    if not expression.has(At, Average):
        return expression
    return rebuilt(expression, lambda node: Dummy(real=True) if isinstance(node, (At, Average)) else None)


def nesting(expression: Basic) -> int:
    """How many averages stand inside each other."""
    inner = max((nesting(argument) for argument in expression.args), default=0)
    return inner + isinstance(expression, Average)
