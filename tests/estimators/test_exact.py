"""The autograd lowering: exact to the last digits, differentiable, and usable where gradients are off."""

import math

import pytest
import torch
from analytic import Function, Power, Product, Wave
from checks import Functional, over, trace
from networks import network
from test_conformance import FUNCTIONALS, HIGH

import pdec
from pdec.estimators import LOWERINGS
from pdec.training.network import Sin

W = (0.7, -0.4, 0.9)

EXACT = [name for name, lowering in LOWERINGS.items() if not lowering.smoothed and not lowering.drawn]


def wave(points):
    return (points @ torch.tensor(W, dtype=points.dtype) + 0.3).cos()[..., None]


def derivative(points):
    """D(*axes) of the wave, by hand."""

    def value(*axes):
        factor = math.prod(W[axis - 1] for axis in axes)
        phase = points @ torch.tensor(W, dtype=points.dtype) + 0.3
        return factor * (phase + torch.pi / 2 * len(axes)).cos()

    return value


@pytest.fixture
def points():
    return torch.rand(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


NONLINEAR = [
    Functional("dot(grad(u), dot(hess(u), grad(u)))",
               lambda D, x, t, d: sum(D(i) * D(i, j) * D(j) for i in over(d) for j in over(d))),
    Functional("lap(u^3)", lambda D, x, t, d: sum(6 * D() * D(i) ** 2 + 3 * D() ** 2 * D(i, i) for i in over(d))),
    Functional("exp(u)*|grad(u)|^2", lambda D, x, t, d: D().exp() * sum(D(i) ** 2 for i in over(d))),
]  # fmt: skip


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize("functional", [*FUNCTIONALS, *HIGH, *NONLINEAR], ids=lambda f: f.text)
def test_equals_the_closed_form(functional, points, method):
    found = pdec.estimate(functional.text, wave, points, method=method)
    expected = functional.value(derivative(points), points.unbind(1), None, 3)
    expected = torch.stack(expected, dim=1) if isinstance(expected, list) else expected
    torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    "text", ["lap(u)", "bilap(u)", "u_x1x2", "sum(i, d(u, x[i], 3))", "contract(hess(u), hess(u))"]
)
def test_a_linear_function_has_no_second_derivative(text, points):
    linear = torch.nn.Linear(3, 1).double()
    for method in EXACT:
        assert (pdec.estimate(text, linear, points, method=method) == 0).all()
        assert (pdec.estimate(text, torch.nn.Sequential(linear), points, method=method) == 0).all()
        assert (pdec.estimate(text, lambda p: torch.ones_like(p[..., :1]), points, method=method) == 0).all()


@pytest.mark.parametrize("method", [*EXACT, "stein-antithetic"])
def test_the_gradient_by_points_flows(method, points):
    points.requires_grad_()
    value = pdec.estimate("u*u_x1", wave, points, method=method, sigma=0.1, samples=4)
    (gradient,) = torch.autograd.grad(value.sum(), points)
    assert (gradient != 0).all()
    assert points.grad is None
    if method in EXACT:
        D = derivative(points.detach())
        expected = torch.stack([D(i) * D(1) + D() * D(1, i) for i in (1, 2, 3)], dim=1)
        torch.testing.assert_close(gradient, expected)


@pytest.mark.parametrize("method", EXACT)
def test_works_where_gradients_are_off(points, method):
    with torch.no_grad():
        found = pdec.estimate("lap(u)", wave, points, method=method)
    torch.testing.assert_close(found, trace(derivative(points), 3))
    assert not points.requires_grad


def test_points_that_do_not_ask_for_gradients_are_left_alone(points):
    pdec.estimate("lap(u)", wave, points, method="autograd")
    assert not points.requires_grad
    assert points.grad is None


def test_smoothing_goes_to_the_exact_value():
    """The closed forms of the conformance suite, for vanishing sigma, are the derivatives that autograd gives."""
    f = Function((Wave((0.5, 0.8), 0.1), Product({0: Power(3), 1: Power(2)})))
    point = torch.tensor([[0.4, 0.6]], dtype=torch.float64)
    for text, columns in (("u_x1x1x2", [0, 0, 1]), ("d(u, x[1], 3)", [0, 0, 0]), ("lap(u)", None)):
        found = float(pdec.estimate(text, f, point, method="autograd"))
        wanted = [columns] if columns else [[0, 0], [1, 1]]
        assert found == pytest.approx(sum(f.smoothed((0.4, 0.6), [0.0, 0.0], c) for c in wanted))


class Residual(torch.nn.Module):
    """A network of another kind."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, points):
        return self.net(points) + points.sin().sum(-1, keepdim=True)


NETWORKS = {
    "more neurons than dimensions": network(6, torch.nn.Tanh(), torch.nn.Tanh(), width=9),
    "fewer neurons": network(6, torch.nn.Tanh(), torch.nn.Tanh(), torch.nn.Tanh(), width=3),
    "other activations": network(6, torch.nn.GELU(), Sin(), torch.nn.SiLU(), torch.nn.Softplus(), width=4),
    "two activations": torch.nn.Sequential(torch.nn.Tanh(), *network(6, torch.nn.Tanh(), Sin(), width=8)),
    "something between": network(6, torch.nn.Tanh(), torch.nn.LayerNorm(8).double(), width=8),
    "another kind": Residual(network(6, torch.nn.Tanh(), width=4)),
}


@pytest.mark.parametrize("kind", NETWORKS)
def test_exact_methods_agree_on_networks_and_their_gradients(kind):
    """A forward pass with slopes gives what stacked back-propagation gives, the derivatives by the weights included."""
    net = NETWORKS[kind]
    text = "dim N = 5 space x in [0, 1]^N time t in [0, 1] unknown u equation u_t = lap(u) + u*|grad(u)|^2"
    points = torch.rand(4, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = {}
    for method in EXACT:
        loss = pdec.compile(pdec.loads(text), method=method)
        residual = loss.residual(net, points)["equation"]
        found[method] = residual, *torch.autograd.grad(residual.square().sum(), list(net.parameters()))
    for other in EXACT[1:]:
        torch.testing.assert_close(found[other], found[EXACT[0]])


def test_the_laplacian_of_one_of_two_unknowns():
    text = "dim N = 5 space x in [0, 1]^N unknown u, v: vector(2) equation lap(v) = [u, lap(u)]"
    points = torch.rand(4, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    net = network(5, torch.nn.Tanh(), outputs=3, width=4)
    one, other = (pdec.compile(pdec.loads(text), method=m).residual(net, points)["equation"] for m in EXACT)
    torch.testing.assert_close(one, other)


def test_a_forward_pass_has_as_many_directions_as_neurons():
    """In a thousand dimensions, with four neurons, nothing has a thousand rows for each point."""
    loss = pdec.compile(pdec.loads("dim N = 1000 space x in [0, 1]^N unknown u equation lap(u) = 0"), method="taylor")
    largest = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            largest.append(result.numel() if isinstance(result, torch.Tensor) else 0)
            return result

    with Watch():
        loss.residual(network(1000, torch.nn.Tanh(), width=4), torch.rand(50, 1000, dtype=torch.float64))
    assert max(largest) == 50 * 1000
