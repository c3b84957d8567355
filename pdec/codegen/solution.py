"""Exact and reference solutions as functions of generated code.

An expectation is a mean over draws, evaluated in chunks and in double precision. log E exp h is recognised and kept in
the logarithm, so that nothing under- or overflows. The standard error of the whole is that of the expectations in it,
carried through by the delta method: se(φ(m)) = |φ'(m)| se(m).
"""

from __future__ import annotations

from sympy import Dummy, Expr, Mul, exp
from sympy.core.symbol import Str

from pdec.codegen.writer import INDENT, FunctionWriter, docstring, printable
from pdec.problem import KnownSolution, Problem
from pdec.symbolic.atoms import Axis, Expectation, Leaf, Noise, Tensor, all_of
from pdec.symbolic.names import identifier


def write_solution(solution: KnownSolution, writer: FunctionWriter, problem: Problem) -> tuple[str, str, list[str]]:
    """Name and text of the function, and the runtime functions that it calls."""
    name = f"{solution.kind}_{solution.unknown}"
    lines = problem.source.text[solution.span.start : solution.span.end].splitlines()
    what = printable(" ".join(line.split("#")[0] for line in lines))
    if not solution.expectation:
        text = writer.show_free(solution.expression, solution.size)
        head = [f"def {name}(points):", *docstring(f"{what}: (B, n_coords) -> (B,) or (B, k).")]
        if not solution.expression.atoms(Leaf):  # the same number everywhere: it has to be given the points' shape
            text = f"torch.full_like(points[..., 0], {text})"
        result = f"{INDENT}return {text}"
        return name, "\n".join([*head, *writer.prelude(), result]), []
    return name, *_sampled(name, what, solution, writer)


def _sampled(name: str, what: str, solution: KnownSolution, writer: FunctionWriter) -> tuple[str, list[str]]:
    expression = _pulled_apart(solution.expression)
    helpers: list[str] = []
    variances = []
    for k, expectation in enumerate(all_of(expression, Expectation)):
        logarithmic = isinstance(expectation.body, exp)
        variable = writer.variable(f"{'log_mean' if logarithmic else 'mean'}_{k + 1}")
        held = Tensor(Str(variable), Str("points"))
        helper = "log_mean_exp" if logarithmic else "mean_and_error"
        helpers.append(helper)
        body = expectation.body.args[0] if logarithmic else expectation.body
        inner = writer.printer_with(_random_vector, frozenset({expectation.name}))
        writer.lines.append("")
        writer.line(f"def integrand_{k + 1}({_vector(expectation.name)}):")
        writer.line(f"{INDENT}return ({inner.show(body)})")
        writer.lines.append("")
        arguments = f"integrand_{k + 1}, {writer.show(expectation.size)}, points, samples, generator"
        writer.line(f"{variable}, error_{k + 1} = {helper}({arguments})")
        expression = expression.xreplace({expectation: exp(held) if logarithmic else held})
        variances.append((held, f"error_{k + 1}"))
    parts = []
    for held, error in variances:
        symbol = Dummy("m", real=True)
        slope = expression.xreplace({held: symbol}).diff(symbol).xreplace({symbol: held})
        parts.append(f"({writer.factor(slope)} * {error})")
    writer.line(f"value = {writer.show(expression)}")
    writer.line(f"variance = {' + '.join(f'{part} ** 2' for part in parts)}")
    head = [
        f"def {name}(points, samples, generator=None):",
        *docstring(f"{what}: value and standard error, (B,) each, by `samples` draws in double precision."),
        f"{INDENT}points = points.double()",
    ]
    return "\n".join([*head, *writer.prelude(), *writer.lines, f"{INDENT}return value, variance.sqrt()"]), helpers


def _pulled_apart(expression: Expr) -> Expr:
    """Factors that are not random taken out of expectations, so that exponentials under them are seen."""
    for expectation in all_of(expression, Expectation):
        factors = Mul.make_args(expectation.body)
        fixed = [f for f in factors if not any(noise.name == expectation.name for noise in f.atoms(Noise))]
        if fixed:
            inner = Expectation(Mul(*(f for f in factors if f not in fixed)), *expectation.args[1:])
            expression = expression.xreplace({expectation: Mul(*fixed) * inner})
    return expression


def _vector(name: str) -> str:
    return identifier(name, set())


def _random_vector(noise: Noise) -> tuple[str, tuple[Axis, ...]]:
    return _vector(noise.name), (noise.axis,)
