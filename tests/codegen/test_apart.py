"""Products of estimates by draws that they do not share: loss and gradient have no bias, those of the plug-in have."""

import math

import pytest
import torch

import pdec
from pdec.runtime.apart import squared

EQUATIONS = {
    "squared residual": "equation lap(u) = u_t",
    "square of the gradient": "equation u_t + lap(u) - |grad(u)|^2 = x[1]",
    "product with a slope": "equation u_t + u*d(u, x[1]) = d(u, x[1], 2)",
}
ROUNDS, TOGETHER = 40, 250
"""So many losses, each of a batch in which every point stands so often: 10⁴ repeats."""


def text_of(equation):
    return f"dim N = 3\nspace x in R^N ~ normal(0, 1)\ntime t in [0, 1]\nunknown u\n{equation}\n"


def network():
    generator = torch.Generator().manual_seed(5)
    first, last = torch.nn.Linear(4, 6).double(), torch.nn.Linear(6, 1).double()
    net = torch.nn.Sequential(first, torch.nn.Tanh(), last)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return net


def smoothed(net, sigma, count=40):
    """The network smoothed by N(0, σ² I_4): of a tanh of a linear form, a Gauss-Hermite sum along that form."""
    nodes, weights = gauss_hermite(count)
    first, _, last = net

    def value(points):
        reach = sigma * first.weight.norm(dim=1)
        hidden = torch.tanh(first(points)[..., None] + reach[:, None] * nodes) @ weights
        return last(hidden)

    return value


def gauss_hermite(count):
    off = torch.arange(1, count, dtype=torch.float64).sqrt()
    nodes, vectors = torch.linalg.eigh(torch.diag(off, 1) + torch.diag(off, -1))
    return nodes, vectors[0].square()


def slopes(value, net):
    """The gradient by the weights; that of the last bias is zero where u itself is not in the equation."""
    weights = tuple(net.parameters())
    found = torch.autograd.grad(value, weights, allow_unused=True)
    return [torch.zeros_like(w) if g is None else g for w, g in zip(weights, found)]


def averages(loss, net, points, ours):
    """Mean and standard error of the loss and of its gradient along `ours`, over independent draws."""
    found = []
    for seed in range(ROUNDS):
        batch = {"domain": points.repeat(TOGETHER, 1)}
        value = loss(net, batch, generator=torch.Generator().manual_seed(seed))
        along = sum((g * o).sum() for g, o in zip(slopes(value, net), ours))
        found.append(torch.stack([value.detach(), along]))
    each = torch.stack(found)
    return each.mean(0), each.std(0) / math.sqrt(ROUNDS)


@pytest.mark.parametrize("method", ["stein-chi", "stein-antithetic", "stein"])
@pytest.mark.parametrize("name", EQUATIONS)
def test_loss_and_gradient_have_no_bias(name, method):
    net, sigma = network(), 0.3 if method == "stein" else 0.5  # the bias of its own grows with sigma
    points = torch.randn(2, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    problem = pdec.loads(text_of(EQUATIONS[name]))
    options = {"sigma": sigma, "samples": 48, "method": method, "dtype": "float64", "share": 1}
    exact = pdec.compile(problem, method="autograd", dtype="float64")
    truth = exact(smoothed(net, sigma), {"domain": points})
    ours = slopes(truth, net)
    expected = torch.stack([truth.detach(), sum(g.square().sum() for g in ours)])
    mean, error = averages(pdec.compile(problem, unbiased=True, **options), net, points, ours)
    plain, spread = averages(pdec.compile(problem, **options), net, points, ours)
    assert ((mean - expected).abs() / error).max() < 3.5
    assert ((plain - expected)[0] / spread[0]).abs() > 10
    assert error[0] < 0.2 * expected[0]


def test_points_that_share_directions_do_not_share_them_with_themselves():
    """Three points, groups of them, and directions that sixteen neighbours share."""
    problem = pdec.loads(text_of(EQUATIONS["square of the gradient"]))
    loss = pdec.compile(problem, method="stein-chi", samples=48, unbiased=True, share=16, dtype="float64")
    (groups, degree) = loss.module.GROUPS["domain"]
    assert (groups, degree) == (6, 2)
    points = torch.zeros(3, 4, dtype=torch.float64)
    omega = loss.draw({"domain": points})["domain"][0]
    assert omega.shape[1] == groups
    assert len({tuple(row.tolist()) for row in omega[0]}) == groups


def test_a_residual_is_the_mean_of_its_estimates():
    problem = pdec.loads(text_of("equation u_t = lap(u)"))
    loss = pdec.compile(problem, method="stein-chi", samples=4096, unbiased=True, dtype="float64", sigma=0.3)
    points = torch.randn(5, 4, dtype=torch.float64)
    net = network()
    exact = pdec.compile(problem, method="autograd", dtype="float64").residual(smoothed(net, 0.3), points)["equation"]
    found = loss.residual(net, points)["equation"]
    assert found.shape == (5,)
    torch.testing.assert_close(found, exact, rtol=0.1, atol=0.1)
    batch = {"domain": points}
    noise = loss.draw(batch)
    squares = loss.squares(net, batch, noise=noise)["equation"]
    torch.testing.assert_close(squares.mean(), loss(net, batch, noise=noise))


def test_what_is_estimated_once_is_squared_as_it_is():
    residual = torch.randn(5, 2)
    assert torch.equal(squared(residual, 1, 0), residual.square())


@pytest.mark.parametrize(
    ("equation", "why"),
    [
        ("equation u_t = sin(u)", "`sin` of an estimate is no polynomial"),
        ("equation u_t = 1/lap(u)", "a quotient or a root of an estimate is no polynomial"),
        ("equation u_t = mean(u)", "draws that all points share"),
        ("equation u_t = sum(i, sum(j, d(u, x[i])*d(u, x[j])*d(u, x[i], x[j])))", "a matrix that depends on u"),
    ],
)
def test_what_has_no_unbiased_estimate_is_refused(equation, why):
    problem = pdec.loads(text_of(equation).replace("R^N ~ normal(0, 1)", "[0, 1]^N"))
    with pytest.raises(pdec.PdeError, match="E304") as caught:
        pdec.compile(problem, method="stein-chi", unbiased=True)
    assert why in str(caught.value)


def test_without_noise_nothing_changes():
    problem = pdec.loads(text_of(EQUATIONS["square of the gradient"]))
    plain = pdec.compile(problem, method="autograd").source
    assert pdec.compile(problem, method="autograd", unbiased=True).source == plain


def test_compiled_by_torch_it_is_the_same():
    problem = pdec.loads(text_of(EQUATIONS["square of the gradient"]) + "terminal u = 0")
    loss = pdec.compile(problem, method="stein-chi", samples=48, unbiased=True)
    net = network().float()
    batch = loss.sample(generator=torch.Generator().manual_seed(0))
    noise = loss.draw(batch)
    graph = torch.compile(loss, fullgraph=True, backend="eager")
    torch.testing.assert_close(graph(net, batch, noise=noise), loss(net, batch, noise=noise))
