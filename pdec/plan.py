"""Problem → Plan: which derivatives each residual needs, in what order, and by which lowering.

Also the names that generated code has, and warnings of what a method makes of a derivative.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sympy import Expr, Symbol

from pdec.budget import PLANNED, allowance
from pdec.diagnostics import Diagnostic, PdeError, Span, nearest
from pdec.domains.laws import Solid
from pdec.domains.sets import PointSet
from pdec.estimators import LOWERINGS, Derivative, Lowering, Setting
from pdec.estimators.smoothing import NOTICED, RUINED, chosen_sigma
from pdec.joining import joined
from pdec.options import OptionError, Options
from pdec.problem import ALL, Along, Condition, Problem, Residual
from pdec.reading import Found, Reader
from pdec.symbolic.assemble import signature
from pdec.symbolic.atoms import Average, Tensor
from pdec.symbolic.elsewhere import At
from pdec.symbolic.names import identifier
from pdec.symbolic.products import NotPolynomialError, degree_of

OWN = {"draw", "sample", "network", "solution", "terms", "loss", "known", "residual", "value", "variance"}
OWN |= {"shift", "normal", "evaluate", "options", "SAMPLERS"}
OWN |= {"uniform_ball", "radial_ball", "uniform_sphere", "uniform_annulus", "radial_annulus", "uniform_box"}
OWN |= {"uniform_box_boundary", "normal_space", "mixed", "kept", "held", "joined", "common", "without", "crossed"}
OWN |= {"box_depth", "ball_depth", "sphere_depth", "annulus_depth", "space_depth"}
OWN |= {
    "on_edge",
    "clear_of_edge",
    "taken_once",
    "follow",
    "times",
    "start_of",
    "spread_of",
    "drift_of",
    "diffusion_of",
}
OWN |= {"SIGMA", "SIGMA_T", "DRAWS", "GROUPS", "POINTS", "WEIGHTS", "RESIDUALS", "draw_once", "apart", "squared"}
OWN |= {"uniform_times", "mean_and_error", "log_mean_exp", "places", "elsewhere"}
OWN |= {"gauss", "gauss_legendre", "gauss_hermite", "grid", "box_grid", "antithetic_normal", "side_by_side"}
OWN |= {"together", "TOGETHER"}
OWN |= {"LEGENDRE", "DOMAIN", "inside", "fields", "held", "by_rows"}
"""Names that every generated module may give to things of its own."""

OF_LAWS = {"follow", "times", "size", "growth", "state", "k", "start_of", "spread_of", "drift_of", "diffusion_of"}
"""Names that the law of points along a diffusion takes as well."""

OF_NUMBERS = ("parameters", "unknown_number", "PARAMETERS")
"""The same where there are unknown numbers."""

OF_FILES = {"measured", "csv", "hashlib", "io", "Path"}
OF_FILES |= {"read_columns", "draw_rows", "gridded", "linear_table", "nearest_on_grid", "nearest_row"}
"""The same where there are numbers from files."""


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers that generated code has for what a file names; no two things share one, and none is `OWN`.

    `functions` and `samplers` are those of the point sets, `solutions` of the known solutions, `solids` of the domain
    and of regions, which `texts` describes; `only` hold fast what an unknown does not depend on; `taken` is
    all that a new variable cannot be.
    """

    functions: Mapping[str, str]
    samplers: Mapping[str, str]
    solids: Mapping[Solid, str]
    texts: Mapping[Solid, str]
    solutions: Mapping[str, str]
    coordinates: Mapping[str, str]
    symbols: Mapping[Symbol, str]
    vectors: Mapping[str, str]
    numbers: Mapping[str, str]
    tables: Mapping[str, str]
    rows: Mapping[str, str]
    only: Mapping[Along, str]
    taken: frozenset[str]

    def network(self, asked: set[Along], nodes: str) -> str:
        """The text of the network call at `nodes` for unknowns that depend on these coordinates."""
        if len(asked) > 1:
            return f"fields(net, {nodes})"
        along = next(iter(asked), ALL)
        return f"evaluate(net, {nodes if along.whole else f'{self.only[along]}({nodes})'})"


