"""Residuals by estimators along directions. With whole orthogonal frames and a small sigma they are the exact ones."""

import pytest
import torch
from slow import CASES, Exponentials, exact
from test_residuals import by_hand

import pdec
from pdec.compiler import options_for
from pdec.estimators.rules import Frame, Weight, rule
from pdec.plan import plan

SIGMA, SIGMA_T = 7e-4, 1e-3
METHODS = ("stein-chi", "stein-radial", "stein-quadrature")


def certain(problem):
    """Whether whole frames give every derivative: of order two at most, weighed by entries of directions alone."""
    section = plan(problem, options_for(problem, {})).sections[0]
    rules = [rule(derivative, problem.dim) for derivative in section.derivatives]
    framed = [found.orders[0] for found in rules if found.factors and isinstance(found.factors[0], Frame)]
    return all(found.weight == Weight.NONE for found in rules) and max(framed, default=0) <= 2


CERTAIN = [case for case in CASES if certain(pdec.loads(case.text))]


def with_whole_frames(problem, method):
    """A loss with as many directions as fill frames, or none."""
    for samples in range(60, 600, 5):
        loss = pdec.compile(problem, method=method, sigma=SIGMA, sigma_t=SIGMA_T, samples=samples, dtype="float64")
        counts = [count for law, count, *_ in loss.module.DRAWS["domain"] if law == "directions"]
        if all(count % problem.dim == 0 for count in counts):
            return loss
    raise AssertionError("no number of samples gives whole frames")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", CERTAIN, ids=lambda case: case.name)
def test_residual_is_the_exact_one(case, method):
    problem = pdec.loads(case.text)
    loss = with_whole_frames(problem, method)
    points = torch.rand(3, problem.n_coords, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    net = Exponentials(problem.n_coords, problem.n_unknowns)
    found = loss.residual(net, points, generator=torch.Generator().manual_seed(2))
    expected = by_hand(case, problem, exact(net, points, problem.dim), points)
    assert list(found) == list(expected)
    for label in found:
        torch.testing.assert_close(found[label], expected[label], rtol=5e-3, atol=5e-3)
