"""Which conditions the type and order of an equation need, and which of them a problem lacks or has twice.

Counting is not proving: what is said here is what textbooks say of such equations, and where they say nothing (systems
of first order, equations of third order, types that depend on the solution), nothing is said.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

from sympy import Expr, Integer

from pdec.budget import OPERATIONS, TooLargeError, spend
from pdec.diagnostics import Diagnostic, Span
from pdec.domains import Ball, Box
from pdec.problem import Condition, Problem, Residual, Unknown
from pdec.symbolic.atoms import Coordinate, Delta, Partial, all_of, slot
from pdec.symbolic.classify import ORDINALS, Kind
from pdec.symbolic.evaluate import evaluate
from pdec.symbolic.points import face_name, point_at, points_of, work
from pdec.symbolic.symbol import NoSymbolError, orders, orders_anywhere, symbol_of
from pdec.symbolic.transport import flow_through_faces

MAX_FACES = 20
FACE_POINTS = 4
MAX_WORK = 50_000
KNOWN_KINDS = {"initial", "terminal", "boundary", "periodic"}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def missing_and_superfluous(problem: Problem, kinds: Sequence[Kind]) -> Iterator[Diagnostic]:
    """Warnings W405, W406, W408, W409 and W410."""
    for equation, kind in zip(problem.equations, kinds):
        if kind.fault and kind.sure:
            message = f"the diffusion is not positive: {kind.fault}"
            hint = "waves along such a direction grow without bound, however short the time; see the signs"
            yield Diagnostic(problem.source, equation.span, "W409", message, hint)
    yield from _undetermined(problem)
    for unknown in problem.unknowns:
        own = [condition for condition in problem.conditions if _concerns(condition, unknown.name)]
        if any(condition.kind not in KNOWN_KINDS for condition in own):
            continue  # data take the place of conditions
        found = [*_in_time(problem, kinds, unknown, own), *_in_space(problem, kinds, unknown, own)]
        for equation, kind in zip(problem.equations, kinds):
            if kind.unknown == unknown.name and any(c.kind in ("initial", "terminal") for c in own):
                more = _may_have_more(problem, unknown.name)
                found += flow_through_faces(problem, equation, kind, own, more)
        yield from found
        if not found:
            yield from _up_to_a_constant(problem, unknown)


def _concerns(condition: Condition, name: str) -> bool:
    return _mentions(condition.residual, name)


def _span(problem: Problem, kinds: Sequence[Kind], unknown: Unknown) -> tuple[Span, Kind | None]:
    """The equation that an unknown's conditions go with, and its kind: its own, or the first that holds it."""
    for equation, kind in zip(problem.equations, kinds):
        if kind.unknown == unknown.name:
            return equation.span, kind
    for equation, kind in zip(problem.equations, kinds):
        if orders(equation.expression, unknown.name):
            return equation.span, kind
    return problem.equations[0].span, None


def _order(problem: Problem, kinds: Sequence[Kind], unknown: Unknown, which: int) -> int:
    """The order in space (0) or in time (1) of an unknown: in its own equation, of several in that which has least (the
    others follow from it by differentiation); in a system, the highest that occurs."""
    stated = [(equation, kind) for equation, kind in zip(problem.equations, kinds) if not equation.follows]
    every = [orders(equation.expression, unknown.name) for equation, _ in stated]
    own = [orders(e.expression, unknown.name) for e, kind in stated if kind.unknown == unknown.name]
    if not own and not unknown.along.whole:  # the speed of a free boundary is given by a condition
        every += [orders(condition.residual.expression, unknown.name) for condition in problem.conditions]
    highest = [max(order[which] for order in found) for found in own or every if found]
    return min(highest) if own else max(highest, default=0)


# --- unknowns and equations