@dataclass(frozen=True, slots=True)
class Section:
    """One generated function: the residuals on one point set (of a condition, or the domain).

    All values at its points come from one network call; those at other places have calls of their own.

    `expressions` are the residuals with every derivative replaced by the variable (a Tensor) that holds it. So that
    products have no bias, there can be `groups` independent estimates at each point; a residual uses `degree` of them.
    """

    point_set: str
    kind: str
    residuals: tuple[Residual, ...]
    expressions: tuple[Expr, ...]
    derivatives: tuple[Derivative, ...]
    condition: Condition | None
    where: PointSet | None
    groups: int = 1
    degree: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a problem's loss is computed."""

    lowering: Lowering
    names: Names
    sections: tuple[Section, ...]
    elsewhere: tuple[Derivative, ...] = ()
    """What is taken at other places; expressions hold it as `At(variable, …)`."""


def plan(problem: Problem, options: Options) -> Plan:
    """The plan for `options.method`.

    Raises OptionError for a method that does not exist, PdeError for a derivative that it cannot compute (E302) or that
    rounding would ruin (E303), or a product that has no estimate without bias (E304).
    """
    if options.method not in LOWERINGS:
        methods = [*LOWERINGS, "auto"]
        hint = nearest(options.method, methods) or f"there are {', '.join(methods)}"
        raise OptionError(f"there is no method `{options.method}`; {hint}")
    lowering = LOWERINGS[options.method]
    with allowance(PLANNED):
        made = _plan(problem, options.method)
        if options.unbiased == "yes":
            made = replace(made, sections=tuple(_in_groups(problem, lowering, each, options) for each in made.sections))
    ruined = [found for found in _lost_in_rounding(problem, made, options) if found.severity == "error"]
    if ruined:
        raise PdeError(ruined)
    return made


@lru_cache(8)
def _plan(problem: Problem, method: str) -> Plan:
    """The plan whatever the other options: warnings, the table of `explain` and the code all ask for it."""
    lowering = LOWERINGS[method]
    names = _names(problem, lowering)
    taken = set(names.taken)
    elsewhere = Found(set(taken))
    groups = _by_where(problem.equations).values()
    sections = [_section(problem, lowering, None, tuple(group), taken, elsewhere) for group in groups]
    for condition in problem.conditions:
        if not condition.hard:
            sections.append(_section(problem, lowering, condition, (condition.residual,), taken, elsewhere))
    return Plan(lowering, names, tuple(sections), tuple(elsewhere.derivatives.values()))


