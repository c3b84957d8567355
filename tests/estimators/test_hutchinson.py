"""Probes: unbiased against closed forms, as quiet as predicted, exact along all directions and along known ones."""

import dataclasses
import itertools
import math

import pytest
import torch
from analytic import Function, Power, Product, Wave
from checks import Functional, Setting, assert_unbiased, trace
from networks import network
from test_conformance import FUNCTIONALS, HIGH, IN_TIME, Spoiled

import pdec
from pdec.choice import prospect
from pdec.compiler import options_for
from pdec.estimators import LOWERINGS
from pdec.estimators import Setting as Given
from pdec.estimators.cost import MANY, Shape, cost
from pdec.estimators.forward import Bundle
from pdec.estimators.hutchinson import Hutchinson
from pdec.estimators.rules import Frame
from pdec.plan import plan
from pdec.plan import setting as setting_of
from pdec.runtime import jets
from pdec.runtime.jets import entered
from pdec.runtime.stein import directions
from pdec.training.network import Sin

NONE = 1e-9
"""A sigma for the closed forms that is next to no smoothing."""

SPACE = Setting(Function((Wave((1.3, 0.8, 0.5, 0.4, 0.2), -0.4),)), (0.5, 0.8, 0.2, 0.3, -0.6), NONE, samples=3)
TIME = Setting(Function((Wave((1.0, -0.8, 0.5, 1.2), -0.15),)), (0.2, -0.3, 0.1, 0.4), NONE, NONE, samples=3)
HIGHER = Setting(Function((Wave((0.9, 1.3, 0.2), 0.8),)), (0.1, 0.2, -0.4), NONE, samples=3, bias=0.03)


@pytest.mark.parametrize("functional", FUNCTIONALS, ids=lambda f: f.text)
def test_first_and_second_order(functional):
    assert_unbiased(functional, SPACE, "hutchinson")


@pytest.mark.parametrize("functional", IN_TIME, ids=lambda f: f.text)
def test_in_time(functional):
    assert_unbiased(functional, TIME, "hutchinson")


@pytest.mark.parametrize("functional", HIGH, ids=lambda f: f.text)
def test_third_and_fourth_order(functional):
    assert_unbiased(functional, HIGHER, "hutchinson")


@pytest.mark.parametrize("samples", [2, 9, 20, 2048])
@pytest.mark.parametrize("text", ["lap(u)", "bilap(u)", "u_x1x1 + lap(u)"])
def test_any_number_of_directions(samples, text):
    functional = next(
        (f for f in (*FUNCTIONALS, *HIGH) if f.text == text),
        Functional(text, lambda D, x, t, d: D(1, 1) + trace(D, d)),
    )
    square = Function((Product({0: Power(4)}), Product({1: Power(2), 2: Power(2)})))
    for f in (HIGHER.f, square):
        assert_unbiased(functional, dataclasses.replace(HIGHER, f=f, samples=samples), "hutchinson")


def test_one_dimension_has_no_directions_to_draw():
    f = Function((Wave((1.2,), 0.3),))
    points = torch.rand(4, 1, dtype=torch.float64)
    for text, order in (("lap(u)", 2), ("bilap(u)", 4)):
        found = pdec.estimate(text, f, points, method="hutchinson", samples=2)
        expected = 1.2**order * (1.2 * points[:, 0] + 0.3 + order * torch.pi / 2).cos()
        torch.testing.assert_close(found, expected)


SPOILERS = {
    "a weight too large by 2 %": lambda text: text.replace("N / len(omega)", "1.02 * N / len(omega)"),
    "a dimension too many": lambda text: text.replace("N / len(omega)", "(N + 0.1) / len(omega)"),
    "a direction too long": lambda text: text.replace("(omega, 2", "(1.01 * omega, 2"),
    "a direction too few": lambda text: text.replace("(omega, 2", "(omega[1:], 2"),
}


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_a_biased_estimator_is_caught(monkeypatch, spoiler):
    class Biased(Hutchinson):
        def write(self, derivatives, writer):
            super().write(derivatives, Spoiled(writer, SPOILERS[spoiler]))

    monkeypatch.setitem(LOWERINGS, spoiler, Biased())
    functional = next(f for f in FUNCTIONALS if f.text == "lap(u)")
    setting = dataclasses.replace(SPACE, samples=4, bias=0.015)
    assert_unbiased(functional, setting, "hutchinson")
    with pytest.raises(AssertionError, match="biased"):
        assert_unbiased(functional, setting, spoiler)