def _undetermined(problem: Problem) -> Iterator[Diagnostic]:
    """Unknowns in no equation, and fewer equations than unknowns."""
    if any(condition.kind not in KNOWN_KINDS for condition in problem.conditions):
        return
    residuals = [equation.expression for equation in problem.equations if not equation.follows]
    everywhere = [*residuals, *(condition.residual.expression for condition in problem.conditions)]
    absent = []
    for unknown in problem.unknowns:
        where = residuals if unknown.along.whole else everywhere
        if not any(orders_anywhere(expression, unknown.name) for expression in where):
            absent.append(unknown)
            message = f"`{unknown.name}` stands in no equation"
            yield Diagnostic(problem.source, unknown.span, "W410", message, "add an equation for it, or leave it away")
    whole = [unknown for unknown in problem.unknowns if unknown.along.whole]
    sizes = [e.size for e in problem.equations if not e.follows and any(_mentions(e, u.name) for u in whole)]
    rows = sum(1 if size is None else int(size) if size.is_Integer else problem.dim for size in sizes)
    wanted = sum(unknown.size for unknown in whole)
    if rows < wanted and not absent:
        have = f"{rows} equation{'s' * (rows > 1)}"
        message = f"there are {wanted} unknown functions and {have}"
        hint = "every component of an unknown needs an equation; a vector equation counts once for each entry"
        yield Diagnostic(problem.source, whole[-1].span, "W410", message, hint)


def _mentions(residual: Residual, name: str) -> bool:
    return any(partial.name == name for partial in residual.expression.atoms(Partial))


def _up_to_a_constant(problem: Problem, unknown: Unknown) -> Iterator[Diagnostic]:
    """An unknown of which only derivatives are known: any constant can be added to it."""
    residuals = [*problem.equations, *(c.residual for c in problem.conditions if c.kind != "periodic")]
    found = [orders_anywhere(residual.expression, unknown.name) for residual in residuals]
    if any(found) and not any((0, 0) in each for each in found):
        name = unknown.name
        message = f"only derivatives of `{name}` are known: with any constant added it is a solution too"
        hint = f"say what `{name}` is at some place"
        yield Diagnostic(problem.source, unknown.span, "W410", message, hint)


# --- in time


def _in_time(
    problem: Problem, kinds: Sequence[Kind], unknown: Unknown, own: Sequence[Condition]
) -> Iterator[Diagnostic]:
    """Values at the first or the last time: as many as the order in time, at the end from which it can be solved."""
    needed = _order(problem, kinds, unknown, 1)
    if not needed:
        return
    span, kind = _span(problem, kinds, unknown)
    name, t = unknown.name, problem.coordinates.time
    kind = kind if kind is not None and kind.unknown in ("", name) else None
    given = {end: [c for c in own if c.kind == end] for end in ("initial", "terminal")}
    rates = {end: {_rate(condition, name) for condition in found} for end, found in given.items()}
    backward = kind is not None and kind.name == "parabolic" and kind.backward
    forward = kind is not None and kind.name == "parabolic" and not kind.backward
    both = len(rates["initial"]) + len(rates["terminal"])
    if not both:
        end = "terminal" if backward else "initial"
        message = f"`{name}` has a derivative in {t} and no value at the {'last' if backward else 'first'} time"
        yield Diagnostic(problem.source, span, "W405", message, f"add a line such as: {end} {name} = …")
        return
    if kind is not None and kind.sure and ((backward and not given["terminal"]) or (forward and not given["initial"])):
        yield _wrong_way(problem, given["initial" if backward else "terminal"][0], name, backward)
        return
    if needed == 1 and rates["initial"] and rates["terminal"] and not _seeks(problem):
        message = f"the equation is of first order in {t}: `{name}` can be given at one end of time, not at both"
        yield Diagnostic(problem.source, given["terminal"][0].residual.span, "W406", message)
    elif needed == 2 and both == 1 and (rates["initial"] | rates["terminal"]) <= {0, 1}:
        end = "initial" if rates["initial"] else "terminal"
        have = next(iter(rates[end]))
        want = f"{name}_{t}" if have == 0 else name
        label = "initial velocity:" if end == "initial" and have == 0 else end
        message = f"the equation is of second order in {t} and needs `{want}` at the {_end(end)} time, beside "
        message += f"`{name}_{t}`" if have else f"`{name}`"
        yield Diagnostic(problem.source, span, "W405", message, f"add a line such as: {label} {want} = 0")
    for condition in (*given["initial"], *given["terminal"]):
        rate = _rate(condition, name)
        if rate >= needed and not _may_have_more(problem, name):
            message = f"the equation is of {ORDINALS[needed]} order in {t}, so that it says itself what this is"
            yield Diagnostic(problem.source, condition.residual.span, "W406", message, "leave this condition away")


