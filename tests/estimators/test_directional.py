"""How estimators along directions share nodes and spend a budget, and how quiet they are."""

import math

import pytest
import torch
from analytic import Function, Wave
from hypothesis import given, settings
from hypothesis import strategies as st

import pdec
from pdec.runtime.stein import simplex

METHODS = ["stein-chi", "stein-radial", "stein-quadrature"]


def evaluations(text, method, samples, dim=3, time=False, sigma=0.01):
    """What one call asks of the network."""
    f = Function((Wave((0.5,) * (dim + time)),))
    pdec.estimate(
        text, f, torch.zeros(2, dim + time, dtype=torch.float64), method=method, samples=samples, sigma=sigma, time=time
    )
    (rows,) = f.rows
    return rows // 2


@pytest.mark.parametrize(
    ("method", "text", "expected"),
    [
        ("stein-chi", "lap(u)", 16),  # 4 directions: more than a frame, in pairs
        ("stein-chi", "u + lap(u) + |grad(u)|^2", 16),  # the same nodes
        ("stein-chi", "|grad(u)|^2", 16),  # 8 directions
        ("stein-chi", "bilap(u)", 12),  # 2 directions
        ("stein-chi", "u_x1", 16),
        ("stein-chi", "u_x1 + u_x1x1 + u", 16),  # three times the axis, and two pairs for the value
        ("stein-radial", "lap(u)", 15),  # 7 directions and the centre
        ("stein-radial", "u + lap(u)", 15),
        ("stein-radial", "u_x1", 16),
        ("stein-quadrature", "u_x1 + u_x1x1", 16),
        ("stein-quadrature", "lap(u)", 16),
    ],
)
def test_samples_count_evaluations(method, text, expected):
    assert evaluations(text, method, 16) == expected


def test_time_has_few_nodes_of_its_own():
    assert evaluations("u_t - lap(u)", "stein-chi", 22, time=True) == 4 * 5 + 2
    assert evaluations("u_t - lap(u)", "stein-radial", 2 * 9 + 2 + 2, time=True) == 2 * 9 + 2 + 2
    assert evaluations("u_t - lap(u)", "stein-chi", 1000, time=True) == 4 * 248 + 2 * 4
    assert evaluations("u_t - lap(u)", "stein-chi", 60, time=True, sigma=1.0) == 4 * 10 + 2 * 10
    assert evaluations("u_t - lap(u)", "stein-chi", 6, time=True) == 4 + 2


def test_fewer_directions_than_dimensions_are_corners_of_a_simplex():
    """K + 1 nodes at every radius in the place of 2K, until pairs can go along all directions."""
    for count in (1, 5, 49):
        assert evaluations("lap(u)", "stein-radial", count + 2, dim=50) == count + 2
        assert evaluations("u + lap(u)", "stein-chi", 2 * count + 2, dim=50) == 2 * count + 2
    assert evaluations("lap(u)", "stein-radial", 100, dim=50) == 52  # a whole simplex
    assert evaluations("lap(u)", "stein-radial", 101, dim=50) == 101  # a whole frame
    assert evaluations("bilap(u)", "stein-radial", 21, dim=50) == 21  # four nodes a direction
    assert evaluations("u_t - lap(u)", "stein-radial", 20, dim=100, time=True) == 17 + 1 + 2


def test_values_need_one_pair():
    assert evaluations("u", "stein-radial", 64) == 2
    assert evaluations("u", "stein-chi", 2048) == 2 * 22
    assert evaluations("u", "stein-chi", 64, sigma=1.0) == 64


@pytest.mark.parametrize("k", [1, 2, 5, 16])
def test_corners_of_a_simplex(k):
    """Unit vectors whose sum is zero and whose products add to a multiple of the projection on their span."""
    omega = torch.linalg.qr(torch.randn(20, k, generator=torch.Generator().manual_seed(0), dtype=torch.float64))[0].T
    found = simplex(omega)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(k + 1, dtype=torch.float64))
    torch.testing.assert_close(found.sum(0), torch.zeros(20, dtype=torch.float64))
    torch.testing.assert_close(found.T @ found, (k + 1) / k * omega.T @ omega)


