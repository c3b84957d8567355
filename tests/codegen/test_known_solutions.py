"""Exact and reference solutions in generated code."""

import math

import pytest
import torch

import pdec

DECLARED = "space x in R^N ~ normal(0, 1) time t in [0, 1] "


def known(text, dim=3, samples=20_000, points=None):
    loss = pdec.compile(pdec.loads(f"dim N = {dim} {DECLARED} {text}"), method="stein-cv", samples=4)
    if points is None:
        points = torch.randn(4, dim + 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return points, loss.known(points, samples=samples, generator=torch.Generator().manual_seed(1))


def test_a_constant_has_the_shape_of_the_points():
    _, found = known("unknown u equation u_t = 0 exact u = 2")
    value, error = found["u"]
    assert error is None
    assert torch.equal(value, torch.full((4,), 2.0, dtype=torch.float64))


@pytest.mark.parametrize("entries", ["[x[1], 3]", "[x[1], x[2] - x[2] + 3]"])
def test_a_vector_by_its_entries(entries):
    points, found = known(f"unknown v: vector(2) equation lap(v) = 0 exact v = {entries}")
    expected = torch.stack([points[:, 0], torch.full_like(points[:, 0], 3)], dim=1)
    torch.testing.assert_close(found["v"][0], expected)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("let c[i] = i exact v = c", [1, 2, 3]),
        ("let c[i] = t exact v = c", None),
        ("let c[i] = 2 exact v = c", [2, 2, 2]),
    ],
)
def test_a_vector_that_hardly_varies(text, entries):
    points, found = known(f"unknown v: vector(N) equation lap(v) = 0 {text}")
    expected = torch.tensor([entries] * 4).double() if entries else points[:, 3:].expand(4, 3)
    assert torch.equal(found["v"][0], expected)


def test_a_sum_of_indices():
    _, found = known("unknown u equation u_t = 0 exact u = sum(i, i)")
    assert torch.equal(found["u"][0], torch.full((4,), 6.0, dtype=torch.float64))


def test_a_vector_by_formula():
    points, found = known("unknown v: vector(N) equation lap(v) = 0 exact v = t*x/(1 + |x|^2)")
    x = points[:, :3]
    torch.testing.assert_close(found["v"][0], points[:, 3:] * x / (1 + x.square().sum(1, keepdim=True)))


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("log(E[w ~ normal(N)] exp(dot(x, w)))", lambda x, t: x.square().sum(1) / 2),
        ("E[w ~ normal(N)](|x + t*w|^2)", lambda x, t: x.square().sum(1) + 3 * t**2),
        ("E[w ~ normal(N)] cos(w[1] + x[1])", lambda x, t: math.exp(-0.5) * x[:, 0].cos()),
        ("E[w ~ normal(N)] sum(i, cos(w[i] + x[i]))", lambda x, t: math.exp(-0.5) * x.cos().sum(1)),
        ("t*E[w ~ normal(N)]((x[1] + w[2])^2) + E[w ~ normal(1)] w[1]*x[1]", lambda x, t: t * (x[:, 0] ** 2 + 1)),
        ("sqrt(2 + E[w ~ normal(N)](w[1]^2))", lambda x, t: math.sqrt(3) + 0 * t),
        ("log(E[w ~ normal(N)] exp(x[1]*w[1] - 2000))", lambda x, t: x[:, 0] ** 2 / 2 - 2000),
        ("log(E[w ~ normal(N)] exp(2000 + x[1]*w[1]))", lambda x, t: 2000 + x[:, 0] ** 2 / 2),
    ],
)
def test_expectations_are_right_to_their_standard_error(text, truth):
    points = torch.rand(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 0.9
    points, found = known(f"unknown u equation u_t = 0 reference u = {text}", samples=40_000, points=points)
    value, error = found["u"]
    pull = (value - truth(points[:, :3], points[:, 3])) / error
    assert value.shape == error.shape == (6,)
    assert (pull.abs() < 4.5).all()
    assert 1e-4 < error.max() < 0.05


def test_a_vector_of_expectations():
    entries = "E[w ~ normal(N)](w[1]^2), log(E[w ~ normal(2)] exp(w[2]))"
    _, found = known(f"unknown v: vector(2) equation lap(v) = 0 reference v = [{entries}]")
    value, error = found["v"]
    assert value.shape == (4, 2)
    assert error.shape == (4,)
    assert ((value - torch.tensor([1.0, 0.5])).norm(dim=1) < 4 * error).all()


def test_a_random_vector_may_be_called_like_a_parameter():
    text = "param k = 2 unknown u equation u_t = 0 let g(y) = k*y reference u = E[value ~ normal(N)] g(value[1]^2)"
    _, found = known(text)
    assert ((found["u"][0] - 2).abs() < 4 * found["u"][1]).all()


def test_single_precision_points_are_evaluated_in_double():
    _, found = known("unknown u equation u_t = 0 reference u = E[w ~ normal(N)](w[1]^2)", points=torch.zeros(2, 4))
    assert found["u"][0].dtype == torch.float64


def test_a_sum_of_functions_of_an_expectation_is_refused():
    """The Laplacian of its logarithm holds the square of an expectation with a free index."""
    text = "unknown u equation u_t = lap(u) reference u = -Δlog(E[w ~ normal(N)] exp(-|x + w|^2))"
    with pytest.raises(pdec.PdeError, match=r"E205.*a sum over an index of functions of an expectation"):
        known(text)