# --- networks


class Other(torch.nn.Module):
    def forward(self, points):
        return points.sin().prod(-1, keepdim=True)


NETWORKS = {
    "tanh": network(4, torch.nn.Tanh(), torch.nn.Tanh()),
    "others": network(4, torch.nn.GELU(), Sin(), torch.nn.SiLU(), torch.nn.Softplus()),
    "activations first": torch.nn.Sequential(torch.nn.Tanh(), *network(4, torch.nn.Sigmoid(), Sin())),
    "nested": torch.nn.Sequential(network(4, torch.nn.Tanh(), outputs=4), network(4, torch.nn.Tanh())),
    "something between": network(4, torch.nn.Tanh(), torch.nn.LayerNorm(6).double()),
    "another kind": Other(),
    "linear": network(4),
}
EQUATION = (
    "u_t + lap(u) + bilap(u) + u_x1 + d(u, x[1], 3) + d(u, x[2], 4) + u_x1x2 + lap(u_t) + dot(x, grad(u)) "
    "+ sum(i, x[i]^2*d(u, x[i], 2)) + dot(grad(u), dot(hess(u), grad(u))) = u"
)


def loss_of(equation=EQUATION, dim=3, **options):
    text = f"dim N = {dim} space x in [0, 1]^N time t in [0, 1] unknown u equation {equation}"
    return pdec.compile(pdec.loads(text), **options)