def loss_of(text, dim, **options):
    problem = pdec.loads(f"dim N = {dim} space x in [0, 1]^N time t in [0, 1] unknown u equation {text} = 0")
    return pdec.compile(problem, sigma=0.1, **options)


SHARED = ["u_t - lap(u)", "lap(u) + |grad(u)|^2", "|hess(u)|^2 + lap(u_t)", "u_x1 + sum(i, x[i]*d(u, x[i], 2))"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", SHARED)
@pytest.mark.parametrize("points", [12, 13])
def test_points_share_directions_and_the_first_layer_is_used_once(method, text, points):
    """With the noise of each point the same, sharing changes nothing, nor does the split of the network."""
    net = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    x = torch.rand(points, 6, dtype=torch.float64)
    shared, own = (loss_of(text, 5, method=method, samples=48, share=share) for share in (6, 1))
    noise = shared.draw({"domain": x}, generator=torch.Generator().manual_seed(0))
    groups = -(-points // 6)
    index = torch.arange(points) * groups // points
    laws = shared.module.DRAWS["domain"]
    rows = {law: part.shape[-2] for (law, *_), part in zip(laws, noise["domain"])}
    assert rows["directions"] == (points if "x[i]" in text else groups)
    each = {"domain": tuple(part if part.shape[-2] == points else part[..., index, :] for part in noise["domain"])}
    found = shared.terms(net, {"domain": x}, noise=noise)
    torch.testing.assert_close(found, own.terms(lambda p: net(p), {"domain": x}, noise=each))
    torch.testing.assert_close(found, shared.terms(lambda p: net(p), {"domain": x}, noise=noise))


def test_no_tensor_of_draws_points_and_dimensions():
    """Directions go through the first layer before points have them: 4 frames for 64 points."""
    loss = loss_of("u_t - lap(u)", 500, method="stein-chi", samples=44)
    net = torch.nn.Sequential(torch.nn.Linear(501, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    largest = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            largest.append(result.numel() if isinstance(result, torch.Tensor) else 0)
            return result

    with Watch():
        loss.residual(net, torch.rand(64, 501))
    assert max(largest) < 64 * 501 * 3


def test_steps_of_opposite_sign_cancel_the_slope():
    """Derivatives that are linear in time, or in other coordinates, have no noise where the draws are even."""
    points = torch.rand(2, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def f(p):
        return p[..., 3:] * (p[..., :3].square().sum(-1, keepdim=True) + p[..., :1])

    for method, many in (("stein-chi", 24), ("stein-radial", 14)):
        found = pdec.estimate("lap(u)", f, points, method=method, sigma=0.1, samples=many, time=True)
        torch.testing.assert_close(found, 6 * points[:, 3])
        found = pdec.estimate("u_x1", f, points, method=method, sigma=0.1, samples=8, time=True)
        torch.testing.assert_close(found, points[:, 3] * (2 * points[:, 0] + 1))


EXPRESSIONS = [
    "u", "lap(u)", "u_x1", "u_x1x2", "|grad(u)|^2", "bilap(u)", "dot(x, grad(u))", "sum(i, x[i]^2*d(u, x[i], 2))",
    "|hess(u)|^2", "sum(i, d(u, x[i], 3))", "dot(x, dot(hess(u), x))", "contract(hess(u), outer(x, [1, 2, 3]))",
]  # fmt: skip


@settings(max_examples=30, derandomize=True, deadline=None, database=None)
@given(st.lists(st.sampled_from(EXPRESSIONS), min_size=1, max_size=3), st.integers(40, 200), st.sampled_from(METHODS))
def test_a_budget_is_kept(terms, samples, method):
    spent = evaluations(" + ".join(terms), method, samples)
    assert spent <= samples


def test_one_direction_is_the_least():
    assert evaluations("lap(u) + u_x1", "stein-chi", 2) == 4 + 2


@pytest.mark.parametrize("method", METHODS)
def test_a_whole_frame_knows_a_quadratic(method):
    matrix = torch.randn(6, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    points = torch.rand(3, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)

    def f(p):
        return torch.einsum("...i,ij,...j->...", p, matrix, p)[..., None]

    samples = {"stein-chi": 24, "stein-radial": 13, "stein-quadrature": 24}[method]
    found = pdec.estimate("lap(u)", f, points, method=method, sigma=0.5, samples=samples)
    torch.testing.assert_close(found, (2 * matrix.trace()).expand(3))
    samples = {"stein-radial": 25}.get(method, 24)
    found = pdec.estimate("u + lap(u) + |grad(u)|^2", f, points, method=method, sigma=0.5, samples=samples)
    value = (
        f(points)[:, 0] + 0.25 * matrix.trace() + 2 * matrix.trace() + (points @ (matrix + matrix.T)).square().sum(1)
    )
    torch.testing.assert_close(found, value)


@pytest.mark.parametrize("method", ["stein-chi", "stein-radial"])
def test_the_variance_is_hutchinsons(method):
    """(2d|H|² - 2tr²H)/(d + 2) for one direction, and (1 - K/d)/K of it for K in a frame."""
    d = 8
    matrix = torch.randn(d, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    hessian = matrix + matrix.T

    def f(p):
        return torch.einsum("...i,ij,...j->...", p, matrix, p)[..., None]

    points = torch.zeros(20_000, d, dtype=torch.float64)
    expected = (2 * d * hessian.square().sum() - 2 * hessian.trace() ** 2) / (d + 2)
    for count in (1, 4):
        samples = 2 * (count + 1) if method == "stein-chi" else count + 2
        generator = torch.Generator().manual_seed(1)
        found = pdec.estimate("lap(u)", f, points, method=method, sigma=0.1, samples=samples, generator=generator)
        share = 1 / count * (1 - (count - 1) / (d - 1))
        assert found.var() == pytest.approx(float(expected) * share, rel=0.06)


def test_quieter_than_the_paper():
    """At d = 100 the Laplacian of one direction is as quiet as that of fifty pairs."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(100, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1)).double()
    points = torch.rand(1, 100, dtype=torch.float64).expand(2000, 100)
    spread = {}
    for method, samples in (("stein-antithetic", 32), ("stein-chi", 4), ("stein-radial", 3)):
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            found = pdec.estimate("lap(u)", net, points, method=method, samples=samples, generator=generator)
        spread[method] = float(found.std()) * math.sqrt(16 if samples == 32 else 1)
    assert spread["stein-chi"] < spread["stein-antithetic"] / 7
    assert spread["stein-radial"] < spread["stein-antithetic"] / 7


@pytest.mark.parametrize("method", METHODS)
def test_a_known_direction_has_no_noise_to_speak_of(method):
    """Advection, and A : hess(u) with A = b bᵀ, along b alone: one direction, whatever the dimension."""
    d = 50
    f = Function((Wave((0.3,) * d),))
    points = torch.rand(4, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    phase, slope = points.sum(1) * 0.3, points.sum(1) * 0.3
    for text, exact in (
        ("dot(x, grad(u))", -slope * phase.sin()),
        ("dot(x, dot(hess(u), x))", -(slope**2) * phase.cos()),
    ):
        found = pdec.estimate(text, f, points, method=method, sigma=1e-3, samples=8)
        torch.testing.assert_close(found, exact, rtol=0.02, atol=0.02)


def test_a_matrix_makes_no_tensor_with_draws_and_a_matrix():
    text = "dim N = 60 space x in [0, 1]^N unknown u let C[i, j] = cos(i*x[j]) equation contract(C, hess(u)) = 0"
    loss = pdec.compile(pdec.loads(text), method="stein-chi", samples=8 * 16)
    points = torch.rand(20, 60)
    largest = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            largest.append(result.numel() if isinstance(result, torch.Tensor) else 0)
            return result

    with Watch():
        loss.residual(torch.nn.Linear(60, 1), points)
    assert max(largest) <= 8 * 16 * 20 * 60


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("factor", ["1", "3*t"])
def test_a_vector_of_equal_entries_is_a_direction(method, factor):
    """The slope along it is exact for a quadratic, whatever the draws: pairs are even."""
    points = torch.rand(4, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def f(p):
        return p[..., :5].square().sum(-1, keepdim=True) + p[..., :1]

    found = pdec.estimate(f"{factor}*sum(i, d(u, x[i]))", f, points, method=method, sigma=0.1, samples=64, time=True)
    expected = 2 * points[:, :5].sum(1) + 1
    torch.testing.assert_close(found, expected * (3 * points[:, 5] if "t" in factor else 1))
