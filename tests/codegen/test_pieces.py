"""Pieces in generated code: values in the dtype of the points, and gradients that no piece not taken can spoil."""

import pytest
import torch

import pdec

METHODS = ("autograd", "stein-antithetic")


def compiled(equation, method, extra=""):
    text = f"dim N = 3 param mu = 0.7 space x in [0, 1]^N time t in [0, 1] unknown u {extra} equation {equation}"
    return pdec.compile(pdec.loads(text), method=method, samples=8)


def points(count=64):
    x = torch.rand(count, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x[0, 0] = 0  # where 1/x is infinite
    return x


def constant(x):
    """A network that smoothing does not change."""
    return torch.full_like(x[..., :1], 1.5)


CASES = {
    "where(x[1] < 0.5, 0.1, 0.3)": lambda x: (
        torch.where(x[:, 0] < 0.5, 0.1, 0.3).double() * 0
        + torch.tensor([0.3, 0.1], dtype=torch.float64)[(x[:, 0] < 0.5).long()]
    ),
    "where(0.2 < x[1] <= 0.5 or t > 0.9, 1/x[1], x[2] < 0.5 and not (x[3] < 0.1), t, 2)": lambda x: torch.where(
        ((x[:, 0] > 0.2) & (x[:, 0] <= 0.5)) | (x[:, 3] > 0.9),
        1 / x[:, 0],
        torch.where((x[:, 1] < 0.5) & (x[:, 2] >= 0.1), x[:, 3], 2.0),
    ),
    "where(mu < 1, x[1], t)": lambda x: x[:, 0],
    "sum(i, where(i < 3, x[i], i == N, 10*i, 0))": lambda x: x[:, 0] + x[:, 1] + 30,
    "sum(i, sum(j, where(i != j, x[i]*x[j], 0)))": lambda x: x[:, :3].sum(1) ** 2 - (x[:, :3] ** 2).sum(1),
    "sum(i, sum(j, where(i == j, 0, 1/(i - j))))": lambda x: 0 * x[:, 0],
    "dot(dot(A, x), x)": lambda x: 2 * (x[:, :3] ** 2).sum(1) - 2 * x[:, 0] * x[:, 1] - 2 * x[:, 1] * x[:, 2],
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", CASES)
def test_values(text, method):
    extra = "let A[i, j] = where(i == j, 2, i == j + 1 or j == i + 1, -1, 0)"
    loss = compiled(f"u*({text}) = 0", method, extra)
    (found,) = loss.residual(constant, points()).values()
    assert found.dtype == torch.float64
    torch.testing.assert_close(found, 1.5 * CASES[text](points()), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "text",
    [
        "where(x[1] > 0, 1/x[1], 0)*u",
        "where(u > 0, sqrt(u), 0)",
        "where(u < 3, exp(u^3), u)",
        "where(u > 0, u^mu, 0) + where(u > 0, log(u), u)",
        "where(x[1] > 0, u/(x[1]*(1 + u^2)), 1)",
        "where(|u| < 1, asin(u), 0)",
        "where(u > 5, u, u < 5, where(u < 0, 1/u, u^2), 3)",
    ],
)
def test_gradients_of_pieces_that_are_not_taken_do_no_harm(text, method):
    loss = compiled(f"{text} = 1", method)
    weight = torch.linspace(-400, 400, 64, dtype=torch.float64).requires_grad_()
    weight.data[3] = 0
    total = loss(lambda x: (weight * torch.ones_like(x[..., 0]))[..., None], {"domain": points()})
    total.backward()
    assert torch.isfinite(total)
    assert torch.isfinite(weight.grad).all()


def test_a_structured_matrix_takes_no_square_memory():
    text = """dim N = 10000 space x in [0, 1]^N unknown v: vector(N)
    let R[i, j] = where(i == j, 1, 0.3)
    equation dot(R, v) = x"""
    loss = pdec.compile(pdec.loads(text), method="stein-antithetic", samples=2)
    x = torch.rand(2, 10_000, dtype=torch.float64)
    (found,) = loss.residual(lambda y: y**0, x).values()
    torch.testing.assert_close(found, 0.7 + 0.3 * 10_000 - x)
    assert "eye" not in loss.source
