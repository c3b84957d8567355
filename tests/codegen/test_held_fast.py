"""Unknowns of fewer coordinates: the network with the other coordinates held fast, for every method."""

import math

import pytest
import torch

import pdec
import pdec.symbolic.prove
from pdec.estimators import LOWERINGS

torch.set_num_threads(1)

HEAT = "space x in [0, 2] time t in [3, 5] unknown u, {} equation u_t = u_xx + q + q_x*u_x + u*q_xx "
FRONT = "dim N = 3 space x in [0, 1]^N time t in [0, 1] unknown {}, u equation u_t = lap(u) + s_t*u + s*u "
PLANE = "space (x, y, z) in [0, 1]*[0, 2]*[0, 4] unknown u, {} equation lap(u) + k[1]*u_z = k_x[1]*k_yy[2] "
WAVE = "space x in [-1, 3] time t in [0, 1] unknown {} equation i*h_xx + |h|^2*h = 0 "

# The file with an unknown of all coordinates and of some, columns of that unknown, and what is held fast where.
CASES = {
    "q(x)": (HEAT, "q", "q(x)", [1], {1: 3.0}),
    "s(t)": (FRONT, "s", "s(t)", [0], {0: 0.5, 1: 0.5, 2: 0.5}),
    "k(x, y)": (PLANE, "k: vector(2)", "k(x, y): vector(2)", [1, 2], {2: 2.0}),
    "h(x)": (WAVE, "h: complex", "h(x): complex", [0, 1], {1: 0.0}),
    "s(x2, t)": (FRONT, "s", "s(x2, t)", [0], {0: 0.5, 2: 0.5}),
}


def smooth(n_coords, n_unknowns):
    generator = torch.Generator().manual_seed(3)
    w = torch.randn(n_coords, 8, generator=generator, dtype=torch.float64) / n_coords**0.5
    v = torch.randn(8, n_unknowns, generator=generator, dtype=torch.float64)
    return lambda x: torch.tanh(x @ w) @ v