def setting(problem: Problem, options: Options, kind: str, groups: int = 1) -> Setting:
    """What a lowering may know, on the point sets of a kind, for each of so many estimates at a point."""
    timed = problem.coordinates.time is not None
    sigmas = options.space_sigma, options.time_sigma
    samples = max(2, options.samples_of(kind) // groups)
    accuracy = None if options.accuracy is None else options.accuracy * math.sqrt(groups)
    return Setting(
        problem.dim,
        timed,
        *sigmas,
        samples,
        options.dtype,
        accuracy,
        options.share,
        options.slopes,
        _reach(problem, options),
    )


def _reach(problem: Problem, options: Options) -> int | None:
    """Directions in space that all second derivatives of the network are known by, as `taylor` takes them, where its
    shape says so: those of a window, or as many as its first layer has neurons."""
    if options.net is not None or not all(unknown.along.whole for unknown in problem.unknowns):
        return None
    if options.network == "windows":
        return options.window
    periodic = options.embedding == "periodic" and any(c.period is not None for c in problem.conditions)
    alone = options.network == "mlp" and options.embedding in ("none", "periodic") and not periodic
    return (options.width if options.depth > 1 else problem.n_unknowns) if alone else None


def _in_groups(problem: Problem, lowering: Lowering, section: Section, options: Options) -> Section:
    """The section with as many independent estimates as its products take, and the squares of its residuals."""
    if not lowering.outlook(section.derivatives, setting(problem, options, section.kind)).numbers:
        return section
    span = section.residuals[0].span
    try:
        if any(expression.has(At, Average) for expression in section.expressions):
            raise NotPolynomialError("a mean, or a value elsewhere, is estimated by draws that all points share")
        if any(derivative.expression.has(Tensor) for derivative in section.derivatives):
            raise NotPolynomialError("a matrix that depends on u weighs the estimate of its second derivatives")
        for residual, expression in zip(section.residuals, section.expressions):
            span = residual.span
            section = replace(section, degree=max(section.degree, degree_of(expression)))
    except NotPolynomialError as error:
        hint = "leave `unbiased` away, or take a method without noise: --method taylor or autograd"
        message = f"this has no unbiased estimate: {error}"
        raise PdeError([Diagnostic(problem.source, span, "E304", message, hint)]) from None
    # two more than it takes make six pairs of four where there would be but one
    return replace(section, groups=2 * section.degree + 2) if section.degree else section


def noise_warnings(problem: Problem, made: Plan, options: Options) -> tuple[Diagnostic, ...]:
    """A warning for every derivative that a Stein method estimates with more noise than signal (W403), or with much
    rounding error (W414)."""
    found: list[Diagnostic] = []
    for section in made.sections:
        given = setting(problem, options, section.kind, section.groups)
        for derivative in section.derivatives:
            order, noise = derivative.order, made.lowering.noise(derivative, given)
            if order > 2 and noise > 1:
                what = "slope" if order % 2 else "curvature"
                size = f"{noise:.1g} times the {what} of the network (sigma {given.sigma:g}, samples {given.samples})"
                message = f"{derivative.text} by {made.lowering.name} has a standard deviation of about {size}"
                quiet = [name for name in ("stein-chi", "autograd") if not LOWERINGS[name].noise(derivative, given)]
                methods = " or ".join(f"--method {name}" for name in quiet)
                hint = f"training would not see the equation: take {methods}, or a larger sigma and more samples"
                found.append(Diagnostic(problem.source, _written(derivative, section), "W403", message, hint))
    noisy = {warning.span for warning in found}
    return (*found, *(warning for warning in _lost_in_rounding(problem, made, options) if warning.span not in noisy))


def network_warnings(problem: Problem, options: Options) -> tuple[Diagnostic, ...]:
    """A warning for every unknown of which nothing says that it is what a network of windows can be (W415)."""
    if options.network != "windows" or options.net is not None:
        return ()
    known = {solution.unknown for solution in problem.solutions}
    hint = "look at the RMS residual at the end, or take `network mlp`, which can be any function"
    found = []
    for unknown in problem.unknowns:
        if unknown.name not in known:
            what = f"a sum of functions of {options.window} neighbouring coordinates"
            message = f"a network of windows is {what}, and whether `{unknown.name}` is one is not known"
            found.append(Diagnostic(problem.source, unknown.span, "W415", message, hint))
    return tuple(found)


def _written(derivative: Derivative, section: Section) -> Span:
    """Where a derivative was written, or else the first equation that it is for."""
    mark = signature(derivative.partial)
    return next((r.origins[mark] for r in section.residuals if mark in r.origins), section.residuals[0].span)


def _lost_in_rounding(problem: Problem, made: Plan, options: Options) -> list[Diagnostic]:
    """An error (E303) or a warning (W414) for every derivative of which rounding leaves nothing, or not much."""
    found = []
    for section in made.sections:
        given = setting(problem, options, section.kind, section.groups)
        for derivative in section.derivatives:
            share = made.lowering.rounding(derivative, given)
            if share <= NOTICED:
                continue
            code = "E303" if made.lowering.chooses_sigma and share > RUINED else "W414"
            size = f"{share:.2g} times the derivative ({options.dtype}, sigma {given.sigma:g})"
            message = f"{derivative.text} by {made.lowering.name} has a rounding error of about {size}"
            sigma = chosen_sigma(derivative.order, options.dtype)
            hint = f"rounding grows like sigma^-{derivative.order}: take sigma {sigma:g}"
            hint += " or --dtype float64" if options.dtype == "float32" else " or --method autograd"
            found.append(Diagnostic(problem.source, _written(derivative, section), code, message, hint))
    return found


def _names(problem: Problem, lowering: Lowering) -> Names:
    taken = {*OWN, *(OF_NUMBERS if problem.numbers else ()), *(OF_LAWS if problem.law else ()), *lowering.names}
    taken |= OF_FILES if problem.sheets else set()
    regions = [name for name in _by_where(problem.equations) if name != "domain"]
    sets = [*regions, *(c.name for c in problem.conditions if not c.hard)]
    functions = {"domain": "residual"}
    functions |= {name: identifier(f"residual_{name}", taken) for name in sets}
    samplers = {name: identifier(f"sample_{name}", taken) for name in ("domain", *sets)}
    domains = {"domain": problem.domain, **problem.regions}
    solids: dict[Solid, str] = {}
    for name, domain in domains.items():
        solid = domain.solid(problem.dim)
        if solid not in solids:
            solids[solid] = identifier(f"in_{name}", taken)
    texts = {domain.solid(problem.dim): domain.describe() for domain in domains.values()}
    solutions = {s.unknown: identifier(f"{s.kind}_{s.unknown}", taken) for s in problem.solutions}
    time = problem.coordinates.time
    coordinates = {name: identifier(name, taken) for name in (*problem.coordinates.names, *([time] if time else []))}
    symbols = {symbol: identifier(str(symbol), taken) for symbol in problem.constants}
    vectors = {array.name: identifier(array.name, taken) for array in problem.arrays}
    numbers = {number.name: identifier(number.name, taken) for number in problem.numbers}
    tables = {table.name: identifier(f"TABLE_{table.name}", taken) for table in problem.tables}
    rows = {c.name: identifier(f"ROWS_{c.name}", taken) for c in problem.conditions if c.data is not None}
    only = {
        unknown.along: identifier(f"only_{'_'.join(unknown.along.names(problem.coordinates))}", taken)
        for unknown in {u.along: u for u in problem.unknowns if not u.along.whole}.values()
    }
    return Names(
        functions=functions,
        samplers=samplers,
        solids=solids,
        texts=texts,
        solutions=solutions,
        coordinates=coordinates,
        symbols=symbols,
        vectors=vectors,
        numbers=numbers,
        tables=tables,
        rows=rows,
        only=only,
        taken=frozenset(taken),
    )


def _section(
    problem: Problem,
    lowering: Lowering,
    condition: Condition | None,
    residuals: tuple[Residual, ...],
    taken: set[str],
    elsewhere: Found,
) -> Section:
    where = condition.where if condition else residuals[0].where
    region = where.name if where is not None and condition is None else "domain"
    name, kind = (condition.name, condition.kind) if condition else (region, "domain")
    reader = Reader(problem, lowering, set(taken), elsewhere)
    expressions = tuple(reader.read(residual) for residual in residuals)
    derivatives = tuple(reader.here.derivatives.values())
    expressions, derivatives = joined(expressions, derivatives, lowering.joins, reader.here.taken, reader.text)
    return Section(name, kind, residuals, expressions, derivatives, condition, where)


def _by_where(equations: tuple[Residual, ...]) -> dict[str, list[Residual]]:
    """Equations by the point set where they hold: those that hold everywhere first."""
    groups: dict[str, list[Residual]] = {}
    for equation in sorted(equations, key=lambda equation: equation.where is not None):
        groups.setdefault(equation.where.name if equation.where is not None else "domain", []).append(equation)
    return groups
