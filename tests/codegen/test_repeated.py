"""What several places of a residual share is computed once, and the residual is what it was."""

import pytest
import torch
from sympy import exp

import pdec
from pdec.codegen import sections
from pdec.codegen.repeated import repeated
from pdec.runtime.numbers import by_rows
from pdec.symbolic.atoms import DIM

HEAD = "dim N = 4\nspace x in ball(N)\nunknown u\n"


def parts(body):
    """The texts of the parts of a residual, as generated code has them."""
    source = pdec.compile(pdec.loads(HEAD + body), method="autograd").source
    lines = [line.strip() for line in source.splitlines()]
    return [line.split(" = ", 1)[1] for line in lines if line.startswith("part")]


def test_sums_and_functions_are_named_where_they_stand_twice():
    assert parts("equation lap(u) = |x|^2 + exp(|x|^2) - u*exp(|x|^2)") == ["x.square().sum(-1)", "torch.exp(part)"]
    assert parts("equation lap(u) = |x|^2 + exp(x[1])") == []
    assert parts("equation lap(u) = u^2 + x[1]*u + u^3*x[1]") == []


def test_signs_and_fractions_do_not_hide_what_is_the_same():
    assert parts("equation lap(u) = 1/exp(u)/cosh(u) - cosh(u)") == ["torch.cosh(u)"]
    assert parts("equation lap(u) = u/|x|^2 - |x|^2") == ["x.square().sum(-1)"]


def test_parts_inside_sums_over_the_same_range():
    body = "equation lap(u) = sum(i in 1..N-1, sin(x[i])*x[i+1]) + sum(i in 1..N-1, sin(x[i])^2) + sum(i, sin(x[i]))"
    assert parts(body) == ["torch.sin(x[..., :N - 1])"]


def test_a_piece_is_computed_where_it_holds_alone():
    """log(x[1]) outside of its piece would make the gradient NaN."""
    assert parts("equation lap(u) = where(x[1] > 0, log(x[1])*u, 0) + where(x[1] > 0, log(x[1]), 1)") == []


def test_parts_are_shared_by_the_residuals_of_one_point_set():
    problem = pdec.loads(f"{HEAD}equation a: lap(u) = exp(|x|^2)\nequation b: u = exp(|x|^2)")
    expressions = [equation.expression for equation in problem.equations]
    assert any(part.has(exp) for part, _ in repeated(expressions, {DIM}))
    assert pdec.compile(problem, method="autograd").source.count("torch.exp") == 1


@pytest.mark.parametrize("method", ["autograd", "stein-chi"])
def test_the_residual_is_what_it_was(method, monkeypatch):
    """At the same points and noise, with parts and without."""
    text = (
        f"{HEAD}equation lap(u)*u + sum(i in 1..N-1, sin(u*x[i])*x[i+1]) = f(u)\nlet f(a) = exp(a)*|x|^2\n"
        "manufacture u = sum(i in 1..N-1, cos(x[i])*x[i+1])*|x|^2 \nboundary u = 0"
    )
    problem = pdec.loads(text)

    def value():
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
        loss = pdec.compile(problem, method=method, dtype="float64")
        points = torch.randn(5, 4, dtype=torch.float64) / 4
        generator = torch.Generator().manual_seed(1)
        return loss.source, loss.module.residual(net, points, generator)["equation"]

    source, found = value()
    monkeypatch.setattr("pdec.codegen.sections.repeated", lambda *_: frozenset())
    plain, expected = value()
    assert len(source) < len(plain)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


SOURCE = """
dim N = 8
param c: vector(N-1) ~ normal(0, 1, seed=0)
space x in ball(N) ~ radial
unknown u(x)
let S = sum(i in 1..N-1, c[i]*sin(x[i] + cos(x[i+1]) + x[i+1]*cos(x[i])))
equation lap(u) + sin(u) = 0
hard boundary u = 0
manufacture u = (1 - |x|^2)*S
"""


@pytest.mark.parametrize("method", ["hutchinson", "stein", "autograd"])
def test_the_known_part_is_computed_apart_in_many_dimensions(monkeypatch, method):
    """As a function of its own, for few rows at a time: the same residual, and zero for the solution."""

    def residual(wide):
        monkeypatch.setattr(sections, "WIDE", wide)
        loss = pdec.compile(pdec.loads(SOURCE), method=method, samples=8)
        points = loss.points(6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        noise = loss.draw({"domain": points}, generator=torch.Generator().manual_seed(0))
        found = loss.terms(lambda p: p.sum(-1, keepdim=True).sin(), {"domain": points}, noise=noise)
        return loss.source, found["equation"]

    (apart, one), (together, other) = residual(8), residual(9)
    assert "by_rows(source_equation, points)" in apart
    assert "by_rows" not in together
    torch.testing.assert_close(one, other)


def test_the_known_part_is_that_of_the_solution(monkeypatch):
    monkeypatch.setattr(sections, "WIDE", 1)
    loss = pdec.compile(pdec.loads(SOURCE), method="autograd")
    points = loss.points(6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def network(p):
        return loss.module.manufacture_u(p)[..., None] / (1 - p.square().sum(-1, keepdim=True))

    torch.testing.assert_close(loss.residual(network, points)["equation"], torch.zeros(6).double())


def test_few_rows_at_a_time():
    points, seen = torch.rand(7, 2**16), []
    found = by_rows(lambda p: (seen.append(len(p)), p.sum(-1))[1], points)
    assert seen == [2, 2, 2, 1]
    torch.testing.assert_close(found, points.sum(-1))
    assert by_rows(lambda p: p.sum(-1), points[:, :9]).shape == (7,)


def test_compiled_code_takes_all_rows_at_once():
    sizes = []

    def backend(graph, inputs):
        sizes.append(len(graph.graph.nodes))
        return graph.forward

    points = torch.rand(7, 2**16)
    compiled = torch.compile(lambda p: by_rows(lambda rows: rows.sum(-1), p), backend=backend, fullgraph=True)
    torch.testing.assert_close(compiled(points), points.sum(-1))
    assert sizes == [3]