@pytest.mark.parametrize("kind", NETWORKS)
def test_jets_of_layers_are_those_of_the_whole(kind):
    """Layer by layer, with directions shared behind the first, or of a mere function: the same, gradients too."""
    net = NETWORKS[kind]
    loss = loss_of(method="hutchinson", samples=8, share=2)
    points = torch.rand(4, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64).requires_grad_()
    noise = loss.draw({"domain": points}, generator=torch.Generator().manual_seed(2))
    found = []
    for called in (net, lambda p: net(p)):
        value = loss.squares(called, {"domain": points}, noise=noise)["equation"]
        parameters = list(net.parameters()) or [points]
        found.append((value, *torch.autograd.grad(value.sum(), parameters, materialize_grads=True)))
    torch.testing.assert_close(found[0], found[1])


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("method", ["hutchinson", "taylor"])
def test_all_directions_are_exact(kind, method):
    """Whatever the network: its derivatives are those of stacked back-propagation."""
    net = NETWORKS[kind]
    points = torch.rand(4, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    text = EQUATION.replace("+ bilap(u) ", "")
    if kind == "something between":  # torch has wrong third derivatives of LayerNorm, by any method
        text = "u_t + lap(u) + u_x1x2 + dot(x, grad(u)) + sum(i, x[i]^2*d(u, x[i], 2)) = u"
    found = loss_of(text, method=method, samples=2048, accuracy=1e-3).residual(net, points)["equation"]
    torch.testing.assert_close(found, loss_of(text, method="autograd").residual(net, points)["equation"])


def test_several_unknowns():
    text = (
        "dim N = 3 space x in [0, 1]^N time t in [0, 1] unknown u, v: vector(N), s(t) "
        "equation u_t + div(v) = lap(u) equation v_t + u*grad(u) = lap(v) + d(s, t)*dot(v.grad, v)"
    ).replace("d(s, t)*dot(v.grad, v)", "s_t*v")
    problem = pdec.loads(text)
    points = torch.rand(5, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    net = network(4, torch.nn.Tanh(), outputs=problem.n_unknowns)
    exact = pdec.compile(problem, method="autograd").residual(net, points)
    whole = pdec.compile(problem, method="hutchinson", samples=64, accuracy=1e-3).residual(net, points)
    torch.testing.assert_close(whole, exact)
    probes = pdec.compile(problem, method="hutchinson", samples=4, share=1)
    many = {
        name: found.reshape(20_000, 5, -1).mean(0)
        for name, found in probes.residual(net, points.repeat(20_000, 1)).items()
    }
    for name, found in many.items():
        torch.testing.assert_close(found, exact[name].reshape(5, -1), rtol=0.02, atol=0.005)


def test_a_net_of_the_wrong_size_is_refused():
    loss = loss_of("lap(u) = 0", method="hutchinson", samples=4)
    for net in (network(4, torch.nn.Tanh(), outputs=2), lambda p: p[..., 0]):
        with pytest.raises(ValueError, match="net gave shape"):
            loss.residual(net, torch.rand(2, 4, dtype=torch.float64))


def test_no_tensor_of_draws_points_and_dimensions():
    """Directions go through the first layer before points have them: 4 frames for 64 points."""
    loss = loss_of("u_t = lap(u)", 500, method="hutchinson", samples=13)
    net = network(501, torch.nn.Tanh(), width=8)
    largest = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            largest.append(result.numel() if isinstance(result, torch.Tensor) else 0)
            return result

    points = torch.rand(64, 501, dtype=torch.float64)
    with Watch():
        loss.residual(net, points)
    assert max(largest) <= 64 * 501
    assert not points.requires_grad


# --- what is planned


def planned(text, dim=10, **options):
    problem = pdec.loads(f"dim N = {dim} space x in [0, 1]^N time t in [0, 1] unknown u equation {text} = 0")
    chosen = options_for(problem, {"method": "hutchinson", **options})
    made = plan(problem, chosen)
    draws = made.lowering.draws(made.sections[0].derivatives, setting_of(problem, chosen, "domain"))
    return prospect(problem, made, chosen).outlooks[0], draws[0][1] if draws else 0


@pytest.mark.parametrize(
    ("text", "options", "count", "rows"),
    [
        ("lap(u)", {"samples": 2}, 1, 3),  # one direction at least: the value, a slope, the sum
        ("lap(u)", {"samples": 6}, 4, 6),
        ("u_t - lap(u)", {"samples": 19, "dim": 100}, 17, 19),  # u_t comes with the sum
        ("u_t^2 - lap(u)", {"samples": 19, "dim": 100}, 16, 19),
        ("bilap(u)", {"samples": 14}, 4, 14),
        ("lap(u) + bilap(u)", {"samples": 19}, 4, 19),
        ("sum(i, x[i]^2*d(u, x[i], 2))", {"samples": 6}, 4, 6),
        ("sum(i, sum(j, x[i]*(x[j] + i)*d(u, x[i], x[j])))", {"samples": 10}, 4, 10),
        ("lap(u)", {"dim": 100}, 14, 16),  # as quiet as 0.35
        ("lap(u)", {"dim": 100, "accuracy": 0.1}, 67, 69),
        ("lap(u)", {"samples": 12}, 0, 2),  # all ten, beside these
        ("u_t + u_x1x1 + u_x1", {"samples": 2}, 0, 4),
        ("|grad(u)|^2", {"samples": 2}, 0, 1),
    ],
)
def test_decisions(text, options, count, rows):
    outlook, drawn = planned(text, **options)
    assert drawn == count
    assert outlook.evaluations == rows


def test_directions_scaled_at_each_point_go_through_the_first_layer_there():
    """Those that are the same for neighbours do so once for all of these, and constant ones once for all points."""
    shared, scaled = (planned(text, samples=6, share=4)[0].first for text in ("lap(u)", "sum(i, x[i]^2*d(u, x[i], 2))"))
    assert (shared, scaled) == (1 + 4 / 4, 1 + 4)
    for text, own in (("lap(u)", 0), ("sum(i, i*d(u, x[i], 2))", 0), ("sum(i, x[i]^2*d(u, x[i], 2))", 10)):
        assert planned(text, samples=12)[0].own == own


def test_slopes_in_a_type_of_half_the_size_cost_less_where_they_are_many():
    each = {slopes: planned("lap(u)", dim=100, samples=18, slopes=slopes)[0] for slopes in ("auto", "same")}
    assert (each["auto"].narrow, each["same"].narrow) == (16, 0)
    steps = [
        [cost([(points, each[slopes])], Shape(101, 1, 256, 4), "float32", 101).step for points in (10, 100)]
        for slopes in ("auto", "same")
    ]
    assert steps[0][0] == steps[1][0]
    assert steps[0][1] < 0.7 * steps[1][1]
    # behind one hidden layer there is nothing to multiply
    low, full = (cost([(100, each[s])], Shape(101, 1, 256, 2), "float32", 101).step for s in ("auto", "same"))
    assert low == full
    assert MANY == jets.MANY


@pytest.mark.parametrize("text", ["lap(u)", "bilap(u)", "lap(u) + bilap(u)"])
def test_more_samples_are_not_noisier(text):
    noise = [planned(text, samples=2**k)[0].deviation for k in range(1, 11)]
    assert all(after <= before for before, after in itertools.pairwise(noise))


@pytest.mark.parametrize("order", [2, 4])
@pytest.mark.parametrize(("dim", "count"), [(3, 1), (3, 3), (3, 6), (30, 7)])
def test_the_deviation_is_that_of_a_wave(order, dim, count):
    generator = torch.Generator().manual_seed(0)
    w = torch.nn.functional.normalize(torch.randn(dim, generator=generator, dtype=torch.float64), dim=0)
    points = torch.zeros(40_000, dim, dtype=torch.float64)
    omega = directions(points, generator, count, dim)
    mean = math.prod((dim + k) / (k + 1) for k in range(0, order, 2))
    found = float((mean * (omega @ w) ** order).mean(0).std())
    setting = Given(dim, False, 1, 1, 16)
    assert found == pytest.approx(
        LOWERINGS["hutchinson"].deviation(Bundle(Frame(), order), count, setting), rel=0.05, abs=1e-9
    )


@pytest.mark.parametrize(("dim", "samples"), [(5, 4), (30, 3), (30, 21), (100, 33)])
def test_predicted_deviations_come_true(dim, samples):
    """Within a factor 2, in units of |H|, for a network."""
    torch.manual_seed(dim)
    net = torch.nn.Sequential(torch.nn.Linear(dim, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    point = torch.rand(dim)
    hessian = torch.func.hessian(lambda p: net(p)[0])(point)
    with torch.no_grad():
        found = pdec.estimate("lap(u)", net, point.expand(32_000, dim), method="hutchinson", samples=samples)
    predicted = planned("lap(u)", dim=dim, samples=samples)[0].deviation
    assert 0.5 < predicted / float(found.double().std() / hessian.norm()) < 2


def test_a_periodic_problem_is_trained():
    text = "space x in [0, 1] time t in [0, 1] unknown u equation u_t = u_xx + u*u_x initial u = 0 periodic x"
    few = {"steps": 2, "width": 8, "depth": 3, "points": 6, "test_points": 20}
    solution = pdec.solve(pdec.loads(text), method="hutchinson", **few).solution
    assert solution.metrics.residuals["equation"] is not None


@pytest.mark.parametrize("width", [3, 9])
@pytest.mark.parametrize("dependent", [False, True])
def test_all_directions_behind_the_first_layer(width, dependent):
    """W Wᵀ and its derivative, whatever the rows of W."""
    torch.manual_seed(0)
    first = torch.nn.Linear(7, width).double()
    if dependent:
        with torch.no_grad():
            first.weight[1] = first.weight[0]
    rows = entered(first, 6)[:, 0]
    weight = first.weight[:, :6]
    torch.testing.assert_close(rows.T @ rows, weight @ weight.T)
    mix = torch.randn(width, width, dtype=torch.float64)
    found, expected = (
        torch.autograd.grad((mix * square).sum(), first.weight, retain_graph=True)[0]
        for square in (rows.T @ rows, weight @ weight.T)
    )
    torch.testing.assert_close(found, expected)


def test_the_direction_of_the_point_itself_costs_no_pass_of_the_first_layer():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(5, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
    points = torch.rand(3, 5, dtype=torch.float64)
    for method in ("hutchinson", "taylor"):
        found = pdec.estimate("dot(x, grad(u)) + 2*dot(x, dot(hess(u), x))", net, points, method=method)
        exact = pdec.estimate("dot(x, grad(u)) + 2*dot(x, dot(hess(u), x))", net, points, method="autograd")
        torch.testing.assert_close(found, exact)


def test_unbiased_losses():
    """By directions that factors do not share; with one for all, squares are too large."""
    net = network(8, torch.nn.Tanh())
    problem = pdec.loads("dim N = 8 space x in [0, 1]^N unknown u equation lap(u) + lap(u)*u = 0")
    points = torch.rand(5, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    many = {"domain": points.repeat(4000, 1)}
    exact = float(pdec.compile(problem, method="taylor").terms(net, {"domain": points})["equation"])
    away = {}
    for unbiased in ("no", "yes"):
        loss = pdec.compile(problem, method="hutchinson", samples=18, unbiased=unbiased, share=1, accuracy=9.0)
        squares = loss.squares(net, many, generator=torch.Generator().manual_seed(0))["equation"]
        means = squares.detach().reshape(4000, 5).mean(1)
        away[unbiased] = abs(float(means.mean()) - exact) / float(means.std()) * math.sqrt(len(means))
    assert away["yes"] < 4
    assert away["no"] > 10
