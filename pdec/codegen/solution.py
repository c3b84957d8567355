"""Exact and reference solutions as functions of generated code.

An expectation is a mean over draws, evaluated in chunks and in double precision. log E exp h is recognised and kept in
the logarithm, so that nothing under- or overflows. The standard error of the whole is that of the expectations in it,
carried through by the delta method: se(φ(m)) = |φ'(m)| se(m).
"""

from __future__ import annotations

import functools

from sympy import Dummy, Expr, Integer, Mul, exp
from sympy.core.symbol import Str

from pdec.codegen.elsewhere import Elsewhere, Rules
from pdec.codegen.printer import UnprintableError
from pdec.codegen.writer import INDENT, FunctionWriter, docstring, printable
from pdec.problem import KnownSolution, Problem
from pdec.symbolic.atoms import DIM, Axis, Expectation, Noise, Tensor, all_of, at, slot


def write_solution(
    solution: KnownSolution, writer: FunctionWriter, problem: Problem, rules: Rules
) -> tuple[str, str, list[str]]:
    """Name and text of the function, and the runtime functions that it calls."""
    name = writer.names.solutions[solution.unknown]
    lines = problem.source.text[solution.span.start : solution.span.end].splitlines()
    what = printable(" ".join(line.split("#")[0] for line in lines))
    if not solution.expectation:
        axes = () if solution.size is None else ((slot(0), solution.size),)
        local = Elsewhere(writer, rules, random=False).settled(solution.expression, axes)
        text = writer.show_free(local, solution.size)
        head = [f"def {name}(points):", *docstring(f"{what}: (B, n_coords) -> (B,) or (B, k).")]
        writer.line(f"return {text}")
        return name, "\n".join([*head, *writer.prelude(), *writer.lines]), []
    return name, *_sampled(name, what, solution, writer)


def _sampled(name: str, what: str, solution: KnownSolution, writer: FunctionWriter) -> tuple[str, list[str]]:
    size = 0 if solution.size is None else int(solution.size.subs(DIM, writer.problem.dim))
    entries = [at(solution.expression, s0=Integer(k + 1)) for k in range(size)] or [solution.expression]
    helpers: list[str] = []
    values, variances = [], []
    for entry in entries:
        expression, errors = _with_means(_pulled_apart(entry), writer, helpers)
        values.append(writer.show(expression))
        variances += [f"({writer.factor(_slope(expression, mean))} * {error}) ** 2" for mean, error in errors]
    stacked = f"torch.stack([{', '.join(values)}], dim=-1)"
    writer.line(f"value = {stacked if size else values[0]}")
    writer.line(f"variance = {' + '.join(variances)}")
    shapes = "(B, k) and (B,)" if size else "(B,) each"
    head = [
        f"def {name}(points, samples, generator=None):",
        *docstring(f"{what}: value and standard error, {shapes}, by `samples` draws in double precision."),
        f"{INDENT}points = points.double()",
    ]
    return "\n".join([*head, *writer.prelude(), *writer.lines, f"{INDENT}return value, variance.sqrt()"]), helpers


def _with_means(expression: Expr, writer: FunctionWriter, helpers: list[str]) -> tuple[Expr, list[tuple[Tensor, str]]]:
    """Lines that estimate every expectation; the expression of their means, and each mean with its error's variable."""
    errors = []
    for expectation in all_of(expression, Expectation):
        if not expectation.free_symbols <= {*writer.names.symbols}:
            raise UnprintableError("a sum over an index of functions of an expectation, such as its Laplacian")
        logarithmic = isinstance(expectation.body, exp)
        helper = "log_mean_exp" if logarithmic else "mean_and_error"
        helpers.append(helper)
        body = expectation.body.args[0] if logarithmic else expectation.body
        integrand, vector = writer.variable("integrand"), writer.variable(expectation.name)
        mean, error = writer.variable("log_mean" if logarithmic else "mean"), writer.variable("error")
        inner = writer.printer_with(functools.partial(_entry_of, vector), frozenset({expectation.name}))
        writer.lines.append("")
        writer.line(f"def {integrand}({vector}):")
        writer.line(f"{INDENT}return {inner.show(body)}")
        writer.lines.append("")
        size = writer.show(expectation.size)
        width = f", width={size}" if inner.wide(body) else ""
        writer.line(f"{mean}, {error} = {helper}({integrand}, {size}, points, samples, generator{width})")
        held = Tensor(Str(mean), Str("points"))
        expression = expression.xreplace({expectation: exp(held) if logarithmic else held})
        errors.append((held, error))
    return expression, errors


def _entry_of(vector: str, noise: Noise) -> tuple[str, tuple[Axis, ...]]:
    return vector, (noise.axis,)


def _slope(expression: Expr, mean: Tensor) -> Expr:
    """The derivative of an expression by one of the means in it."""
    symbol = Dummy("m", real=True)
    return expression.xreplace({mean: symbol}).diff(symbol).xreplace({symbol: mean})


def _pulled_apart(expression: Expr) -> Expr:
    """Factors that are not random taken out of expectations, so that exponentials under them are seen."""
    for expectation in all_of(expression, Expectation):
        factors = Mul.make_args(expectation.body)
        fixed = [f for f in factors if not any(noise.name == expectation.name for noise in f.atoms(Noise))]
        if fixed:
            inner = Expectation(Mul(*(f for f in factors if f not in fixed)), *expectation.args[1:])
            expression = expression.xreplace({expectation: Mul(*fixed) * inner})
    return expression
