"""Equations frozen at random points, where algebra has not decided: eigenvalues of the second-order part, and growth.

Where there is no exact solution the values of the unknown are those at the first or the last time, or random ones
(`pdec.symbolic.jets`), and what depends on them is said to depend on the solution.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from sympy import Expr, Integer

from pdec.problem import Problem, Residual
from pdec.symbolic.atoms import DIM, at
from pdec.symbolic.definite import eigenvalues
from pdec.symbolic.evaluate import Point, evaluate
from pdec.symbolic.growth import MAX_SIZE, Edge, Polynomial, determinant, edges, units_of
from pdec.symbolic.jets import Jets, given_jets, in_few_dimensions, samples
from pdec.symbolic.points import place
from pdec.symbolic.symbol import NoSymbolError, orders, symbol_of

UNDECIDED = "not decided"
DIRECTIONS, FEWER_DIRECTIONS = 6, 4
LARGE = 6
"""Of systems of more equations fewer directions are looked at: their determinants cost more."""
ZERO = 1e-9
"""An eigenvalue is zero where it is below this share of the largest one."""


def _with_covector(point: Point, covector: Sequence[float]) -> Point:
    return replace(point, normal=covector)


def _where(problem: Problem, point: Point) -> str:
    return place(problem, point.x, point.t)


# --- the matrix of second-order coefficients


def by_matrix(problem: Problem, equation: Residual, unknown: str) -> tuple[str, str, bool, bool, str]:
    """Name, reason, whether backward, whether sure, and the fault of a scalar equation of second order.

    Raises NoSymbolError, TooLargeError.
    """
    small, prefix = in_few_dimensions(problem)
    (same,) = [e for e in small.equations if e.label == equation.label]
    found = orders(same.expression, unknown)
    symbols = {o: symbol_of(same.expression, unknown, Integer(1), o) for o in found if 1 <= sum(o) <= 2}
    jets = given_jets(small, list(symbols.values()))
    evolution = all(k == 0 for m, k in found if m + k == 2) and (0, 1) in found
    sure = jets.sure(list(symbols.values()))
    space = _space_of(small, unknown)
    timed = not evolution and any(k for _, k in found)
    size = len(space) + timed
    seen: Counter[str] = Counter()
    fault, directions = "", set()
    for point, _ in samples(small, list(symbols.values()), size * size, jets):
        try:
            values = eigenvalues(_matrix(symbols, small.dim, space, timed, point), size)
            speed = evaluate(symbols[0, 1], point)[0] if evolution else 0.0
        except (ValueError, OverflowError, ZeroDivisionError):
            continue
        tolerance = ZERO * max(abs(value) for value in values)
        if evolution:
            values = sorted(-value * math.copysign(1.0, speed) for value in values)
            name = "parabolic" if speed else "elliptic"
            if values[0] < -tolerance and values[-1] > tolerance:
                name = "ill-posed"
                fault = fault or f"{prefix}the eigenvalues are {_list(values)} at {_where(small, point)}"
            elif values[0] < -tolerance:
                directions.add("backward")
            elif values[-1] > tolerance:
                directions.add("forward")
        else:
            name = _signature(values, tolerance, (1, 0) in found or (0, 1) in found)
        seen[name] += 1
    total = sum(seen.values())
    if not total:
        raise NoSymbolError("the coefficients have no value at random points")
    where = f"{prefix}at {total} points" + ("" if sure else f" with {jets.words}")
    if evolution:
        return _evolution(small, seen, directions, where, sure, fault)
    if len(seen) == 1:
        (name,) = seen
        return name, f"{_SIGNATURES[name]}, {where}", False, sure, ""
    parts = " and ".join(f"{name} at {count}" for name, count in seen.most_common())
    if not sure:
        return (
            "mixed",
            f"the type depends on the solution: {parts} of {total} points with {jets.words}",
            False,
            False,
            "",
        )
    return "mixed", f"{parts} of {total} points", False, True, ""


def _evolution(
    problem: Problem, seen: Counter[str], directions: set[str], where: str, sure: bool, fault: str
) -> tuple[str, str, bool, bool, str]:
    """The verdict on an equation of first order in time and second order in space."""
    matrix = f"first order in {problem.coordinates.time}, and the matrix of second-order coefficients"
    if not sure and (fault or len(directions) == 2):
        return "mixed", "the type depends on the solution", False, False, ""
    if fault:
        return "ill-posed", f"{matrix} is not of one sign: {fault}", False, True, fault
    if len(directions) == 2:
        return "mixed", f"{matrix} is positive at some points and negative at others", False, True, ""
    sign = "negative" if "backward" in directions else "positive"
    return "parabolic", f"{matrix} is {sign} (semi)definite, {where}", "backward" in directions, sure, ""


_SIGNATURES = {
    "elliptic": "the eigenvalues of the matrix of second-order coefficients have one sign",
    "parabolic": "one eigenvalue of the matrix of second-order coefficients is zero, the others have one sign",
    "hyperbolic": "one eigenvalue of the matrix of second-order coefficients has the sign opposite to the others",
    "ultrahyperbolic": "several eigenvalues of the matrix of second-order coefficients have either sign",
    "degenerate": "eigenvalues of the matrix of second-order coefficients are zero",
}


def _signature(values: Sequence[float], tolerance: float, first: bool) -> str:
    positive = sum(value > tolerance for value in values)
    negative = sum(value < -tolerance for value in values)
    zero = len(values) - positive - negative
    if zero:
        return "parabolic" if zero == 1 and first and 0 in (positive, negative) else "degenerate"
    if 0 in (positive, negative):
        return "elliptic"
    return "hyperbolic" if 1 in (positive, negative) else "ultrahyperbolic"


def _space_of(problem: Problem, name: str = "") -> list[int]:
    """The coordinates of space, from 0, that an unknown depends on, or any of them."""
    kept = [unknown.along.space for unknown in problem.unknowns if name in ("", unknown.name)]
    every = range(problem.dim)
    return [k for k in every if any(space is None or k + 1 in space for space in kept)]


def _matrix(
    symbols: dict[tuple[int, int], Expr], dim: int, space: Sequence[int], timed: bool, point: Point
) -> dict[tuple[int, int], float]:
    """The coefficients of ∂ᵢ∂ⱼ along the coordinates `space`, with time last where it is `timed`."""

    def form(order: tuple[int, int], *axes: int) -> float:
        if order not in symbols:
            return 0.0
        covector = [float(k in axes) for k in range(dim)]
        return evaluate(symbols[order], _with_covector(point, covector))[0]

    entries = {(k, k): form((2, 0), axis) for k, axis in enumerate(space)}
    for (i, one), (j, other) in itertools.combinations(enumerate(space), 2):
        entries[i, j] = (form((2, 0), one, other) - entries[i, i] - entries[j, j]) / 2
    if timed:
        entries |= {(k, len(space)): form((1, 1), axis) / 2 for k, axis in enumerate(space)}
        entries[len(space), len(space)] = form((0, 2))
    return entries


def _list(values: Sequence[float]) -> str:
    return " and ".join(f"{value:.3g}" for value in (values[0], values[-1]))


# --- growth of waves


def by_growth(problem: Problem, equations: Sequence[Residual], unknown: str = "") -> tuple[str, str, bool, bool]:
    """Name, reason, whether backward, whether sure, of equations for as many unknowns, or for `unknown` alone.

    Raises NoSymbolError, TooLargeError.
    """
    small, prefix = in_few_dimensions(problem)
    labels = {equation.label for equation in equations}
    rows = _rows(small, [equation for equation in small.equations if equation.label in labels])
    names = {u.name for u in problem.unknowns if unknown in ("", u.name)}
    columns = [(u.name, Integer(k + 1)) for u in small.unknowns if u.name in names for k in range(u.size)]
    entries = [[_entry(row, name, component) for name, component in columns] for row in rows]
    symbols = [symbol for row in entries for entry in row for symbol in entry.values()]
    space = sorted({axis for name in names for axis in _space_of(small, name)})
    principal = [symbol for row in entries for entry in row for order, symbol in entry.items() if sum(order)]
    known = given_jets(small, principal)
    many = DIRECTIONS if len(rows) <= LARGE else FEWER_DIRECTIONS
    growths = []
    for point, number in samples(small, symbols, many, known, units_of(len(rows))):
        try:
            covectors = list(_covectors(small.dim, space, many, number))
            growths.append([_polynomial(entries, point, covector, known) for covector in covectors])
        except (ValueError, OverflowError, ZeroDivisionError):
            continue
    where = f"{prefix}at {len(growths)} points"
    polynomials = [[p for p in polynomials if p] for polynomials in growths]
    if not all(polynomials) or not polynomials:
        raise NoSymbolError("its principal part vanishes" if growths else "it has no value at random points")
    if all(k == 0 for at_point in polynomials for p in at_point for k, _ in p):
        return _standing(polynomials, where)
    waves = [[edges(p) for p in at_point] for at_point in polynomials]
    found = _waves(waves, where, known)
    if not found[3]:
        seen = Counter(_waves([at_point], where, known)[0] for at_point in waves)
        if len(seen) > 1:  # as of the Euler equations, where the density or the pressure may be negative
            parts = " and ".join(f"{name} at {count}" for name, count in seen.most_common())
            reason = f"the type depends on the solution: {parts} of {len(waves)} points with {known.words}"
            return "mixed", reason, False, False
    return found


def _entry(row: Expr, name: str, component: Expr) -> dict[tuple[int, int], Expr]:
    """The symbols of one equation for one unknown, by order; what has none counts only where it is of highest order."""
    found = sorted(orders(row, name), key=sum, reverse=True)
    symbols = {}
    for order in found:
        try:
            symbols[order] = symbol_of(row, name, component, order)
        except NoSymbolError:
            if sum(order) == sum(found[0]):
                raise
    return symbols


def _rows(problem: Problem, equations: Sequence[Residual]) -> list[Expr]:
    """The entries of equations, one after the other."""
    sizes = [1 if e.size is None else problem.dim if e.size == DIM else int(e.size) for e in equations]
    if sum(sizes) > MAX_SIZE:
        raise NoSymbolError(f"more than {MAX_SIZE} equations")
    return [at(e.expression, s0=Integer(k + 1)) for e, size in zip(equations, sizes) for k in range(size)]


def _covectors(dim: int, space: Sequence[int], many: int, number: int) -> Iterator[list[float]]:
    """So many directions along the coordinates `space`: along the axes and between them, and random ones."""
    axes = [[float(j == k) for j in range(dim)] for k in space]
    between = [[a + side * b for a, b in zip(axes[k], axes[k - 1])] for k in range(1, len(axes)) for side in (1, -1)]
    chosen = random.Random(number)
    yield from chosen.sample([*axes, *between], min(many // 2, len(axes) + len(between)))
    for _ in range(many // 2):
        yield [chosen.gauss(0, 1) if k in space else 0.0 for k in range(dim)]


def _polynomial(
    entries: Sequence[Sequence[dict[tuple[int, int], Expr]]], point: Point, covector: Sequence[float], known: Jets
) -> Polynomial:
    """The determinant of the symbol in one direction: ∂ along time is s, along space iλξ."""
    here = _with_covector(point, covector)

    def entry(symbols: dict[tuple[int, int], Expr]) -> Polynomial:
        found = {}
        for (m, k), symbol in symbols.items():
            value = 1j**m * evaluate(symbol, here)[0]
            if value:
                found[k, m] = value, abs(value), not known.sure([symbol])
        return found

    return determinant([[entry(symbols) for symbols in row] for row in entries])


def _standing(growths: Sequence[Sequence[Polynomial]], where: str) -> tuple[str, str, bool, bool]:
    """Equations without derivatives in time: elliptic where the principal symbol vanishes in no real direction."""
    top = max(m for at_point in growths for p in at_point for _, m in p)
    sure = not any(p[0, m][2] for at_point in growths for p in at_point for _, m in p if m == top)
    if top == 0:
        return "algebraic", "no derivative is left in its determinant", False, sure
    for at_point in growths:
        values = [p.get((0, top), _NOTHING)[0] for p in at_point]
        size = max(abs(value) for value in values)
        first = max(values, key=abs)
        # one phase for all directions: a symbol that changes sign between two vanishes on the way
        if any(abs(v) <= ZERO * size or (v / first).real <= ZERO for v in values):
            return UNDECIDED, f"not elliptic: its symbol of order {top} vanishes in some directions", False, sure
    return "elliptic", f"the determinant of its symbol, of order {top}, vanishes in no direction, {where}", False, sure


_NOTHING = (0j, 0.0, False)


def _waves(growths: Sequence[Sequence[Sequence[Edge]]], where: str, jets: Jets) -> tuple[str, str, bool, bool]:
    """Evolution equations, by how fast their waves grow or decay."""
    fast = [edge for at_point in growths for found in at_point for edge in found if edge.power > 0]
    sure = not any(edge.depends for edge in fast)
    if not fast:
        return "ordinary", "no derivative in space is left in its determinant", False, sure
    if not sure:
        where = f"{where} with {jets.words}"
    powers = sorted({edge.power for edge in fast})
    planes = {p: set[int]().union(*(edge.half_planes for edge in fast if edge.power == p)) for p in powers}
    if any({-1, 1} <= found for found in planes.values()):
        how = "some short waves grow and others decay"
        if powers == [1]:
            return "ill-posed", f"{how}, so that space and time are alike, {where}", False, sure
        return "ill-posed", f"{how}, whichever way time runs, {where}", False, sure
    steep = {plane for p, found in planes.items() if p > 1 for plane in found}
    flat = {plane for p, found in planes.items() if p <= 1 for plane in found}
    if steep in ({-1}, {1}) and flat <= {0}:
        backward = steep == {1}
        how = "grow" if backward else "decay"
        if flat:
            return "mixed", f"parabolic, but some waves neither grow nor decay, {where}", backward, sure
        return "parabolic", f"all short waves {how} like exp(-c |k|^{_power(powers)} t), {where}", backward, sure
    if not steep and flat == {0} and powers == [1]:
        return "hyperbolic", f"all waves run with bounded speeds and neither grow nor decay, {where}", False, sure
    if steep == {0} and flat <= {0}:
        return "dispersive", f"waves neither grow nor decay, and short ones are faster, {where}", False, sure
    return UNDECIDED, f"short waves behave in several ways, {where}", False, sure


def _power(powers: Sequence[Fraction]) -> str:
    return str(powers[-1])
