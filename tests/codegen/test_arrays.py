"""Vector and matrix parameters in generated code, against the same numbers put in by hand."""

import pytest
import torch

import pdec

METHODS = ("autograd", "stein-antithetic")
TEXT = """
dim N = 3
param r ~ uniform(1, 2, seed=3)
param A: matrix(N) ~ normal(0, 2, seed=1), B: matrix({m}, N) ~ uniform(-1, 1, seed=2)
param rho: matrix(N) = equicorr(0.3), sigma: vector(N) = linspace(0.1, 0.3), M: matrix(2) = [[1, 2], [2, 3 + r]]
param S: matrix(N) = outer(sigma, sigma) + 2*eye(), w: vector({m}) = linspace(1, 4)
space x in [0, 1]^N
time t in [0, 1]
unknown u, v: vector(N)
equation {equation}
"""
SIGMA = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)
RHO = 0.3 + 0.7 * torch.eye(3, dtype=torch.float64)


def compiled(equation, method="autograd", m=2):
    return pdec.compile(pdec.loads(TEXT.format(equation=equation, m=m)), method=method, samples=4)


def net(x):
    """u and v, constant in space, so that smoothing changes nothing."""
    return torch.tensor([2.0, 1, -1, 3], dtype=x.dtype).expand(*x.shape[:-1], 4)


def points(count=5):
    return torch.rand(count, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


V = torch.tensor([1.0, -1, 3], dtype=torch.float64)
W = {m: torch.linspace(1, 4, m, dtype=torch.float64) for m in (2, 5)}
CASES = {
    "dot(A, v) = 0*x": lambda m, x, m_: m.A @ V + 0 * x,
    "dot(rho, v) = x": lambda m, x, m_: RHO @ V - x,
    "dot(dot(S, x), v) = 1": lambda m, x, m_: x @ (torch.outer(SIGMA, SIGMA) + 2 * torch.eye(3)).to(x) @ V - 1,
    "dot(transpose(A), v) = x": lambda m, x, m_: m.A.mT @ V - x,
    "u*tr(dot(A, rho)) = dot(sigma, x)": lambda m, x, m_: 2 * torch.trace(m.A @ RHO) - x @ SIGMA,
    "u*(A : rho) = A[2, 3]*r": lambda m, x, m_: 2 * (m.A * RHO).sum() - m.A[1, 2] * m.r + 0 * x[:, 0],
    "|dot(B, v)|^2 + |dot(B, x)|^2": lambda m, x, m_: ((m.B @ V) ** 2).sum() + ((x @ m.B.mT) ** 2).sum(1),
    "dot(w, dot(B, v)) + dot(dot(B, x), w)": lambda m, x, m_: W[m_] @ (m.B @ V) + x @ m.B.mT @ W[m_],
    "dot([[1, 2, 3], [0, x[1], t], [x[2]^2, 0, 1]], v) = x": None,
    "dot(inv([[2, 1, 0], [1, 3, 1], [0, x[1], 2]]), v) = x": None,
    "u*det(rho) = det([[2, 1, 0], [1, 3, 1], [0, x[1], 2]])": None,
}


def matrix(x, rows):
    ones = torch.ones(len(x), dtype=x.dtype)
    return torch.stack([torch.stack([entry * ones for entry in row], -1) for row in rows], -2)


def last(x):
    return matrix(x, [[2, 1, 0], [1, 3, 1], [0, x[:, 0], 2]])


CASES["dot([[1, 2, 3], [0, x[1], t], [x[2]^2, 0, 1]], v) = x"] = lambda m, x, m_: (
    matrix(x, [[1, 2, 3], [0, x[:, 0], points()[:, 3]], [x[:, 1] ** 2, 0, 1]]) @ V - x
)
CASES["dot(inv([[2, 1, 0], [1, 3, 1], [0, x[1], 2]]), v) = x"] = lambda m, x, m_: torch.linalg.inv(last(x)) @ V - x
CASES["u*det(rho) = det([[2, 1, 0], [1, 3, 1], [0, x[1], 2]])"] = lambda m, x, m_: (
    2 * torch.linalg.det(RHO) - torch.linalg.det(last(x))
)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("m", [2, 5])
def test_values(text, method, m):
    loss = compiled(text, method, m)
    x = points()
    (found,) = loss.residual(net, x).values()
    torch.testing.assert_close(found, CASES[text](loss.module, x[:, :3], m), rtol=1e-12, atol=1e-12)


def test_two_by_two():
    loss = compiled("u*det(M) + tr(inv(M)) = 0")
    m = torch.tensor([[1, 2], [2, 3 + loss.module.r]], dtype=torch.float64)
    (found,) = loss.residual(net, points()).values()
    expected = 2 * torch.linalg.det(m) + torch.trace(torch.linalg.inv(m))
    torch.testing.assert_close(found, expected.expand(5))


def test_laws():
    text = "dim N = 300 param A: matrix(N) ~ uniform(-1, 3, seed=1), k ~ normal(5, 2, seed={seed}) space x in [0, 1]^N "
    text += "unknown u equation (A : hess(u)) + k = 0"
    one, other = (pdec.compile(pdec.loads(text.format(seed=seed)), samples=2).module for seed in (1, 2))
    assert one.A.shape == (300, 300)
    assert -1 <= one.A.min() < -0.99
    assert 2.99 < one.A.max() <= 3
    assert abs(one.A.mean() - 1) < 5 * 4 / 12**0.5 / 300
    assert torch.equal(one.A, other.A)
    assert one.k != other.k
    draws = [pdec.loads(text.format(seed=seed), dim=2).constants for seed in range(200)]
    values = torch.tensor([next(v for s, v in c.items() if s.name == "k") for c in draws])
    assert abs(values.mean() - 5) < 5 * 2 / 200**0.5
    assert abs(values.std() - 2) < 0.5
    assert pdec.loads(text.format(seed=1), dim=2, params={"k": 7}).constants != draws[1]


def test_a_given_matrix_takes_no_square_memory():
    text = """dim N = 10000
    param rho: matrix(N) = equicorr(0.3), sigma: vector(N) = linspace(0.1, 0.3)
    space x in [0, 1]^N unknown u, v: vector(N)
    let C[i, j] = rho[i, j]*sigma[i]*sigma[j]*x[i]*x[j]
    equation a: (C : hess(u)) + dot(rho, sigma) · grad(u) = 0
    equation b: dot(rho, v) + dot(eye(N), v) = x"""
    loss = pdec.compile(pdec.loads(text), method="stein-antithetic", samples=2)
    x = torch.rand(2, 10_000, dtype=torch.float64)
    found = loss.residual(lambda y: torch.ones(*y.shape[:-1], 10_001, dtype=y.dtype), x)
    torch.testing.assert_close(found["b"], 1.7 + 0.3 * 10_000 - x)
    assert "torch.eye" not in loss.source
    assert found["a"].abs().max() < 1e-9
