"""Integrals, means, jumps and delays against closed forms: solved by the exact solution, refuted by another one."""

import math

import pytest
import torch

import pdec
from pdec.options import OptionError
from pdec.symbolic.prove import prove

torch.set_num_threads(1)

LINE = "space x in [0, 2] unknown u "
SQUARE = "space (x, y) in [0, 1]*[0, 2] unknown u "
MOVING = "space x in [0, 1] time t in [0, 2] unknown u "
MANY = "dim N = {} space x in [-1, 1]^N time t in [0, 1] unknown u "
PROBLEMS = {
    "volterra": LINE + "equation u_x + u - integral(s in 0..x, exp(s - x)*u(s)) = 0 exact u = exp(-x)*cosh(x)",
    "fredholm": LINE + "equation u = x + integral(s in 0..1, x*s*u(s)) exact u = 3/2*x",
    "nonlinear": LINE + "equation u = 2/3*x + integral(s in 0..1, x*(u(s)^2 + u*u_x(s)*s)) - x^2/2 exact u = x",
    "domain": LINE + "equation u = 2*integral(y in domain, cos(pi*(x - y))*u(y))/2 exact u = cos(pi*x)",
    "delay": MOVING + "equation u_t = -u(x, t - pi/2) exact u = (1 + x)*sin(t)",
    "history": MOVING + "equation u_t = u - integral(s in t-1..t, exp(t - s)*u_t(x, s)) + exp(t) exact u = exp(t)",
    "vector": "space (x, y) in [0, 1]^2 unknown v: vector(2) equation div(v) = dot(v(y, x), [1, -1]) - y^2 + 3*x + 1 "
    "exact v = [x^2, y]",
    "initial value": MOVING + "equation u_t = u(t=0)*exp(t) exact u = (1 + x^2)*exp(t)",
    "jump": MOVING + "equation u_t = u_xx/2 + E[z ~ normal()] (u(x + z, t) - u) exact u = exp(x + (exp(1/2) - 1/2)*t)",
    "jump in two dimensions": MANY.format(2) + "equation u_t = lap(u)/2 + 3*E[z ~ normal(N)] (u(x + z, t) - u) "
    "exact u = cos(x[1] + x[2])*exp((-1 + 3*(exp(-1) - 1))*t)",
    "gradient under the jump": MANY.format(2) + "equation dot(grad(u), x) = E[z ~ normal(2)] dot(grad(u(x + z, t)), x) "
    "exact u = x[1] + x[2]*t",
    "moving limits": LINE + "equation d(integral(s in x..2*x, x*u(s)), x) = 28/3*x^3 exact u = x^2",
    "moving limits twice": LINE + "equation d(integral(s in x..x^2, u(s)*exp(x)), x, 2) = "
    "exp(x)*((x^6 - x^3)/3 + 2*(2*x^5 - x^2) + 10*x^4 - 2*x) exact u = x^2",
    "double": LINE + "equation u = 1 - integral(s in 0..x, integral(r in 0..s, u(r))) exact u = cos(x)",
    "kernel in the limits": LINE + "equation integral(s in 0..x, integral(r in s..x, u(s + r))) = x^3/2 exact u = x",
    "square": SQUARE + "equation u = x*y + integral(s in 0..1, integral(r in 0..2, s*r*u(s, r))) - 8/9 exact u = x*y",
    "reflected": "space (x, y) in [0, 1]^2 unknown u equation u + u(y, x) = x*y*(x + y) exact u = x*y^2",
    "vector at a place": "space (x, y) in [0, 1]^2 unknown v: vector(2) equation v(2*x, y) - 2*v = [0, -y] "
    "exact v = [x, y]",
    "state": LINE + "equation u(u/2) = x/2 equation slope: u_x(u^2) = 1 exact u = x",
    "mean": LINE + "equation mean(u^2) = 4/3 equation integral(u) = 2 exact u = x",
    "mean in a square": SQUARE + "equation mean(u*x) + integral(u) = 7/4 equation mean(lap(u)) = 2 exact u = x^2 + y/3",
    "time derivative of a mean": MOVING + "equation d(mean(u*t), t) = t + 1/2 exact u = x + t/2",
    "hard": "space x in [0, 1] unknown u equation u_xx = -pi^2*u + integral(s in 0..1, u(s)) - 2/pi "
    "hard boundary u = 0 exact u = sin(pi*x)",
    "limits along a sum": MANY.format(3) + "equation sum(i, integral(s in 0..x[i], u(x1=s))) = "
    "sum(i, x[i]^3/3 + x[i]*(x[2]^2 + x[3]^2)) exact u = |x|^2",
    "place along a sum": MANY.format(3) + "equation 3*u = sum(i, u(x + x[i]*x, t) - (2*x[i] + x[i]^2)*|x|^2) "
    "exact u = |x|^2",
    "one entry moved": MANY.format(3) + "equation u(x2=0) = x[1]^2 + x[3]^2 exact u = |x|^2",
    "laplacian elsewhere": MANY.format(3) + "equation lap(u(2*x, t)) = 4*6*(2*x[1]) exact u = x[1]^3",
    "a solution with an integral": LINE + "equation u_x = exp(-x^2) boundary u = 0 on x = 0 "
    "exact u = integral(s in 0..x, exp(-s^2))",
}


