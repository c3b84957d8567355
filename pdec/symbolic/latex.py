"""A problem as LaTeX, written as in a paper: for notebooks, and for `pdec explain --latex`. It needs amsmath."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from sympy import Add, Expr, Integer, Mul, Pow, Rational, S
from sympy.printing.latex import LatexPrinter

from pdec.domains import Ball, Box, WholeSpace
from pdec.problem import Condition, KnownSolution, Problem, Residual
from pdec.symbolic.atoms import DIM, TIME, Partial
from pdec.symbolic.latex_printer import INDICES, Printer, add, name, words
from pdec.symbolic.operators import stacked_entries


def problem_latex(problem: Problem) -> str:
    """The problem: unknowns, domain, parameters, equations, conditions, solutions; an `align*` environment."""
    return _environment("align*", rows(problem))


def notebook_latex(problem: Problem) -> str:
    """The same for a notebook."""
    return f"$${_environment('aligned', rows(problem))}$$"


def _environment(kind: str, lines: Iterable[str]) -> str:
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{{kind}}}\n{body}\n\\end{{{kind}}}"


def number(value: float) -> str:
    """A number of the geometry, which is stored in floating point: a simple multiple of π is written as such."""
    multiple = Fraction(value / math.pi).limit_denominator(12)
    if multiple and math.isclose(value, multiple * math.pi, rel_tol=1e-15):
        return str(LatexPrinter().doprint(Rational(multiple) * S.Pi))
    digits, _, exponent = f"{value:.12g}".partition("e")
    return f"{digits} \\cdot 10^{{{int(exponent)}}}" if exponent else digits


def rows(problem: Problem) -> Iterator[str]:
    """The rows of the environment, each `left &= right && where`."""
    printer = Printer(problem)
    omega = r"\Omega"
    if problem.coordinates.time:
        first, last = map(printer.doprint, problem.coordinates.ends or (0, 0))
        omega += f" \\times [{first}, {last}]"
    for unknown in problem.unknowns:
        vector = not (unknown.scalar or unknown.complex)
        values = (r"\mathbb{C}" if unknown.complex else r"\mathbb{R}") + f"^{{{unknown.size}}}" * vector
        symbol = name(unknown.name, bold=vector)
        if unknown.along.whole:
            yield f"{symbol} &\\colon {omega} \\to {values}"
        else:
            arguments = ", ".join(map(name, unknown.along.names(problem.coordinates)))
            yield f"{symbol} = {symbol}({arguments}) &\\in {values}"
    yield f"\\Omega &= {_domain(problem, printer)}"
    if problem.dim_name:
        yield f"{name(problem.dim_name)} &= {problem.dim}"
    for symbol, value in problem.constants.items():
        if symbol != DIM:
            yield f"{printer.doprint(symbol)} &= {number(value)}"
    for array in problem.arrays:
        index = f"_{{{INDICES[: len(array.sizes)]}}}"
        law = rf"\mathcal{{N}}({number(array.first)}, {number(array.second)}^2)"
        law = law if array.law == "normal" else rf"\mathcal{{U}}({number(array.first)}, {number(array.second)})"
        yield rf"{name(array.name)}{index} &\sim {law} && {words(f'drawn once, seed {array.seed}')}"
    for unknown_number in problem.numbers:
        bounds = unknown_number.bounds
        within = rf"[{number(bounds[0])}, {number(bounds[1])}]" if bounds else r"\mathbb{R}"
        yield rf"{name(unknown_number.name)} &\in {within} && \text{{to be found}}"
    for table in problem.tables:
        parameters = ", ".join(map(name, table.parameters))
        yield f"{name(table.name)}({parameters}) &\\quad {words(f'from {table.sheet.file}')}"
    for equation in problem.equations:
        label = f"\\quad {words(f'({equation.label})')}" if len(problem.equations) > 1 else ""
        where = r"\text{in } \Omega" if equation.where is None else words(equation.where.name)
        yield from _equations(problem, printer, equation, where + label)
    for condition in problem.conditions:
        yield from _condition(problem, printer, condition)
    for solution in problem.solutions:
        yield from _solution(problem, printer, solution)


def _equations(problem: Problem, printer: Printer, residual: Residual, where: str) -> Iterator[str]:
    """What is free of unknowns goes to the right; a vector written entry by entry takes a row for each."""
    entries = None
    if residual.size is not None:
        size = int(residual.size) if residual.size.is_Integer else problem.dim
        entries = stacked_entries(residual.expression, size)
    if entries is None:
        terms = [Mul(t.coefficient, *(Pow(base, power) for base, power in t.factors)) for t in residual.terms]
        yield _equation(printer, terms, where)
    for entry in entries or ():
        yield _equation(printer, Add.make_args(entry), where)


def _equation(printer: Printer, terms: Iterable[Expr], where: str) -> str:
    """Terms with unknowns on the left, what changes in time first; the others on the right."""
    parts = [part for term in terms for part in (Add.make_args(term) if not term.has(Partial) else (term,))]
    left = sorted((part for part in parts if part.has(Partial)), key=lambda term: not _evolves(term))
    right = [-part for part in parts if not part.has(Partial)]
    return f"{add(printer, left)} &= {add(printer, right)} && {where}"


def _evolves(term: Expr) -> bool:
    """Whether a term is a derivative in time alone, or a multiple of it."""
    factors = [factor for factor in Mul.make_args(term) if factor.has(Partial)]
    return len(factors) == 1 and isinstance(factors[0], Partial) and set(factors[0].axes) == {TIME}


def _condition(problem: Problem, printer: Printer, condition: Condition) -> Iterator[str]:
    where = _place(problem, printer, condition) + (r" \quad \text{(hard)}" if condition.hard else "")
    if condition.period is None:
        yield from _equations(problem, printer, condition.residual, where)
        return
    axis, length = condition.period
    lower = dict(condition.places)[axis]
    value = printer.doprint(condition.residual.expression)
    coordinate = printer.axis(Integer(axis))
    ends = (f"{value} |_{{{coordinate} = {number(end)}}}" for end in (lower, lower + length))
    yield " &= ".join(ends)


def _place(problem: Problem, printer: Printer, condition: Condition) -> str:
    """Where a condition holds."""
    parts = []
    ends = problem.coordinates.ends
    if condition.data is not None:
        return words(f"at the points of {condition.data.sheet.file}")
    if condition.kind in ("initial", "terminal") and ends:
        time = printer.doprint(ends[condition.kind == "terminal"])
        parts.append(f"{name(problem.coordinates.time or 't')} = {time}")
    for axis, value in condition.places:
        parts.append(f"{printer.axis(Integer(axis))} = {number(value)}")
    if condition.where is not None and condition.where.name:
        parts.append(words(condition.where.name))
        return ", ".join(parts)
    if parts:
        return (r"\text{on } " if condition.kind == "boundary" else r"\text{at } ") + ", ".join(parts)
    return r"\text{on } \partial \Omega"


def _solution(problem: Problem, printer: Printer, solution: KnownSolution) -> Iterator[str]:
    unknown = next(unknown for unknown in problem.unknowns if unknown.name == solution.unknown)
    size = unknown.size
    entries = stacked_entries(solution.expression, size) if not unknown.scalar else None
    if entries is None:
        left = name(unknown.name, bold=not unknown.scalar)
        yield f"{left} &= {printer.doprint(solution.expression)} && {words(f'({solution.kind})')}"
    for k, entry in enumerate(entries or ()):
        left = f"{name(unknown.name)}_{{{k + 1}}}"
        if unknown.complex:
            left = f"\\operatorname{{{('Re', 'Im')[k]}}}({name(unknown.name)})"
        yield f"{left} &= {printer.doprint(entry)} && {words(f'({solution.kind})')}"


def _domain(problem: Problem, printer: Printer) -> str:
    """The domain as a set; in words where it has no usual symbol."""
    dim, domain = problem.dim, problem.domain
    size = printer.doprint(DIM)
    power = f"^{{{size}}}" if dim > 1 else ""
    if isinstance(domain, WholeSpace):
        return f"\\mathbb{{R}}{power}"
    if isinstance(domain, Ball) and isinstance(domain.center, (int, float)):
        sign = "-" if domain.center > 0 else "+"
        centre = f" {sign} {number(abs(domain.center))}" if domain.center else ""
        return f"\\{{x \\in \\mathbb{{R}}{power} : |x{centre}| < {number(domain.radius)}\\}}"
    if isinstance(domain, Box):
        sides = [f"[{number(low)}, {number(high)}]" for low, high in zip(domain.lower, domain.upper)]
        return r" \times ".join(sides) + (power if len(sides) == 1 else "")
    return r" \times ".join(map(words, domain.describe().split(" × ")))
