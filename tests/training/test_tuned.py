"""The tuned examples: their solutions are right, and their settings run."""

from pathlib import Path

import pytest
import torch

import pdec
from pdec.symbolic.prove import prove, refutations

FILES = sorted((Path(__file__).parents[2] / "examples" / "tuned").glob("*.pde"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_few_steps_of_each(file):
    problem = pdec.load(file)
    assert not refutations(problem, prove(problem))
    options = {"steps": 2, "finish": 0, "width": 8, "test_points": 20, "minutes": 10}
    solution = pdec.solve(problem if problem.dim_name is None else pdec.load(file, dim=5), **options).solution
    assert all(errors["l1"] > 0 for errors in solution.errors.values())


def test_the_quadrature_of_hjb_is_its_expectation():
    folder = Path(__file__).parents[2] / "examples"
    sampled, exact = (
        pdec.compile(pdec.load(folder / name, dim=250), samples=4) for name in ("hjb.pde", "tuned/hjb.pde")
    )
    generator = torch.Generator().manual_seed(0)
    points = sampled.points(4, generator=generator, dtype=torch.float64)
    points[0] = 0  # u(0, 0) is known: 5.51… at N = 250, 4.59016 at N = 100
    mean, error = sampled.known(points, samples=20_000, generator=generator)["u"]
    assert ((exact.known(points)["u"][0] - mean).abs() < 4 * error + 1e-9).all()
    small = pdec.compile(pdec.load(folder / "tuned/hjb.pde", dim=100), samples=4)
    assert small.known(torch.zeros(1, 101, dtype=torch.float64))["u"][0].item() == pytest.approx(4.59016, abs=1e-4)
