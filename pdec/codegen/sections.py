"""One generated function for each point set: the residuals there, from one network call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Add, Expr, Tuple
from sympy.core.symbol import Str

from pdec.codegen.elsewhere import Elsewhere, Rules
from pdec.codegen.laws import LawWriter
from pdec.codegen.printer import UnprintableError
from pdec.codegen.repeated import repeated
from pdec.codegen.writer import INDENT, FunctionWriter, docstring, printable, quoted
from pdec.diagnostics import Diagnostic, PdeError, Span
from pdec.domains.sets import PointSet
from pdec.estimators import Derivative
from pdec.options import Options
from pdec.plan import Plan, Section, setting
from pdec.problem import Problem, Residual
from pdec.symbolic.atoms import DIM, Coordinate, Delta, Entry, Leaf, Tensor, slot
from pdec.symbolic.elsewhere import At
from pdec.symbolic.names import identifier
from pdec.symbolic.products import separated
from pdec.symbolic.sums import Contraction, Extreme

WIDE = 1000
"""From so many coordinates on what is known of a residual is a function of its own, for few points at a time."""


class SectionWriter:
    """Writes the functions of a module that compute residuals; other functions of points begin as they do."""

    def __init__(self, problem: Problem, plan: Plan, options: Options, rules: Rules, laws: LawWriter) -> None:
        self.problem, self.plan, self.options, self.rules, self.laws = problem, plan, options, rules, laws
        same = problem.coordinates.time is None or options.space_sigma == options.time_sigma
        self.sigmas = ("SIGMA", "SIGMA") if same else ("SIGMA", "SIGMA_T")
        self.parameters = ", parameters=None" if problem.numbers else ""

    def writer(
        self, point_set: str = "domain", kind: str = "domain", where: PointSet | None = None, groups: int = 1
    ) -> FunctionWriter:
        """The writer of a function of points of a set."""
        given = setting(self.problem, self.options, kind, groups)
        solid = where.solid.solid(self.problem.dim) if where is not None and where.solid is not None else None
        space = "points" if self.problem.coordinates.time is None else f"points[..., :{self.plan.names.symbols[DIM]}]"
        normal = "" if solid is None else f"{replace(self.laws, x=space).solid(solid)}[1]"
        draws = f"DRAWS[{quoted(point_set)}]" + (f", {groups}" if groups > 1 else "")
        return FunctionWriter(self.problem, self.plan.names, self.sigmas, draws, given, normal)

    @contextlib.contextmanager
    def printing(self, span: Span, code: str) -> Iterator[None]:
        """What has no torch form becomes a diagnostic: this is the one place that decides so."""
        try:
            yield
        except UnprintableError as error:
            diagnostic = Diagnostic(self.problem.source, span, code, f"generated code cannot compute {error}")
            raise PdeError([diagnostic]) from None

    def exact(self, derivatives: Sequence[Derivative]) -> tuple[list[str], str]:
        """First lines and decorator of a function that differentiates by its points, where it does."""
        if not self.plan.lowering.backward(derivatives):
            return [], ""
        lines = [
            f"{INDENT}if not points.requires_grad:",
            f"{INDENT}{INDENT}points = points.detach().requires_grad_()",
        ]
        return lines, "@torch.enable_grad()\n"

    def section(self, section: Section) -> str:
        """The function that computes the residuals on one point set, and before it those that it calls."""
        writer = self.writer(section.point_set, section.kind, section.where, section.groups)
        writer.elsewhere = any(expression.has(At) for expression in section.expressions)
        writer.taken |= {derivative.name for derivative in section.derivatives}
        with self.printing(section.residuals[0].span, "E302"):
            if section.derivatives:
                self.plan.lowering.write(section.derivatives, writer)
        expressions, sources = self._expressions(section, writer)
        writer.parts = dict.fromkeys(repeated(expressions, self.plan.names.symbols))
        entries = []
        for residual, expression in zip(section.residuals, expressions):
            name = writer.variable(f"residual_{residual.label}")
            with self.printing(residual.span, "E302"):
                text = writer.show_free(expression, residual.size)
            if section.condition is not None and section.condition.period is not None:
                writer.line(f"{name} = {text}")
                text = f"{name}[: len({name}) // 2] - {name}[len({name}) // 2 :]"
            writer.line(f"{name} = {text}", self.problem.source.at(residual.span))
            entries.append(f"{quoted(residual.label)}: {name}")
        what = "; ".join(printable(self._text_of(residual)) for residual in section.residuals)
        count = self.problem.n_coords
        data = section.condition.data if section.condition is not None else None
        cut = f"{INDENT}points, measured = points[..., :{count}], points[..., {count}:]"
        columns = f"(B, n_coords + {data.size}), the last columns measured" if data else "(B, n_coords)"
        exact, decorator = self.exact(section.derivatives)
        function = self.plan.names.functions[section.point_set]
        lines = [
            f"def {function}(net, points, generator=None, noise=None{self.parameters}):",
            *docstring(what, "", f"Left side minus right side at points {columns}: label -> (B,) or (B, k)."),
            *([f"{INDENT}points = points.repeat({section.groups}, 1)"] if section.groups > 1 else []),
            *([cut] if data else []),
            *exact,
            *self._period_prelude(section),
            *writer.prelude(),
            *writer.lines,
            f"{INDENT}return {{{', '.join(entries)}}}",
        ]
        return "\n\n\n".join([*sources, decorator + "\n".join(lines)])

    def _expressions(self, section: Section, writer: FunctionWriter) -> tuple[list[Expr], list[str]]:
        """The residuals as they are to be printed, and the functions for what is known in them."""
        elsewhere = Elsewhere(writer, self.rules, self.options.samples_of(section.kind))
        together = Tuple(*section.expressions)
        expressions, sources = [], []
        for residual, expression in zip(section.residuals, section.expressions):
            axes = () if residual.size is None else ((slot(0), residual.size),)
            with self.printing(residual.span, "E302"):
                expressions.append(elsewhere.settled(expression, axes, together))
        if section.groups > 1:
            expressions = _apart(expressions, section.groups, writer)
        for k, residual in enumerate(section.residuals):
            if residual.size is None:
                with self.printing(residual.span, "E302"):
                    expressions[k], source = self._without_known(expressions[k], section, residual, writer)
                sources += source
        return expressions, sources

    def _without_known(
        self, expression: Expr, section: Section, residual: Residual, writer: FunctionWriter
    ) -> tuple[Expr, list[str]]:
        """An expression with a variable in the place of its terms without unknowns, where these have sums over very
        many coordinates, and the function that gives them."""
        terms = known_terms(self.problem, expression)
        if not terms:
            return expression, []
        taken = {*self.plan.names.taken, *writer.taken}
        name, variable = identifier(f"source_{residual.label}", taken), writer.variable("source")
        inner = self.writer(section.point_set, section.kind, section.where)
        inner.parts = dict.fromkeys(repeated(terms, self.plan.names.symbols))
        inner.line(f"return {inner.show(Add(*terms))}")
        head = [
            f"def {name}(points):",
            *docstring("What is known in the residual at points (B, n_coords), without the unknowns: (B,)."),
        ]
        writer.line(f"{variable} = by_rows({name}, points)")
        rest = Add(*(term for term in Add.make_args(expression) if term not in terms))
        return rest + Tensor(Str(variable), Str("points")), ["\n".join([*head, *inner.prelude(), *inner.lines])]

    def _text_of(self, residual: Residual) -> str:
        span = residual.span
        lines = self.problem.source.text[span.start : span.end].splitlines()
        return " ".join(line.split("#")[0] for line in lines)

    def _period_prelude(self, section: Section) -> list[str]:
        """The points, and after them the points one period further on; the same noise for both."""
        condition = section.condition
        if condition is None or condition.period is None:
            return []
        axis, length = condition.period
        lines = [
            f"{INDENT}shift = torch.zeros_like(points)",
            f"{INDENT}shift[:, {axis - 1}] = {length!r}",
            f"{INDENT}points = torch.cat([points, points + shift])",
        ]
        if not self.plan.lowering.drawn:
            return lines
        draws = self.writer(section.point_set, groups=section.groups).draws
        return [
            f"{INDENT}noise = draw(points, generator, {draws}) if noise is None else noise",
            *lines,
            f"{INDENT}noise = {self.plan.lowering.twice}",
        ]


def _apart(expressions: list[Expr], groups: int, writer: FunctionWriter) -> list[Expr]:
    """Residuals in which no two factors of a term are estimated by the same draws."""
    names: dict[tuple[str, int], str] = {}

    def copy(estimate: Tensor, k: int) -> Tensor:
        name = estimate.name if k == 0 else names.get((estimate.name, k))
        if name is None:
            name = names[estimate.name, k] = writer.variable(f"{estimate.name}_{k}")
            writer.line(f"{name} = apart({estimate.name}, {groups}, {k})")
        return Tensor(Str(name), *estimate.args[1:])

    return [separated(expression, copy)[0] for expression in expressions]


def known_terms(problem: Problem, expression: Expr) -> list[Expr]:
    """The terms of a residual without unknowns, where these have sums over very many coordinates; else none."""
    if problem.dim < WIDE:
        return []
    terms = [term for term in Add.make_args(expression) if term.atoms(Coordinate) and _known(term)]
    return terms if any(term.atoms(Contraction) for term in terms) else []


def _known(term: Expr) -> bool:
    """Whether a term is made of coordinates and numbers alone."""
    return all(isinstance(leaf, Coordinate | Entry | Delta | Contraction | Extreme) for leaf in term.atoms(Leaf))
