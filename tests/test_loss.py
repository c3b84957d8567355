"""Loss: the names that others build on."""

import pytest
import torch

import pdec

torch.set_num_threads(1)
TEXT = """
dim N = 2
space x in [0, 1]^N
time t in [0, 1]
unknown u, v: vector(N)
equation heat: u_t = lap(u)
equation flow: v_t = grad(u)
initial u = 1
initial start: v = x
boundary wall: u = t
boundary v = 0
train { points 7, wall 3, initial 4; weight wall 5, heat 2, initial 10 }
"""
METHODS = ["stein-antithetic", "stein-cv", "stein-vanilla", "autograd"]


@pytest.fixture(params=METHODS)
def loss(request):
    return pdec.compile(pdec.loads(TEXT), method=request.param, sigma=0.1, samples=4)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


NET = torch.nn.Linear(3, 3)
LABELS = ["heat", "flow", "initial1", "start", "wall", "boundary2"]


def test_a_batch_has_points_for_every_set(loss):
    batch = loss.sample(generator=generator())
    assert {name: tuple(points.shape) for name, points in batch.items()} == {
        "domain": (7, 3), "initial1": (4, 3), "start": (4, 3), "wall": (3, 3), "boundary2": (7, 3),
    }  # fmt: skip
    assert (batch["start"][:, 2] == 0).all()
    assert ((batch["wall"][:, :2] == 0) | (batch["wall"][:, :2] == 1)).any(dim=1).all()
    assert loss.point_sets == tuple(batch)


def test_terms_weights_and_value_agree(loss):
    batch = loss.sample(generator=generator())
    terms = loss.terms(NET, batch, generator=generator(1))
    assert list(terms) == LABELS
    assert all(term.shape == () for term in terms.values())
    value = loss(NET, batch, generator=generator(1))
    torch.testing.assert_close(value, loss.weighted(terms))
    weights = {"heat": 2, "initial1": 10, "start": 10, "wall": 5}
    torch.testing.assert_close(value, sum(weights.get(name, 1) * term for name, term in terms.items()))


def test_terms_are_mean_squares_of_the_residuals(loss):
    batch = loss.sample(generator=generator())
    residual = loss.residual(NET, batch["domain"], generator=generator(1))
    assert {name: tuple(value.shape) for name, value in residual.items()} == {"heat": (7,), "flow": (7, 2)}
    terms = loss.terms(NET, {"domain": batch["domain"]}, generator=generator(1))
    torch.testing.assert_close(terms["heat"], residual["heat"].square().mean())
    torch.testing.assert_close(terms["flow"], residual["flow"].square().sum(1).mean())


def test_conditions_by_name(loss):
    batch = loss.sample(generator=generator())
    assert loss.condition("start", NET, batch["start"], generator=generator(1)).shape == (4, 2)
    assert loss.condition("wall", NET, batch["wall"], generator=generator(1)).shape == (3,)
    with pytest.raises(KeyError):
        loss.condition("nowhere", NET, batch["wall"])


def test_a_seed_decides_everything(loss):
    def value(seed):
        g = generator(seed)
        return loss(NET, loss.sample(generator=g), generator=g)

    assert value(0) == value(0)
    assert value(0) != value(1)


def test_noise_may_be_drawn_outside(loss):
    batch = loss.sample(generator=generator())
    noise = loss.draw(batch, generator=generator(1))
    if loss.options.method == "autograd":
        assert noise is None
    else:
        draws = 2 if loss.options.method == "stein-antithetic" else 4
        assert {name: z.shape for name, z in noise.items()} == {n: (draws, *p.shape) for n, p in batch.items()}
    torch.testing.assert_close(loss(NET, batch, noise=noise), loss(NET, batch, generator=generator(1), noise=noise))


def test_backward_trains(loss):
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    loss(net, loss.sample(generator=generator()), generator=generator()).backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in net.parameters())


def test_the_solution_is_the_smoothed_network(loss):
    points = torch.zeros(6, 3, dtype=torch.float64)

    def square(p):
        return p.square().sum(-1, keepdim=True).expand(*p.shape[:-1], 3)

    found = loss.solution(square, points, samples=20_000, generator=generator())
    expected = 0.0 if loss.options.method == "autograd" else 3 * 0.1**2
    assert found.shape == (6, 3)
    torch.testing.assert_close(found, torch.full_like(found, expected), rtol=0.05, atol=0)


def test_source_is_the_module(loss):
    assert loss.source.startswith('"""The loss of the problem')
    assert "\ndef residual(net, points, generator=None, noise=None):\n" in loss.source


def test_options_given_override_the_file():
    given = {"points": {"wall": 9}, "weight": {"flow": 3.0}, "method": "stein-antithetic"}
    loss = pdec.compile(pdec.loads(TEXT), samples=2, condition_samples=6, **given)
    assert {name: len(points) for name, points in loss.sample().items()}["wall"] == 9
    assert loss.module.WEIGHTS == {
        "heat": 2.0,
        "flow": 3.0,
        "initial1": 10.0,
        "start": 10.0,
        "wall": 5.0,
        "boundary2": 1.0,
    }
    assert loss.module.DRAWS == {"domain": 1, "initial1": 3, "start": 3, "wall": 3, "boundary2": 3}


@pytest.mark.parametrize("method", ["stein-cv", "autograd"])
@pytest.mark.parametrize(
    ("equation", "column"),
    [("u_x = asin(2)", 10), ("u_xx + log(-1) = 0", 10), ("d(sign(u), x) = 0", 10)],
)
def test_what_has_no_torch_form_is_an_error_with_a_place(equation, column, method):
    with pytest.raises(pdec.PdeError) as caught:
        pdec.compile(pdec.loads(f"equation {equation}\nspace x in [0, 1] unknown u"), method=method)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.source.position(diagnostic.span.start)[0] == 1


@pytest.mark.parametrize("method", ["stein-antithetic", "autograd"])
@pytest.mark.parametrize("f", [lambda x: (x**2).sum(-1), lambda x: x[..., :2]], ids=["no last axis", "two columns"])
def test_a_network_of_the_wrong_shape_is_refused(method, f):
    with pytest.raises(ValueError, match="net gave shape"):
        pdec.estimate("lap(u)", f, torch.randn(4, 3), method=method, samples=8, sigma=0.1)


def test_samples_follow_the_options():
    problem = pdec.loads("space x in [0, 1] unknown u equation u_xx = 1 boundary u = 0")
    assert pdec.compile(problem, dtype="float64").sample()["domain"].dtype == torch.float64
    assert pdec.compile(problem).sample()["boundary"].dtype == torch.float32
