"""What pdec understood of a problem, and how it will compute it: plain data, for `pdec explain` to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Mul, Pow

from pdec.choice import Prospect, network_shape, prospect
from pdec.compiler import options_for
from pdec.options import Options
from pdec.plan import Plan, Section, plan
from pdec.problem import Ansatz, Condition, Problem, Residual
from pdec.symbolic.atoms import DIM
from pdec.symbolic.classify import Kind, classify
from pdec.symbolic.elsewhere import At
from pdec.symbolic.latex import problem_latex
from pdec.symbolic.operators import stacked_entries
from pdec.symbolic.show import show, show_equation


@dataclass(frozen=True, slots=True)
class AtomReport:
    """A derivative: what it is, where it was written (`file:line:col`; empty for the unknown itself), its lowering,
    and why it is computed so."""

    text: str
    place: str
    order: int
    lowering: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A derivative on a point set: by which estimator, and why; the network evaluations a point that it is read from
    (`shared` with a derivative before it), its expected standard deviation and bias relative to the norm of the tensor
    of derivatives of its order, and the bytes that its evaluations leave for the backward pass."""

    point_set: str
    text: str
    estimator: str
    why: str
    evaluations: int
    shared: bool
    deviation: float
    bias: float
    bytes: float


@dataclass(frozen=True, slots=True)
class EquationReport:
    """An equation or condition in normal form. `kind` is `equation`, `initial`, `terminal` or `boundary`.

    `where` is the region or part of the boundary where it holds, if it is not all: `in core`, `on inner`.
    `kind_of_pde` and `reason` say whether an equation is elliptic, parabolic, …, and why; a condition has neither.
    """

    label: str
    kind: str
    text: str
    order: int
    linearity: str
    atoms: tuple[AtomReport, ...]
    kind_of_pde: str = ""
    reason: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A whole problem: its equations and conditions, the method and what one evaluation of a residual costs.

    `sigmas` are those of the smoothing in space and time, None where there is none. `step` is the expected time of a
    training step as a multiple of a supervised one on the same points, `bytes` what it needs beside the network.
    """

    name: str
    dim: int
    domain: str
    method: str
    summary: str
    evaluations: str
    equations: tuple[EquationReport, ...]
    ansatz: tuple[str, ...]
    rows: tuple[PlanRow, ...]
    sigmas: tuple[float, float] | None
    step: float
    bytes: float
    given: tuple[tuple[str, str], ...] = ()
    """Unknowns of fewer coordinates, unknown parameters, tables and data: what is called so, and what it is."""


def explain(problem: Problem, **changes: Any) -> Explanation:
    """Normal form, order, linearity and lowering of everything in `problem`; `changes` are options.

    Raises OptionError for a method that does not exist, PdeError for a derivative that it cannot compute.
    """
    options = options_for(problem, changes)
    made = plan(problem, options)
    kinds = {kind.label: kind for kind in classify(problem)}
    lowering = made.lowering
    expected = prospect(problem, made, options)
    counts = ", ".join(
        f"{outlook.evaluations} in {section.point_set}" for section, outlook in zip(made.sections, expected.outlooks)
    )
    many = lowering.smoothed or any(outlook.evaluations > 1 for outlook in expected.outlooks)
    evaluations = f"{counts} a point" if many else "1 a point, and backward passes"
    return Explanation(
        name=problem.name,
        dim=problem.dim,
        domain=", ".join([problem.domain.describe(), *([problem.law.describe()] if problem.law else [])]),
        method=lowering.name,
        summary=lowering.summary,
        evaluations=evaluations,
        ansatz=tuple(_ansatz_text(problem, ansatz) for ansatz in problem.ansatz),
        given=tuple(_given(problem)),
        equations=tuple(report for section in made.sections for report in _reports(problem, section, made, kinds)),
        rows=tuple(_rows(problem, made, expected, options)),
        sigmas=(options.space_sigma, options.time_sigma) if lowering.smoothed else None,
        step=expected.cost.step,
        bytes=expected.cost.bytes,
    )


def _rows(problem: Problem, made: Plan, expected: Prospect, options: Options) -> Iterator[PlanRow]:
    """The plan, derivative by derivative."""
    each = network_shape(problem, options).bytes(options.dtype)
    for section, outlook in zip(made.sections, expected.outlooks):
        points = options.points_of(section.point_set, section.kind)
        for derivative, forecast in zip(section.derivatives, outlook.forecasts):
            yield PlanRow(
                section.point_set,
                derivative.text,
                forecast.estimator,
                forecast.why,
                forecast.nodes,
                forecast.shared,
                forecast.deviation,
                forecast.bias,
                0.0 if forecast.shared else points * forecast.nodes * each,
            )


def as_data(problem: Problem, explanation: Explanation) -> dict[str, Any]:
    """The explanation, and what it is about, as plain data: what `pdec explain --json` prints."""
    coordinates = problem.coordinates
    scalars = frozenset(unknown.name for unknown in problem.unknowns if unknown.scalar)
    return {
        "name": explanation.name,
        "file": problem.source.name,
        "dim": explanation.dim,
        "coordinates": {
            "space": list(coordinates.names),
            "vector": coordinates.vector,
            "time": coordinates.time,
            "interval": list(coordinates.interval) if coordinates.interval else None,
        },
        "domain": explanation.domain,
        "unknowns": [
            {"name": unknown.name, "size": unknown.size, "coordinates": list(unknown.along.names(coordinates))}
            for unknown in problem.unknowns
        ],
        "parameters": {str(symbol): value for symbol, value in problem.constants.items() if symbol != DIM},
        "method": {
            "name": explanation.method,
            "summary": explanation.summary,
            "evaluations": explanation.evaluations,
            "sigma": explanation.sigmas[0] if explanation.sigmas else None,
            "sigma_t": explanation.sigmas[1] if explanation.sigmas and coordinates.time else None,
        },
        "plan": {
            "derivatives": [
                {
                    "point_set": row.point_set,
                    "text": row.text,
                    "estimator": row.estimator,
                    "why": row.why,
                    "evaluations": row.evaluations,
                    "shared": row.shared,
                    "deviation": row.deviation,
                    "bias": row.bias,
                    "bytes": row.bytes,
                }
                for row in explanation.rows
            ],
            "step": explanation.step,
            "bytes": explanation.bytes,
        },
        "given": dict(explanation.given),
        "hard_conditions": list(explanation.ansatz),
        "equations": [
            {
                "label": equation.label,
                "kind": equation.kind,
                "text": equation.text,
                "order": equation.order,
                "linearity": equation.linearity,
                "type": equation.kind_of_pde or None,
                "reason": equation.reason or None,
                "derivatives": [
                    {"text": a.text, "place": a.place or None, "order": a.order, "lowering": a.lowering, "why": a.why}
                    for a in equation.atoms
                ],
            }
            for equation in explanation.equations
        ],
        "solutions": [
            {"unknown": s.unknown, "kind": s.kind, "text": show(s.expression, coordinates, scalars)}
            for s in problem.solutions
        ],
        "latex": problem_latex(problem),
    }


def _reports(problem: Problem, section: Section, made: Plan, kinds: Mapping[str, Kind]) -> Iterator[EquationReport]:
    lowering = made.lowering
    for residual, expression in zip(section.residuals, section.expressions):
        used = {str(leaf.name) for leaf in expression.free_symbols | set(expression.atoms()) if hasattr(leaf, "name")}
        atoms = tuple(
            AtomReport(d.text, d.place, d.order, lowering.describe(d, problem.dim), lowering.reason(d, problem.dim))
            for d in section.derivatives
            if d.name in used
        )
        atoms += tuple(
            AtomReport(d.text, d.place, d.order, f"at other places: {lowering.describe(d, problem.dim)}")
            for d in made.elsewhere
            if d.name in {place.what.name for place in expression.atoms(At)}
        )
        kind = "equation" if section.kind == "domain" else section.kind
        text = normal_text(problem, residual)
        if section.condition is not None and section.condition.period is not None:
            text = _periodic_text(problem, section.condition, text.removesuffix(" = 0"))
        found = kinds.get(residual.label) if kind == "equation" else None
        words = (found.name_in_full, found.reason) if found else ("", "")
        where = section.where.name if section.where is not None else ""
        yield EquationReport(residual.label, kind, text, residual.order, residual.linearity, atoms, *words, where)


def _given(problem: Problem) -> Iterator[tuple[str, str]]:
    for unknown in problem.unknowns:
        if not unknown.along.whole:
            names = ", ".join(unknown.along.names(problem.coordinates))
            yield unknown.name, f"unknown of {names} alone: the network with the other coordinates held fast"
    for number in problem.numbers:
        bounds = f" in [{number.bounds[0]:g}, {number.bounds[1]:g}]" if number.bounds else ""
        exact = f", exact {number.exact_value:g}" if number.exact_value is not None else ""
        yield number.name, f"unknown parameter{bounds}, starts at {number.start:g}{exact}"
    for table in problem.tables:
        grid = " × ".join(str(len(axis)) for axis in table.axes)
        rule = f"linear on a grid of {grid} points" if table.rule == "linear" else "the value at the nearest point"
        yield table.name, f"table, {rule}, {len(table.rows)} rows of {table.sheet.file}"
    for condition in problem.conditions:
        if condition.data is not None:
            yield condition.name, f"{len(condition.data.sheet)} points of {condition.data.sheet.file}"


def _periodic_text(problem: Problem, condition: Condition, value: str) -> str:
    """What a periodic condition asks of a value at the two ends of a coordinate: u(x = 0) - u(x = 4) = 0."""
    assert condition.period is not None
    axis, length = condition.period
    lower = dict(condition.places)[axis]
    names = problem.coordinates.names
    name = f"{names[0]}[{axis}]" if problem.coordinates.vector else names[axis - 1]
    return f"{value}({name} = {lower:g}) - {value}({name} = {lower + length:g}) = 0"


def _ansatz_text(problem: Problem, ansatz: Ansatz) -> str:
    """How hard conditions are met: u = g + ℓ*network."""
    base = "" if ansatz.base == 0 else f"{show(ansatz.base, problem.coordinates, frozenset())} + "
    return f"{ansatz.unknown} = {base}({show(ansatz.factor, problem.coordinates, frozenset())})*network"


def normal_text(problem: Problem, residual: Residual) -> str:
    """The normal form as text, in the spelling of a `.pde` file."""
    scalars = frozenset(unknown.name for unknown in problem.unknowns if unknown.scalar)
    if residual.size is not None:
        entries = stacked_entries(residual.expression, int(residual.size) if residual.size.is_Integer else problem.dim)
        if entries is not None:
            return f"[{', '.join(show(entry, problem.coordinates, scalars, problem.pairs) for entry in entries)}] = 0"
    terms = [Mul(t.coefficient, *(Pow(base, power) for base, power in t.factors)) for t in residual.terms]
    return show_equation(terms, problem.coordinates, scalars, problem.pairs)
