"""Laws of points along a diffusion, against the moments of the law: five standard errors, fixed seeds."""

import math
import random

import pytest
import torch

import pdec
from pdec.symbolic.points import points_of

N = 40_000
TIME = "time t in [1, 3] unknown u equation u_t = lap(u) terminal u = 1 initial u = 0 "


def samples(text, seed=0, points=N, **options):
    """Space coordinates (n, dim) and elapsed times (n,) at equations, and the coordinates at both ends."""
    loss = pdec.compile(pdec.loads(text), method="autograd", points=points, **options)
    batch = loss.sample(generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    assert (batch["terminal"][:, -1] == 3).all()
    assert (batch["initial"][:, -1] == 1).all()
    domain = batch["domain"]
    return domain[:, :-1], domain[:, -1] - 1, batch["initial"][:, :-1], batch["terminal"][:, :-1]


def assert_mean(values, expected):
    assert abs(values.mean() - expected) < 5 * values.std() / len(values) ** 0.5 + 1e-12


def law(text, dim=2):
    return f"space x in R^{dim} ~ {text} {TIME}"


@pytest.mark.parametrize("dim", [1, 3])
def test_brownian_motion_with_drift(dim):
    x, t, first, last = samples(law("sde(-2, 1/2, start=3)", dim))
    assert (first == 3).all()
    for k in {0, dim - 1}:
        assert_mean(last[:, k], 3 - 4)
        assert_mean((last[:, k] + 1) ** 2, 2 / 4)
        assert_mean((last[:, k] + 1) ** 4, 3 * (2 / 4) ** 2)
        normal = (x[:, k] - 3 + 2 * t) / t.sqrt()
        assert_mean(normal, 0)
        assert_mean(normal**2, 1 / 4)
    if dim > 1:
        assert_mean((last[:, 0] + 1) * (last[:, 1] + 1), 0)


def test_vectors_and_matrices():
    *_, first, last = samples(law("sde([1, -1], [0.5, 2], start=[5, -5])"))
    assert (first == torch.tensor([5.0, -5.0])).all()
    assert_mean(last[:, 1], -5 - 2)
    assert_mean((last[:, 0] - 7) ** 2, 0.5)
    assert_mean((last[:, 1] + 7) ** 2, 8)
    text = f"let L[i, j] = i + j - 1 {law('sde(0, L)')}"
    *_, last = samples(text)
    # L = [[1, 2], [2, 3]], L L^T = [[5, 8], [8, 13]]
    assert_mean(last[:, 0] ** 2, 10)
    assert_mean(last[:, 0] * last[:, 1], 16)
    assert_mean(last[:, 1] ** 2, 26)


def test_a_random_start():
    x, t, first, last = samples(law("sde(0, sqrt(2), start=normal(0, 1))"))
    assert_mean(first[:, 0] ** 2, 1)
    assert_mean(last[:, 1] ** 2, 5)
    assert_mean(x[:, 0] ** 2 / (1 + 2 * t), 1)
    assert_mean(x[:, 0] ** 4 / (1 + 2 * t) ** 2, 3)


def test_geometric_brownian_motion():
    x, t, first, last = samples(law("sde(0.1*x, 0.3*x, start=100)"))
    assert (first == 100).all()
    assert_mean(last[:, 0], 100 * math.exp(0.2))
    assert_mean(last[:, 1] ** 2, 1e4 * math.exp(0.4 + 0.18))
    assert_mean((x[:, 0] / 100).log() / t.sqrt() - (0.1 - 0.045) * t.sqrt(), 0)
    assert (x > 0).all()
    for factor in ("-1/2", "-0.5", "-1"):
        *_, last = samples(law(f"sde(0.1*x, {factor}*x, start=100)"))
        assert_mean(last[:, 0], 100 * math.exp(0.2))
    # one coordinate that is a number; correlation through a matrix
    *_, last = samples(f"space S in R ~ sde(0.1*S, 0.3*S, start=100) {TIME}".replace("lap(u)", "u_SS"))
    assert_mean(last[:, 0], 100 * math.exp(0.2))
    assert (last > 0).all()
    text = f"let L[i, j] = (i + j - 1)*x[i]/10 {law('sde(0, L, start=1)')}"
    *_, last = samples(text)
    assert_mean(last[:, 0], 1)
    assert_mean(last[:, 0] * last[:, 1], math.exp(2 * 0.08))


def test_euler_maruyama():
    source = pdec.compile(pdec.loads(law("sde(-x, 1, start=2, steps=50)")), method="autograd").source
    assert "for k in range(50)" in source
    *_, last = samples(law("sde(-x, 1, start=2, steps=50)"))
    step = 2 / 50  # of the recursion x + (-x)·h + √h·z itself
    shrunk = (1 - step) ** 50
    assert_mean(last[:, 0], 2 * shrunk)
    assert_mean((last[:, 0] - 2 * shrunk) ** 2, step * (1 - shrunk**2) / (1 - (1 - step) ** 2))
    *_, last = samples(law("sde(0, t, start=0, steps=4)"))  # Σ (1 + k/2)²/2, k = 0 … 3
    assert_mean(last[:, 0] ** 2, sum((1 + k / 2) ** 2 / 2 for k in range(4)))
    *_, last = samples(law("sde(|x|^2, 0*t + 1, steps=1)"))
    assert_mean(last[:, 0], 0)


def test_normal_laws_of_vectors():
    text = "let c[i] = i {}let s[i] = 1/i space x in R^3 ~ normal({}) unknown u equation lap(u) = 0"
    for arguments, mean, std in (("c, s", 3, 1 / 3), ("c, 2", 3, 2), ("[1, 2, 4], [1, 1, 5]", 4, 5)):
        loss = pdec.compile(pdec.loads(text.format("", arguments)), method="autograd")
        x = loss.points(N, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        assert x.shape == (N, 3)
        assert_mean(x[:, 2], mean)
        assert_mean((x[:, 2] - mean) ** 2, std**2)
    loss = pdec.compile(pdec.loads("space x in R^2 ~ uniform(2, 5) unknown u equation lap(u) = 0"), method="autograd")
    x = loss.points(N, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert x.min() >= 2
    assert_mean(x[:, 0], 3.5)
    assert_mean((x[:, 1] - 3.5) ** 2, 9 / 12)


def test_random_parameters_places_and_many_dimensions():
    text = "dim N = 10000 param c: vector(N) ~ normal(1, 0.1, seed=1) space x in R^N ~ sde(c, 0.1*c, start=c) "
    loss = pdec.compile(pdec.loads(f"{text} {TIME} boundary u = 1 on x[3] = 7"), method="autograd", points=20)
    batch = loss.sample(generator=torch.Generator().manual_seed(0))
    assert batch["terminal"].shape == (20, 10_001)
    assert torch.allclose(batch["initial"][:, :-1].double(), loss.module.c, atol=1e-6)
    assert (batch["boundary"][:, 2] == 7).all()
    assert (batch["boundary"][:, 3] != 7).all()


def test_the_compiler_draws_from_about_the_same_law():
    problem = pdec.loads(law("sde(0.1*x, 0.3*x, start=100)"))
    points = points_of(problem, None, 2, random.Random(1))
    drawn = torch.tensor([[*x, t] for (x, t), _ in zip(points, range(4000))], dtype=torch.float64)
    assert_mean((drawn[:, 0] / 100).log(), 0.055)
    (terminal,) = [c for c in problem.conditions if c.kind == "terminal"]
    assert next(points_of(problem, terminal, 2, random.Random(1)))[1] == 3
    problem = pdec.loads("let c[i] = i space x in R^2 ~ normal(c, 0.1) unknown u equation lap(u) = 0")
    x, _ = next(points_of(problem, None, 2, random.Random(1)))
    assert x == pytest.approx([1, 2], abs=0.6)


def test_names_of_the_file_do_not_meet_those_of_the_module():
    names = "size = 1, growth = 2, state = 3, k = 4, follow = 5, noise = 6, n = 7, times = 8, start = 9, step = 10"
    text = "dim points = 2 param {} space x in R^points ~ sde(size*growth, {}, start=n, steps=2) {}"
    spread = "state + k + follow + noise + times + start + step"
    for motion in (spread, f"({spread})*(1 + 0*t)", f"({spread})*x"):
        *_, first, last = samples(text.format(names, motion, TIME), points=N if "x" not in motion else 10)
        assert (first == 7).all()
        if "x" not in motion:
            assert_mean(last[:, 0], 7 + 4)
            assert_mean((last[:, 0] - 11) ** 2, 2 * 45**2)
    loss = pdec.compile(pdec.loads(f"dim n = 2 space x in [0, 1]^n - ball(n, radius=0.1) {TIME}"), method="autograd")
    assert loss.sample()["domain"].shape == (100, 3)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_points_have_the_dtype_that_is_asked_for(dtype):
    loss = pdec.compile(pdec.loads(law("sde(-x, [1, 2], start=normal(0, 1))")), method="autograd", dtype=dtype)
    assert {str(x.dtype) for x in loss.sample().values()} == {f"torch.{dtype}"}


def test_a_law_without_points_in_very_many_dimensions():
    """Not seen at once, where a point costs too much to be tried; nothing waits for one for ever."""
    text = f"dim N = 60000 space x in R^N ~ sde(-x, sqrt(1 - |x|^2), start=normal(0, 2)) {TIME}"
    problem = pdec.loads(text)
    assert not list(points_of(problem, None, problem.dim, random.Random(0)))


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        (2, "sde(0, where(|x|^2 < 1, 1, 2), start=1/sqrt(2))"),  # on a seam, to rounding
        (1000, "sde(0, 1/(1 + exp(|x|^2)), start=normal(0, 1))"),  # 1/inf
        (3, "sde(0, x*exp(-1/|x|^2), start=0)"),  # exp(-inf)
    ],
)
def test_laws_that_have_values_in_torch_alone(dim, text):
    x, *_ = samples(law(text, dim), points=10)
    assert x.isfinite().all()
