"""What kind of equation each equation is: elliptic, parabolic, hyperbolic, dispersive, …, and why.

An equation is looked at through its symbol (`pdec.symbolic.symbol`), that of its linearisation where it is not linear.
Algebra comes first and decides for every N: the signs of the coefficients of squares of ξ. What it does not decide is
looked at in double precision at random points, where the unknown has the values of the exact solution, or else random
ones: the eigenvalues of the matrix of second-order coefficients, or the growth of waves (`pdec.symbolic.growth`).
Equations that are coupled by derivatives of highest order are one system, and get one answer.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sympy import Add, Basic, Expr, Integer, Mul, Pow, S

from pdec.budget import UNITS, TooLargeError, allowance
from pdec.problem import Problem, Residual, Unknown
from pdec.symbolic.atoms import TIME, Average, Delta, Normal, Partial, all_of, fresh, slot
from pdec.symbolic.definite import Sign, definite, sign_of
from pdec.symbolic.elsewhere import At, local
from pdec.symbolic.expansion import expanded
from pdec.symbolic.frozen import UNDECIDED, by_growth, by_matrix
from pdec.symbolic.profiles import Profile
from pdec.symbolic.show import show_equation
from pdec.symbolic.sums import rebuilt
from pdec.symbolic.symbol import NoSymbolError, orders, symbol_of

ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
MAX_TEXT = 60
NONLOCAL = "nonlocal"


@dataclass(frozen=True, slots=True)
class Kind:
    """What an equation is. `name` is one of elliptic, parabolic, hyperbolic, dispersive, ultrahyperbolic, mixed,
    ordinary, algebraic, nonlocal, ill-posed, not decided; `reason` says why, in words.

    `unknown` is the one that the equation is for, empty where it belongs to a system. `space` and `time` are its
    highest orders. `backward`: solved for its time derivative it needs values at the last time. `sure`: this holds for
    every solution, or for the exact one. `fault` says what is not positive in a diffusion that should be, and where.
    """

    label: str
    name: str
    reason: str
    unknown: str = ""
    space: int = 0
    time: int = 0
    backward: bool = False
    sure: bool = True
    fault: str = ""

    @property
    def name_in_full(self) -> str:
        """The name with the direction of time."""
        return f"{'backward ' * self.backward}{self.name}"

    @property
    def text(self) -> str:
        """Name and reason on one line."""
        return f"{self.name_in_full}: {self.reason}"


@lru_cache(8)
def classify(problem: Problem) -> tuple[Kind, ...]:
    """The kind of every equation, in order. Kept: `check`, its warnings and `explain` all ask for it."""
    with allowance(UNITS / 2):
        try:
            return _kinds(problem, frozenset(unknown.name for unknown in problem.unknowns if unknown.scalar))
        except TooLargeError as error:
            return tuple(Kind(equation.label, UNDECIDED, str(error)) for equation in problem.equations)


def _kinds(problem: Problem, scalars: frozenset[str]) -> tuple[Kind, ...]:
    """The kinds of equations as ones for the unknowns of `problem`; `scalars` are all scalar unknowns in them."""
    found = {equation.label: kind for equation in problem.equations if (kind := _not_local(equation))}
    if found:
        rest = replace(problem, equations=tuple(e for e in problem.equations if e.label not in found))
        found |= {kind.label: kind for kind in _kinds(rest, scalars)}
        return tuple(found[equation.label] for equation in problem.equations)
    few = [unknown for unknown in problem.unknowns if not unknown.along.whole]
    if few and len(few) < len(problem.unknowns):
        return _by_coordinates(problem, few, scalars)
    stated = [equation for equation in problem.equations if not equation.follows]
    if alone := _sought_for(problem, stated):
        return _kinds(replace(problem, unknowns=alone), scalars)
    owners = {equation.label: _owner(problem, equation) for equation in problem.equations}
    own = [owners[equation.label] for equation in stated]
    apart = len(problem.unknowns) == 1 or (
        len({o for o in own if o}) == len(own) == len(problem.unknowns) and _triangular(stated, own)
    )
    kinds: list[Kind | None] = []
    for equation in problem.equations:
        owner = owners[equation.label]
        if equation.follows and not (owner and apart):
            kinds.append(Kind(equation.label, UNDECIDED, "it follows from the other equations"))
        else:
            kinds.append(_alone(problem, equation, owner, scalars) if owner and apart else None)
    if None in kinds:
        together = _system(problem, stated)
        kinds = [kind or replace(together, label=e.label) for kind, e in zip(kinds, problem.equations)]
    return tuple(kind for kind in kinds if kind is not None)


def _by_coordinates(problem: Problem, few: Sequence[Unknown], scalars: frozenset[str]) -> tuple[Kind, ...]:
    """The answers where some unknowns depend on fewer coordinates: in equations for the others those are as good as
    known, since no wave along the other coordinates is a wave of them."""
    many = [unknown for unknown in problem.unknowns if unknown not in few]
    found: dict[str, Kind] = {}
    for unknowns, others in ((many, ()), (few, many)):
        own = [e for e in problem.equations if _holds(e, unknowns) and not _holds(e, others)]
        if own:
            here = tuple(unknown for unknown in unknowns if any(_holds(e, [unknown]) for e in own))
            part = replace(problem, unknowns=here, equations=tuple(own))
            found |= {kind.label: kind for kind in _kinds(part, scalars)}
    return tuple(found[equation.label] for equation in problem.equations)


def _sought_for(problem: Problem, equations: Sequence[Residual]) -> tuple[Unknown, ...]:
    """The unknowns that the equations are for, one each, where there are more unknowns than those: the others are
    coefficients and sources to be found, as good as known. Empty where that is not so."""
    names = {_owner(problem, equation) for equation in equations}
    own = tuple(unknown for unknown in problem.unknowns if unknown.name in names)
    rows = sum(_size(problem, equation.size) for equation in equations)
    fits = len(own) == len(names) == len(equations) and sum(unknown.size for unknown in own) == rows
    return own if fits and len(own) < len(problem.unknowns) else ()


def _holds(equation: Residual, unknowns: Sequence[Unknown]) -> bool:
    """Whether one of the unknowns stands in an equation, at the point itself."""
    return any(orders(equation.expression, unknown.name) for unknown in unknowns)


def _not_local(equation: Residual) -> Kind | None:
    """The answer for an equation in which the unknown elsewhere weighs as much as at the point."""
    expression = equation.expression
    if not local(expression).has(Partial):
        return Kind(equation.label, NONLOCAL, "a condition on means, or on values elsewhere, of the unknowns")
    if all(isinstance(partial.args[0], Profile) for partial in all_of(local(expression), Partial)):
        # elsewhere the unknowns of more coordinates are as good as known: a trace is no unknown of the wave
        expression = rebuilt(expression, lambda node: S.One if _of_all_coordinates(node) else None)
    alone = rebuilt(expression, lambda node: S.Zero if isinstance(node, Average) else None)
    here, there = _highest(local(expression)), max(map(_highest, alone.atoms(At)), default=0)
    if max(map(_highest, expression.atoms(Average)), default=0) > here or there >= max(here, 1):
        return Kind(equation.label, UNDECIDED, "the derivatives of highest order are taken elsewhere")
    return None


def _of_all_coordinates(node: Basic) -> bool:
    """Whether this is an unknown of all coordinates at another place, or an average of such alone."""
    elsewhere = isinstance(node, (At, Average))
    return elsewhere and not any(isinstance(partial.args[0], Profile) for partial in all_of(node, Partial))


def _highest(expression: Expr) -> int:
    return max((len(partial.axes) for partial in expression.atoms(Partial)), default=0)


def _owner(problem: Problem, equation: Residual) -> str:
    """The unknown that an equation is for: the one with a derivative in time, or of highest order, where there is one;
    else empty. Of what follows from other equations, only where the others stand with derivatives of lower order."""
    every = {u.name: found for u in problem.unknowns if (found := orders(equation.expression, u.name))}
    evolving = [name for name, found in every.items() if any(k for _, k in found)]
    highest = max((m for found in every.values() for m, _ in found), default=0)
    own = evolving or [name for name, found in every.items() if highest in {m for m, _ in found}]
    if len(own) != 1:
        return ""
    space = max(m for m, _ in every[own[0]])
    lower = all(m < max(space, 1) for name, f in every.items() if name != own[0] for m, _ in f)
    return own[0] if lower or not equation.follows else ""


def _triangular(equations: Sequence[Residual], owners: Sequence[str]) -> bool:
    """Whether the unknowns can be given weights by which each equation has its highest order in its own unknown alone.

    Such a system behaves as its equations do alone, for each the others being known: so the two of a mean-field game,
    the second of which has second derivatives of both unknowns. There are weights where on no way from unknown to
    unknown and back the others have in sum as high an order as the equations' own.
    """
    gain: dict[tuple[int, int], float] = {}
    for row, (equation, owner) in enumerate(zip(equations, owners)):
        own = max(1, *(m for m, _ in orders(equation.expression, owner)))
        for column, other in enumerate(owners):
            found = orders(equation.expression, other) if other != owner else ()
            gain[row, column] = max((m for m, _ in found), default=-math.inf) - own
    every = range(len(owners))
    for middle, start, end in itertools.product(every, every, every):  # the largest sum along ways, after Floyd
        gain[start, end] = max(gain[start, end], gain[start, middle] + gain[middle, end])
    return all(gain[k, k] < 0 for k in every)


def _system(problem: Problem, equations: Sequence[Residual]) -> Kind:
    """The answer for all equations together."""
    rows = sum(_size(problem, equation.size) for equation in equations)
    which = f"the system of {len(equations)} equations" if len(equations) > 1 else "its entries"
    found = {order for e in equations for u in problem.unknowns for order in orders(e.expression, u.name)}
    space, time = max((m for m, _ in found), default=0), max((k for _, k in found), default=0)
    if rows > problem.n_unknowns:
        evolving = [e for e in equations if any(TIME in p.axes for p in all_of(e.expression, Partial))]
        if sum(_size(problem, equation.size) for equation in evolving) == problem.n_unknowns:
            kind = _system(problem, evolving)  # the others say what stays so, as div(B) = 0
            return replace(kind, reason=f"but for those without a derivative in time: {kind.reason}")
    if rows != problem.n_unknowns:
        unknowns = f"{problem.n_unknowns} unknown{'s' * (problem.n_unknowns > 1)}"
        have = f"{rows} equation{'s' * (rows > 1)}"
        return Kind("", UNDECIDED, f"{have} for {unknowns}", space=space, time=time)
    try:
        name, reason, backward, sure = by_growth(problem, equations)
    except (NoSymbolError, TooLargeError) as error:
        return Kind("", UNDECIDED, str(error) or "too much work", space=space, time=time)
    return Kind("", name, f"{which} together: {reason}", "", space, time, backward, sure)


def _size(problem: Problem, size: Expr | None) -> int:
    return 1 if size is None else int(size) if size.is_Integer else problem.dim


def _alone(problem: Problem, equation: Residual, unknown: str, scalars: frozenset[str]) -> Kind | None:
    """The answer for an equation in one unknown; None for a vector whose components are coupled."""
    found = orders(equation.expression, unknown)
    space, time = max(m for m, _ in found), max(k for _, k in found)
    kind = Kind(equation.label, UNDECIDED, "", unknown, space, time)
    try:
        looked = _Look(problem, equation, unknown, scalars)
        if looked.diagonal():
            return looked.at(kind, found)
        return None
    except (NoSymbolError, TooLargeError) as error:
        return replace(kind, reason=str(error) or "too much work")


class _Look:
    """One equation for one unknown, whose components do not mix in the derivatives of highest order."""

    def __init__(self, problem: Problem, equation: Residual, unknown: str, scalars: frozenset[str]) -> None:
        self.problem, self.equation, self.unknown, self.scalars = problem, equation, unknown, scalars
        self.scalar = next(u.scalar for u in problem.unknowns if u.name == unknown)
        names = problem.coordinates.names
        self.x = (
            names[0] if problem.coordinates.vector else ", ".join(names[:-1]) + " and " * (len(names) > 1) + names[-1]
        )
        self.t = problem.coordinates.time or "t"
        self.all = f" for all {problem.dim_name}" if problem.dim_name else ""

    def diagonal(self) -> bool:
        """Whether row k of the equation has only component k in its derivatives of highest order."""
        if self.scalar and self.equation.size is None:
            return True
        if self.scalar or self.equation.size is None:
            return False
        found = orders(self.equation.expression, self.unknown)
        tops = {max(found), *(o for o in found if o[1])}
        return all(self._rest(order) == 0 for order in tops)

    def _rest(self, order: tuple[int, int]) -> Expr:
        component = fresh()
        symbol = symbol_of(self.equation.expression, self.unknown, component, order)
        return expanded(symbol).xreplace({Delta(slot(0), component): S.Zero})

    def symbol(self, order: tuple[int, int]) -> Expr:
        component = Integer(1) if self.scalar else slot(0)
        return symbol_of(self.equation.expression, self.unknown, component, order)

    def _definite(self, order: int) -> tuple[Sign | None, bool]:
        """The sign of the part of one order, and whether it is zero for ξ = 0 alone in the unknown's coordinates."""
        symbol = self.symbol((order, 0))
        sign, whole = definite(symbol, self.problem)
        own = next(unknown.along.space for unknown in self.problem.unknowns if unknown.name == self.unknown)
        if sign is None or whole or own is None:
            return sign, whole
        powers = [Normal(Integer(k)) ** order for k in own]
        coefficients = [expanded(symbol).coeff(power) for power in powers]
        rest = expanded(symbol - Add(*(c * power for c, power in zip(coefficients, powers))))
        return sign, rest == 0 and all(sign_of(c, self.problem) is sign for c in coefficients)

    def part(self, space: int, sign: int) -> tuple[str, bool]:
        """The derivatives of one order in space as they stand in the equation, times `sign`, and whether there is more
        in it beside a derivative in time. Empty where that cannot be said in a few words."""
        mine = [Mul(*(base for base, _ in term.factors)) for term in self.equation.terms]
        kept = [self._has(product, space) for product in mine]
        more = any(not keep and not self._in_time(product) for product, keep in zip(mine, kept))
        terms = [
            Mul(sign * term.coefficient, *(Pow(base, power) for base, power in term.factors))
            for term, keep in zip(self.equation.terms, kept)
            if keep
        ]
        if not self.scalar or not terms:
            return "", more
        text = show_equation(terms, self.problem.coordinates, self.scalars, self.problem.pairs).removesuffix(" = 0")
        return text if len(text) <= MAX_TEXT else "", more

    def solved(self, kind: Kind, speed: Expr, sign: str) -> str:
        """`second order in t; in u_tt = lap(u) + …, the second-order part is positive definite`."""
        order = f"{ORDINALS[kind.space]}-order part"
        rate = f"{self.unknown}_{self.t * kind.time}"
        text, more = self.part(kind.space, -1 if sign_of(speed, self.problem) is Sign.POSITIVE else 1)
        start = f"{ORDINALS[kind.time]} order in {self.t}"
        if text and speed in (1, -1):
            return f"{start}; in {rate} = {text}{' + …' * more}, the {order} is {sign}{self.all}"
        return f"{start}; solved for {rate}, the {order} in {self.x} is {sign}{self.all}"

    def _in_time(self, expression: Expr) -> bool:
        return any(p.name == self.unknown and TIME in p.axes for p in all_of(expression, Partial))

    def _has(self, expression: Expr, space: int) -> bool:
        return any(
            p.name == self.unknown and TIME not in p.axes and len(p.axes) == space for p in all_of(expression, Partial)
        )

    def at(self, kind: Kind, found: set[tuple[int, int]]) -> Kind:
        """The kind, by the first rule that decides."""
        for rule in (self._simple, self._stationary, self._first_in_time, self._second_in_time):
            decided = rule(kind, found)
            if decided is not None:
                return decided
        return self._numerically(kind, found)

    # --- by algebra

    def _simple(self, kind: Kind, found: set[tuple[int, int]]) -> Kind | None:
        """Equations without derivatives, along one coordinate alone, or of first order."""
        highest = max(m + k for m, k in found)
        axes = {
            axis
            for partial in all_of(self.equation.expression, Partial)
            if partial.name == self.unknown
            for axis in partial.axes
        }
        if highest == 0:
            return replace(kind, name="algebraic", reason=f"it has no derivative of {self.unknown}")
        if kind.space == 0 and axes == {TIME}:
            return replace(kind, name="ordinary", reason=f"derivatives along {self.t} alone")
        if kind.time == 0 and (self.problem.dim == 1 or (len(axes) == 1 and not axes.pop().free_symbols)):
            return replace(kind, name="ordinary", reason="derivatives along one coordinate alone")
        if highest == 1:
            return replace(kind, name="hyperbolic", reason="of first order: values are carried along characteristics")
        return None

    def _stationary(self, kind: Kind, found: set[tuple[int, int]]) -> Kind | None:
        if kind.time or kind.space % 2:
            return None
        sign, whole = self._definite(kind.space)
        if sign is None or not whole:
            return None
        still = f", at every {self.t}" if self.problem.coordinates.time else ""
        text, _ = self.part(kind.space, 1)
        part = f", {text}," if text else ""
        reason = f"the {ORDINALS[kind.space]}-order part{part} is definite{self.all}{still}"
        return replace(kind, name="elliptic", reason=reason)

    def _first_in_time(self, kind: Kind, found: set[tuple[int, int]]) -> Kind | None:
        """u_t = a part of even order with a sign; or one of odd order, whose symbol is imaginary."""
        if kind.time != 1 or kind.space < 2 or any(m and k for m, k in found):
            return None
        speed = sign_of(self.symbol((0, 1)), self.problem)
        if speed not in (Sign.POSITIVE, Sign.NEGATIVE):
            return None
        if kind.space % 2:
            order = ORDINALS[kind.space]
            reason = f"first order in {self.t} and {order} order in {self.x}: the speed of a wave depends on its length"
            return replace(kind, name="dispersive", reason=reason)
        sign, whole = self._definite(kind.space)
        if sign is None or sign is Sign.ZERO:
            return None
        positive = sign * speed < 0  # that of the part in space where the equation is solved for u_t
        side, other = ("positive", "negative") if positive else ("negative", "positive")
        how = f"{side} definite" if whole else f"nowhere {other}, though zero somewhere,"
        reason = self.solved(kind, self.symbol((0, 1)), how)
        return replace(kind, name="parabolic", reason=reason, backward=positive == (kind.space % 4 == 0))

    def _second_in_time(self, kind: Kind, found: set[tuple[int, int]]) -> Kind | None:
        if kind.time != 2 or kind.space not in (2, 4) or any(m and k for m, k in found):
            return None
        speed = sign_of(self.symbol((0, 2)), self.problem)
        sign, whole = self._definite(kind.space)
        if speed not in (Sign.POSITIVE, Sign.NEGATIVE) or not sign or not whole:
            return None
        opposite = sign * speed < 0
        reason = self.solved(kind, self.symbol((0, 2)), f"{'positive' if opposite else 'negative'} definite")
        if kind.space == 4:
            return replace(kind, name="ill-posed" if opposite else "dispersive", reason=reason)
        if opposite:
            return replace(kind, name="hyperbolic", reason=reason)
        return replace(kind, name="elliptic", reason=f"{reason}: space and time are alike")

    # --- by numbers

    def _numerically(self, kind: Kind, found: set[tuple[int, int]]) -> Kind:
        highest = max(m + k for m, k in found)
        if highest == 2 and self.scalar:
            name, reason, backward, sure, fault = by_matrix(self.problem, self.equation, self.unknown)
            return replace(kind, name=name, reason=reason, backward=backward, sure=sure, fault=fault)
        rows = 1 if self.equation.size is None else _size(self.problem, self.equation.size)
        own = [unknown for unknown in self.problem.unknowns if unknown.name == self.unknown]
        if rows != own[0].size:
            return replace(kind, reason="it is one of several equations for one unknown")
        name, reason, backward, sure = by_growth(self.problem, (self.equation,), self.unknown)
        return replace(kind, name=name, reason=reason, backward=backward, sure=sure)