def _wrong_way(problem: Problem, condition: Condition, name: str, backward: bool) -> Diagnostic:
    t = problem.coordinates.time
    message = f"solved for {name}_{t} the equation is a heat equation {'backward' if backward else 'forward'} in time: "
    message += f"from values at the {_end(condition.kind)} time short waves grow without bound"
    other = "terminal" if backward else "initial"
    hint = f"give values at the {_end(other)} time ({other} {name} = …), or see the sign of the part in space"
    return Diagnostic(problem.source, condition.residual.span, "W408", message, hint)


def _end(kind: str) -> str:
    return "first" if kind == "initial" else "last"


def _rate(condition: Condition, name: str) -> int:
    """The highest derivative in time of an unknown that a condition is about."""
    return max((k for _, k in orders(condition.residual.expression, name)), default=0)


def _seeks(problem: Problem) -> bool:
    """Whether numbers, or unknowns without an equation of their own, are to be found by what else is known."""
    sizes = [equation.size for equation in problem.equations if not equation.follows]
    rows = sum(1 if size is None else int(size) if size.is_Integer else problem.dim for size in sizes)
    few = any(not unknown.along.whole for unknown in problem.unknowns)
    return bool(problem.numbers) or few or rows < problem.n_unknowns


def _may_have_more(problem: Problem, name: str) -> bool:
    """Whether more conditions than needed may be meant: they find unknown numbers and unknowns of fewer coordinates, or
    an exact solution meets them."""
    return _seeks(problem) or any(s.unknown == name and s.kind != "reference" for s in problem.solutions)


# --- in space


def _in_space(
    problem: Problem, kinds: Sequence[Kind], unknown: Unknown, own: Sequence[Condition]
) -> Iterator[Diagnostic]:
    """Conditions on the boundary: half as many as the order in space, everywhere; of an ordinary equation, as many."""
    span, kind = _span(problem, kinds, unknown)
    if kind is None or problem.domain.boundary(problem.dim) is None:
        return
    if kind.unknown not in ("", unknown.name):
        return  # a coefficient in an equation for something else
    space = _order(problem, kinds, unknown, 0)
    if kind.name == "ordinary" and kind.unknown and kind.time == 0 and problem.dim == 1:
        yield from _ordinary(problem, unknown, own, span, kind.space)
        return
    standing = kind.name in ("elliptic", "parabolic") or (kind.name == "hyperbolic" and kind.time == 2)
    if not (standing or kind.name == "dispersive") or space % 2 or not space:
        return
    if any(e.where is not None and orders(e.expression, unknown.name) for e in problem.equations):
        return  # it lives in a region, whose boundary is an interface
    there = [c for c in own if c.kind in ("boundary", "periodic") and not _inside(problem, c)]
    if any(c.where is not None and c.where.name for c in there):
        return  # on parts of the boundary: whether they make up the whole is not looked at
    if not there:
        faces = _all_faces(problem) if isinstance(problem.domain, Box) else []
        if not faces or any(_reaches(problem, kind, unknown, face) for face in faces):
            yield _lacking(problem, unknown, span, space, 0, "the boundary")
    elif kind.unknown and all(_whole(condition, unknown) for condition in there):
        found = _faces if isinstance(problem.domain, Box) else _around
        yield from found(problem, kind, unknown, there, span)


def _inside(problem: Problem, condition: Condition) -> bool:
    """Whether a condition holds on an interface inside the domain."""
    where = condition.where
    return where is not None and bool(where.name) and where.solid is not problem.domain


def _whole(condition: Condition, unknown: Unknown) -> bool:
    """Whether a condition is about all components of an unknown alike."""
    partials = [p for p in all_of(condition.residual.expression, Partial) if p.name == unknown.name]
    return unknown.scalar or all(partial.component == slot(0) for partial in partials)