def exact_of(loss):
    return lambda x: torch.cat([values.reshape(len(x), -1) for values, _ in loss.known(x).values()], dim=1)


def network_for(loss, u):
    """The network with which the solution is `u`: hard conditions make the solution a linear function of it."""

    def constant(number):
        return lambda x: torch.full_like(x[..., :1], number)

    def network(x):
        flat = x.reshape(-1, x.shape[-1])
        value = u(flat)
        if loss.problem.ansatz:
            zero, one = (loss.solution(constant(number), flat, samples=2) for number in (0.0, 1.0))
            value = (value - zero) / (one - zero)
        return value.reshape(*x.shape[:-1], -1)

    return network


def residuals(text, change, seed=0, count=40, **options):
    """All residuals, (B, …), of the exact solution changed by `change`."""
    loss = pdec.compile(pdec.loads(text), **options)
    batch = loss.sample(generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    exact = exact_of(loss)
    generator = torch.Generator().manual_seed(seed)
    found = loss.residual(
        network_for(loss, lambda x: change(exact(x), x)), batch["domain"][:count], generator=generator
    )
    return torch.cat([values.reshape(count, -1) for values in found.values()], dim=1).detach()


def unchanged(u, x):
    return u


def changed(u, x):
    return u * (1 + 0.3 * x[:, :1] ** 2) + 0.2


@pytest.mark.parametrize("name", PROBLEMS)
def test_exact_derivatives(name):
    assert residuals(PROBLEMS[name], unchanged, method="autograd").abs().max() < 1e-9
    if name != "a solution with an integral":
        assert residuals(PROBLEMS[name], changed, method="autograd").abs().max() > 1e-2


@pytest.mark.parametrize("name", PROBLEMS)
def test_verdict(name):
    verdicts = prove(pdec.loads(PROBLEMS[name]))
    assert verdicts
    assert {verdict.status for verdict in verdicts} <= {"proved", "holds"}, verdicts
    head, _, solution = PROBLEMS[name].rpartition("exact ")
    unknown, _, value = solution.partition(" = ")
    first = "x[1]" if "x[1]" in head or "^N" in head else "x"
    other = f"{head}exact {unknown} = (1 + 0.3*{first}^2)*({value})" + ("" if "vector" in head else " + 0.2")
    assert "violated" in {verdict.status for verdict in prove(pdec.loads(other))}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("method", ["stein-antithetic", "stein-cv", "stein-chi"])
def test_stein(name, method):
    """Each residual is that of exact derivatives, up to the smoothing (sigma^2) and the noise."""
    for change in (unchanged, changed):
        wanted = residuals(PROBLEMS[name], change, method="autograd")
        found = torch.stack(
            [residuals(PROBLEMS[name], change, seed, method=method, sigma=0.02, samples=512) for seed in range(8)]
        )
        error = (found.mean(0) - wanted).mean(0).abs()
        noise = found.mean(1).std(0) / math.sqrt(8)
        assert (error < 6 * noise + 0.01 * (1 + wanted.abs().amax(0))).all()


@pytest.mark.parametrize("dim", [2, 5, 100])
def test_mean_in_a_ball(dim):
    """Of |x|^2 over the unit ball it is N/(N + 2): proved by quadrature in the radius, estimated by random points."""
    text = f"dim N = {dim} space x in ball(N) ~ radial unknown u equation mean(u) = N/(N + 2) exact u = |x|^2"
    (verdict,) = prove(pdec.loads(text))
    assert verdict.status == "holds"
    (verdict,) = prove(pdec.loads(text.replace("N + 2", "N + 2.0001")))
    assert verdict.status == "violated"
    loss = pdec.compile(pdec.loads(text), method="autograd", mean_points=20_000)
    points = loss.sample(generator=torch.Generator().manual_seed(0), dtype=torch.float64)["domain"]
    (found,) = loss.residual(
        lambda x: x.square().sum(-1, keepdim=True), points, generator=torch.Generator().manual_seed(0)
    ).values()
    assert found.shape == (100,)
    assert (found == found[0]).all()
    # the variance of |x|^2 is N/(N + 4) - N^2/(N + 2)^2
    assert abs(found[0]) < 5 * math.sqrt((dim / (dim + 4) - (dim / (dim + 2)) ** 2) / 20_000)


def test_volume_of_a_ball():
    text = "dim N = {} space x in ball(N, radius=2) unknown u equation integral(u) = {} exact u = |x|^2"
    for dim, value in ((1, "16/3"), (2, "8*pi"), (3, "128*pi/5")):
        assert {v.status for v in prove(pdec.loads(text.format(dim, value)))} == {"holds"}
        assert {v.status for v in prove(pdec.loads(text.format(dim, f"1.001*{value}")))} == {"violated"}


@pytest.mark.parametrize("domain", ["annulus(2, inner=1, outer=2)", "ball(2, radius=2) - ball(2)", "ball(2)*[0, 1]"])
def test_mean_in_a_composed_domain(domain):
    """Of a constant it is that constant, of y[1] it is zero by symmetry."""
    names = "(x, y, z)" if "*" in domain else "(x, y)"
    text = f"space {names} in {domain} unknown u equation one: mean(u^2) = 1 equation zero: mean(u*x) = 0"
    loss = pdec.compile(pdec.loads(text), method="autograd", mean_points=10_000)
    points = loss.sample(generator=torch.Generator().manual_seed(0), dtype=torch.float64)["domain"]
    found = loss.residual(lambda x: torch.ones_like(x[..., :1]), points, generator=torch.Generator().manual_seed(1))
    assert found["one"].abs().max() < 1e-12
    assert 0 < found["zero"].abs().max() < 0.05


def test_jump_in_many_dimensions():
    """E u(x + z) of u = |x|^2 is |x|^2 + N, by antithetic draws: their mean of 2 x·z is zero."""
    text = "dim N = 50 space x in [0, 1]^N unknown u equation E[z ~ normal(N)] u(x + z) - u = N"
    loss = pdec.compile(pdec.loads(text), method="autograd", mean_points=4096)
    generator = torch.Generator().manual_seed(0)
    points = torch.rand(30, 50, dtype=torch.float64, generator=generator)
    (found,) = loss.residual(lambda x: x.square().sum(-1, keepdim=True), points, generator=generator).values()
    assert found.abs().max() < 5 * math.sqrt(2 * 50 / 2048)


def test_memory_goes_with_nodes_and_points():
    """Draws are shared between the nodes of an average: no tensor is larger than nodes · points · coordinates."""
    text = "dim N = 20 space x in [0, 1]^N unknown u equation lap(u) + mean(y in domain, exp(-|x - y|^2)*u(y)) = 0"
    loss = pdec.compile(pdec.loads(text), method="stein-antithetic", samples=64, mean_points=128)
    largest = []

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            largest.append(result.numel() if isinstance(result, torch.Tensor) else 0)
            return result

    with Watch():
        loss.residual(torch.nn.Linear(20, 1), torch.rand(10, 20))
    assert max(largest) <= 128 * 10 * 20 * 2


def test_a_steady_mean_is_computed_once():
    text = "space (x, y) in [0, 1]^2 unknown p equation lap(p) = 0 equation gauge: mean(p) = 0"
    sizes = []

    def net(x):
        sizes.append(x.numel() // 2)
        return x.sum(-1, keepdim=True)

    loss = pdec.compile(pdec.loads(text), method="autograd", mean_points=100)
    assert loss.residual(net, torch.rand(50, 2))["gauge"].shape == (50,)
    assert sizes == [50, 100]


def test_training_reaches_the_network_through_every_term():
    text = MOVING + "equation u_t = u(x, t - u^2) + integral(s in 0..x, u(s, t)) + mean(u) + E[z ~ normal()] u(x+z, t)"
    net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    for method in ("autograd", "stein-antithetic"):
        loss = pdec.compile(pdec.loads(text), method=method, samples=16)
        loss(net, loss.sample(dtype=torch.float64)).backward()
        assert all(p.grad.abs().max() > 0 for p in net.parameters())


@pytest.mark.parametrize("method", ["stein-antithetic", "stein-cv", "stein-chi"])
def test_one_graph(method):
    text = (
        MOVING + "equation u_t = u_x(x, t - 1) + integral(s in 0..x, u(s, t)) + mean(u) + E[z ~ normal(9)] u(x+z[9],t)"
    )
    loss = pdec.compile(pdec.loads(text), method=method, samples=16)
    net = torch.nn.Linear(2, 1)
    batch = loss.sample()
    value = torch.compile(lambda n, b: loss(n, b), backend="eager", fullgraph=True)(net, batch)
    assert torch.isfinite(value)


def test_nested_nodes_are_bounded():
    text = LINE + "equation u = integral(a in 0..1, integral(b in 0..a, integral(c in 0..b, u(c))))"
    problem = pdec.loads(text)
    assert pdec.compile(problem, quadrature=40)
    with pytest.raises(OptionError, match="at most 65536"):
        pdec.compile(problem, quadrature=41)


def test_nodes_follow_the_options():
    text = LINE + "equation u = integral(s in 0..1, |s - 1/3|*u(s))"
    points = torch.rand(5, 1, dtype=torch.float64)
    errors = []
    for quadrature in (4, 256):
        loss = pdec.compile(pdec.loads(text), method="autograd", quadrature=quadrature)
        found = loss.residual(torch.ones_like, points)["equation"]
        errors.append(float((found - (1 - 5 / 18)).abs().max()))
    assert errors[1] < 1e-4 < errors[0]


@pytest.mark.parametrize("method", ["autograd", "stein-antithetic", "stein-chi"])
def test_the_network_call_is_said_to_be_the_only_one_where_it_is(method):
    source = pdec.compile(pdec.loads(PROBLEMS["volterra"] + " boundary u = 1 on x = 0"), method=method).source
    functions = {part.split("(")[0]: part for part in source.split("\ndef ")[1:]}
    assert "the one network call" not in functions["residual"]
    assert "places elsewhere have their own" in functions["residual"]
    assert "the one network call" in functions["residual_boundary"]
    assert "the one network call" in functions["elsewhere"]
