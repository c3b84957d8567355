"""Vectors with single entries that differ: entry by entry where they are few, in one piece where there are many."""

from __future__ import annotations

import time

import pytest
import torch

import pdec
from pdec.codegen.module import module_source
from pdec.compiler import loads, options_for
from pdec.explanation import explain
from pdec.plan import plan
from pdec.symbolic import operators

ENHANCED = """
problem neighbours
dim   N = {n}
param c: vector(N-1) ~ normal(0, 1, seed=0)
let S = sum(i in 1..N-1, c[i]*sin(x[i] + cos(x[i+1]) + x[i+1]*cos(x[i])))
space x in ball(N)
unknown u(x)
equation lap(u) = 0
manufacture u = (1 - |x|^2)*S
hard boundary u = 0
also grad(equation) = 0
"""


def residuals(n: int) -> torch.Tensor:
    loss = pdec.compile(pdec.loads(ENHANCED.format(n=n)), method="taylor", dtype="float64")
    generator = torch.Generator().manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(n, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, generator=generator)
    points = torch.randn(5, n, dtype=torch.float64, generator=generator) / n**0.5
    return loss.module.residual(net, points)["also"]


def test_a_formula_gives_the_entries_that_were_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "LISTED", 40)
    listed = residuals(40)
    monkeypatch.setattr(operators, "LISTED", 0)
    torch.testing.assert_close(residuals(40), listed, rtol=1e-12, atol=1e-12)


def test_neighbours_in_very_many_dimensions_are_no_matrix() -> None:
    start = time.process_time()
    problem = loads(ENHANCED.format(n=10_000))
    options = options_for(problem, {"method": "taylor"})
    source = module_source(problem, plan(problem, options), options)
    assert "torch.nn.functional.pad(" in source
    assert "torch.arange" not in source.split("def residual(")[1]
    assert len(source) < 50_000
    assert len(explain(problem).equations[1].text) < 10_000
    assert time.process_time() - start < 2.5
