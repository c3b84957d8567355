"""Functions whose Laplacian is known, and how many evaluations an error takes."""

from dataclasses import replace

import pytest
import torch

import pdec
from pdec.bench import cases
from pdec.bench.cases import Row


@pytest.mark.parametrize("function", [cases.tanh_network(7, 3, torch.float64), cases.hjb_solution(7)])
def test_laplacians_are_exact(function):
    points = torch.cat([torch.randn(5, 7, dtype=torch.float64), torch.rand(5, 1, dtype=torch.float64)], dim=1)
    found = pdec.estimate("lap(u)", function.value, points, method="autograd", time=True)
    assert torch.allclose(function.laplacian(points), found.detach(), rtol=1e-9)


def test_the_network_is_the_same_in_both_precisions():
    points = torch.randn(4, 8)
    single, double = (cases.tanh_network(7, 0, dtype) for dtype in (torch.float32, torch.float64))
    assert torch.allclose(single.laplacian(points), double.laplacian(points), rtol=1e-4, atol=1e-6)


def test_errors_fall_with_the_samples():
    rows = cases.laplacians(
        ["stein-radial", "autograd"], samples=(4, 64), dims=(20,), hjb=10, sigmas=(0.03,), dtypes=("float64",)
    )
    assert [(r.function, r.dim, r.method, r.samples) for r in rows[:4]] == [
        ("tanh network", 20, "stein-radial", 4),
        ("tanh network", 20, "stein-radial", 64),
        ("tanh network", 20, "autograd", 4),
        ("tanh network", 20, "autograd", 64),
    ]
    assert len(rows) == 8
    few, many, exact, _ = rows[:4]
    assert few.rmse > 2 * many.rmse > 0
    assert exact.rmse < 1e-12
    assert (few.evaluations, exact.evaluations) == (4, 1)
    assert few.relative > few.rmse > 0
    assert 0 < few.paper < few.rmse


def row(evaluations, rmse):
    return Row("f", 3, "float32", 0.01, "m", 4, evaluations, rmse, rmse, 0.1)


def test_needed_evaluations():
    rows = [row(10, 0.4), row(40, 0.2), row(160, 0.1 / 2**0.5)]
    assert cases.needed(rows) == pytest.approx(40 * 4 ** (2 / 3))
    assert cases.needed(rows[:2]) is None
    assert cases.needed([row(160, 0.05), row(10, 0.02)]) == 10
    assert cases.needed([row(10, 0.4), replace(row(11, 0.0))]) == 11


def test_the_heat_equation_of_the_paper():
    problem = cases.heat_problem(None)
    assert (problem.name, problem.dim, cases.heat_problem(7).dim) == ("heat", 100, 7)
    assert {"stein-antithetic:2048", "stein-chi:36", "autograd"} <= set(cases.heat_methods())