def held_fast(net, columns, places):
    """The function of all coordinates that a network stands for: some columns of it with coordinates held fast."""

    def function(x):
        there = torch.stack([torch.full_like(x[..., k], places.get(k, 0)) for k in range(x.shape[-1])], dim=-1)
        moved = torch.where(torch.tensor([k in places for k in range(x.shape[-1])]), there, x)
        values, other = net(x), net(moved)
        return torch.stack([(other if k in columns else values)[..., k] for k in range(values.shape[-1])], dim=-1)

    return function


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("method", LOWERINGS)
def test_the_residual_is_that_of_the_network_with_coordinates_held_fast(name, method):
    text, whole, part, columns, places = CASES[name]
    options = {"method": method, "sigma": 0.3, "samples": 8}
    every, some = (pdec.compile(pdec.loads(text.format(unknown)), **options) for unknown in (whole, part))
    batch = every.sample(generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    net = smooth(every.problem.n_coords, every.problem.n_unknowns)
    noise = every.draw(batch, generator=torch.Generator().manual_seed(1))
    given = None if noise is None else noise["domain"]
    wanted = every.module.residual(held_fast(net, columns, places), batch["domain"], noise=given)
    found = some.module.residual(net, batch["domain"], noise=given)
    for label, values in wanted.items():
        torch.testing.assert_close(found[label], values, rtol=1e-10, atol=1e-9)
        assert values.abs().max() > 1e-2


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("method", LOWERINGS)
def test_a_solution_does_not_depend_on_the_other_coordinates(name, method):
    text, _, part, columns, places = CASES[name]
    loss = pdec.compile(pdec.loads(text.format(part)), method=method, samples=4)
    points = loss.points(5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    net = smooth(loss.problem.n_coords, loss.problem.n_unknowns)
    moved = points.clone()
    moved[:, list(places)] += 0.1
    first, second = (
        loss.solution(net, x, samples=2, generator=torch.Generator().manual_seed(1))[:, columns]
        for x in (points, moved)
    )
    assert torch.equal(first, second)
    moved[:, [k for k in range(points.shape[1]) if k not in places]] += 0.1
    assert not torch.isclose(loss.solution(net, moved)[:, columns], first).any()


@pytest.mark.parametrize("method", LOWERINGS)
def test_estimates_have_no_bias(method):
    """Of sin(a·x + b·t + c) with t held fast the smoothing sees x alone."""
    sigma, a, b, c = 0.3, 1.3, 0.9, 0.4
    text = "space x in [0, 2] time t in [3, 5] unknown u, q(x) equation u_t + u + q_xx + 3*q = 0"
    loss = pdec.compile(pdec.loads(text), method=method, sigma=sigma, samples=4000)
    x = torch.tensor([[0.7, 3.5], [1.1, 4.5]], dtype=torch.float64)
    s = sigma if LOWERINGS[method].smoothed else 0.0

    def net(x):
        return torch.stack([0 * x[..., 0], (a * x[..., 0] + b * x[..., 1] + c).sin()], dim=-1)

    runs = [loss.residual(net, x, generator=torch.Generator().manual_seed(k))["equation"] for k in range(30)]
    found = torch.stack(runs)
    wanted = (3 - a**2) * math.exp(-((a * s) ** 2) / 2) * (a * x[:, 0] + b * 3 + c).sin()
    slack = 0.02 if method == "stein-radial" else 0.005
    assert ((found.mean(0) - wanted).abs() < 4 * found.std(0) / 30**0.5 + slack * wanted.abs()).all()


def test_one_call_of_the_network_for_all_unknowns():
    calls = []

    def net(x):
        calls.append(tuple(x.shape))
        return torch.stack([x.sum(-1).sin(), x.sum(-1).cos()], dim=-1)

    text = HEAT.format("q(x)") + "boundary edge: q = 0 on x = 0 boundary u = q on x = 2 initial u = 0"
    loss = pdec.compile(pdec.loads(text), method="stein-antithetic", samples=8, points=5)
    batch = loss.sample(generator=torch.Generator().manual_seed(0))
    loss.terms(net, batch)
    assert calls == [(18, 5, 2), (8, 5, 2), (16, 5, 2), (8, 5, 2)]
    source = loss.source
    assert source.count("def only_x(") == source.count("def fields(") == 1
    assert "only_x" not in pdec.compile(pdec.loads(HEAT.format("q")), samples=4).source


def test_a_hard_condition_on_an_unknown_of_fewer_coordinates():
    text = HEAT.format("q(x)") + "hard boundary q = x hard initial u = x"
    loss = pdec.compile(pdec.loads(text), method="stein-chi", samples=4)
    points = torch.tensor([[0.0, 3.0], [2.0, 3.0], [0.7, 3.0]], dtype=torch.float64)
    found = loss.solution(smooth(2, 2), points)
    assert torch.equal(found[:, 0], points[:, 0])
    assert torch.equal(found[:2, 1], points[:2, 0])
    assert found[2, 1] != 0.7


def test_places_and_means():
    text = "space (x, y) in [0, 1]^2 time t in [0, 2] unknown u, s(t), k(x) "
    text += "equation u*s(t/2) + mean(k*u)*k(y) + k(x + 1)*s(0) = {} exact u = x*y exact s = t^2 exact k = x"
    value = "x*y*t^2/4 + y/6"
    verdicts = pdec.symbolic.prove.prove(pdec.loads(text.format(value)))
    assert [verdict.status for verdict in verdicts] == ["proved"] or verdicts[0].status == "holds"
    loss = pdec.compile(pdec.loads(text.format(value)), method="autograd")
    points = loss.points(20, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def exact(p):
        x, y, t = p.unbind(-1)
        return torch.stack([x * y, t**2, x], dim=-1)

    assert loss.residual(exact, points)["equation"].abs().max() < 1e-12


def test_in_many_dimensions():
    text = "dim N = 10000 space x in ball(N) time t in [0, 1] unknown u, s(t) equation u_t = s*lap(u) + s_t"
    loss = pdec.compile(pdec.loads(text), method="stein-chi", samples=4, points=2)
    batch = loss.sample(generator=torch.Generator().manual_seed(0))
    net = torch.nn.Linear(10001, 2)
    loss(net, batch).backward()
    assert net.weight.grad[1, -1] != 0
    assert len(loss.source) < 13_000


@pytest.mark.parametrize("rows", [3, 800])
def test_data_without_the_other_coordinates(rows, tmp_path):
    """Few rows stand in the module; many are read from the file."""
    lines = [f"{k / rows},{k / rows + 1}" for k in range(rows)]
    (tmp_path / "q.csv").write_text("\n".join(["x,q", *lines]))
    text = HEAT.format("q(x)") + 'data q = "q.csv"'
    problem = pdec.loads(text, folder=tmp_path)
    loss = pdec.compile(problem, method="autograd", points=10_000)
    assert ("read_columns(" in loss.source) == (rows > 500)
    points = loss.sample(dtype=torch.float64)["data"]
    assert points.shape == (rows, 3)
    found = loss.condition("data", lambda p: torch.stack([0 * p[..., 0], 2 + p[..., 0]], dim=-1), points)
    torch.testing.assert_close(found, torch.ones(rows, dtype=torch.float64))


def test_data_of_a_mean_have_a_column_for_time_alone(tmp_path):
    (tmp_path / "m.csv").write_text("t,m\n3,1\n4,2\n")
    text = 'space x in [0, 2] time t in [3, 5] unknown u equation u_t = u_xx data mean(u) = "m.csv" column m'
    loss = pdec.compile(pdec.loads(text, folder=tmp_path), method="autograd")
    points = loss.sample(dtype=torch.float64)["data"]
    found = loss.condition("data", lambda p: p[..., :1] * p[..., 1:], points)
    torch.testing.assert_close(found, torch.tensor([2.0, 2.0], dtype=torch.float64))


def test_training_finds_an_unknown_of_fewer_coordinates():
    text = (
        "space x in [0, 1] time t in [0, 1] unknown u, q(x) equation u_t = q initial u = 0 terminal u = x exact u = x*t"
    )
    solution = pdec.solve(
        pdec.loads(text + " exact q = x"), steps=300, points=32, width=16, lr=1e-2, method="stein-chi", samples=8
    ).solution
    assert solution.errors["q"]["l2"] < 0.1
    assert solution.residuals["equation"] < 0.1