def _around(
    problem: Problem, kind: Kind, unknown: Unknown, there: Sequence[Condition], span: Span
) -> Iterator[Diagnostic]:
    """The sphere needs its conditions; of other boundaries only parts can be told apart, and nothing is said."""
    if not isinstance(problem.domain, Ball):
        return
    whole = [condition for condition in there if not condition.places]
    own = [condition for condition in whole if _is_for(condition, unknown.name)]
    if len(whole) < kind.space // 2:
        yield _lacking(problem, unknown, span, kind.space, len(whole), "the boundary")
    elif len(own) > kind.space // 2 and not _may_have_more(problem, unknown.name):
        yield _too_many(problem, own[-1].residual.span, kind.space, len(own), "the boundary")


def _ordinary(
    problem: Problem, unknown: Unknown, own: Sequence[Condition], span: Span, order: int
) -> Iterator[Diagnostic]:
    if any(condition.kind not in ("boundary", "periodic") for condition in own):
        return
    count = sum(2 if condition.kind == "boundary" and not condition.places else 1 for condition in own)
    x = problem.coordinates.names[0]
    noun = f"{NUMBERS[order]} condition{'s' * (order > 1)}"
    if count < order:
        message = f"the equation is of {ORDINALS[order]} order in {x} and needs {noun}; `{unknown.name}` has "
        message += NUMBERS[count] if count else "none"
        ends = problem.domain.ends(0) if isinstance(problem.domain, Box) else (0.0,)
        taken = {value for condition in own for _, value in condition.places}
        free = next((end for end in ends if end not in taken), ends[0])
        hint = f"add a line such as: boundary {unknown.name} = … on {x} = {free:g}"
        yield Diagnostic(problem.source, span, "W405", message, hint)
    elif count > order and all(c.kind == "boundary" for c in own) and not _may_have_more(problem, unknown.name):
        message = f"the equation is of {ORDINALS[order]} order in {x} and takes {noun}; `{unknown.name}` has "
        message += NUMBERS[count] if count < len(NUMBERS) else str(count)
        hint = "a condition without a place holds at both ends"
        yield Diagnostic(problem.source, own[-1].residual.span, "W406", message, hint)


def _faces(
    problem: Problem, kind: Kind, unknown: Unknown, there: Sequence[Condition], span: Span
) -> Iterator[Diagnostic]:
    """Every face of a box that the equation reaches needs its conditions, and none but those."""
    needed = kind.space // 2
    everywhere = [condition for condition in there if condition.kind == "boundary" and not condition.places]
    periodic = {condition.period[0] for condition in there if condition.period is not None}
    short, sure = False, not _may_have_more(problem, unknown.name)
    for face in _all_faces(problem):
        axis = face[0]
        here = [*everywhere, *(c for c in there if c.places == (face,) and c.period is None)]
        if axis in periodic:
            # one value on one face of an interval is how a solution that is known up to a constant is fixed
            if here and sure and (everywhere or kind.time or problem.dim > 1):
                yield _periodic_too(problem, here[0].residual.span, unknown.name, face_name(problem, *face))
                return
        elif len(here) < needed and not short and _reaches(problem, kind, unknown, face):
            short = True
            yield _lacking(problem, unknown, span, kind.space, len(here), face_name(problem, *face))
        elif sure and len(own := [c for c in here if _is_for(c, unknown.name)]) > needed:
            yield _too_many(problem, own[-1].residual.span, kind.space, len(own), face_name(problem, *face))
            return


def _periodic_too(problem: Problem, span: Span, name: str, where: str) -> Diagnostic:
    message = f"`{name}` is periodic across {where}, where this holds as well: together they ask too much"
    hint = "say on which faces a condition holds: boundary u = … on y = 0"
    return Diagnostic(problem.source, span, "W406", message, hint.replace("u =", f"{name} ="))


def _is_for(condition: Condition, name: str) -> bool:
    """Whether a condition is for this unknown and no other: that alone stands in it with its highest derivative."""
    order: dict[str, int] = {}
    for partial in all_of(condition.residual.expression, Partial):
        order[partial.name] = max(len(partial.axes), order.get(partial.name, 0))
    return all(order[name] > other for key, other in order.items() if key != name)


def _too_many(problem: Problem, span: Span, order: int, count: int, where: str) -> Diagnostic:
    needed = order // 2
    message = (
        f"an equation of {ORDINALS[order]} order takes {NUMBERS[needed]} condition{'s' * (needed > 1)} on {where}, "
    )
    message += f"and this is number {NUMBERS[count] if count < len(NUMBERS) else count}"
    return Diagnostic(problem.source, span, "W406", message, "leave one of them away, or say where each holds")


def _all_faces(problem: Problem) -> list[tuple[int, float]]:
    assert isinstance(problem.domain, Box)
    axes = range(min(problem.dim, MAX_FACES))
    return [(k + 1, end) for k in axes for end in problem.domain.ends(k)]


def _lacking(problem: Problem, unknown: Unknown, span: Span, order: int, count: int, where: str) -> Diagnostic:
    """A condition that is not there."""
    name, needed = unknown.name, order // 2
    place = f" on {where}" if "=" in where else ""
    many = "a condition" if needed == 1 else f"{NUMBERS[needed]} conditions"
    have = f"`{name}` has {NUMBERS[count] if count else 'none'} there"
    message = f"an equation of {ORDINALS[order]} order needs {many} on {where}; {have}"
    if _everywhere(problem):
        low, high = problem.domain.bounds(problem.dim)
        space = (
            f"{problem.coordinates.names[0]} in R^{problem.dim_name or problem.dim} ~ uniform({low[0]:g}, {high[0]:g})"
        )
        hint = f"add a line such as: boundary {name} = …; of an equation that holds everywhere, write space {space}"
        return Diagnostic(problem.source, span, "W405", message, hint)
    example = f"{name} = …" if count == 0 else f"dn({name}) = …"
    return Diagnostic(problem.source, span, "W405", message, f"add a line such as: boundary {example}{place}")


def _everywhere(problem: Problem) -> bool:
    """Whether a box may stand for a region of interest in all of space: one of a vector in time, without conditions on
    its boundary."""
    box = isinstance(problem.domain, Box) and len(problem.domain.lower) == 1 and problem.coordinates.vector
    return box and bool(problem.coordinates.time) and all(c.kind in ("initial", "terminal") for c in problem.conditions)


def _reaches(problem: Problem, kind: Kind, unknown: Unknown, face: tuple[int, float]) -> bool:
    """Whether the derivatives of highest order across a face have a coefficient that is not zero there: else nothing is
    to be said on it, as where r = 0 in polar coordinates, or where a stock is worth nothing."""
    if not kind.unknown:
        return True
    equation = next(e for e in problem.equations if e.label == kind.label)
    axis, value = face
    try:
        symbol = symbol_of(equation.expression, unknown.name, Integer(1), (kind.space, 0))
    except (NoSymbolError, TooLargeError):
        return False
    symbol = symbol.xreplace({delta: Integer(1) for delta in all_of(symbol, Delta)})
    if FACE_POINTS * work(symbol, problem.dim) > MAX_WORK:
        return not _degenerate(symbol)
    spend(FACE_POINTS * work(symbol, problem.dim) / OPERATIONS)
    covector = [float(k + 1 == axis) for k in range(problem.dim)]
    generator = random.Random(20230425)
    for x, t in itertools.islice(points_of(problem, None, problem.dim, generator), FACE_POINTS):
        x[axis - 1] = value
        point = point_at(problem, x, t, unknown=lambda *key: random.Random(str(key)).gauss(0, 1), normal=covector)
        try:
            found, error = evaluate(symbol, point)
        except (ValueError, OverflowError, ZeroDivisionError):
            return False
        if abs(found) > 100 * error:
            return True
    return False


def _degenerate(symbol: Expr) -> bool:
    """Whether a symbol has coefficients that depend on the place, so that they may vanish on a face."""
    return symbol.has(Coordinate, Partial)
