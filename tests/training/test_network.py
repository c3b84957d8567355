"""The network: its shape, its initial weights, and that the global generator is left alone."""

import pytest
import torch
from torch import nn

import pdec
from pdec import options
from pdec.choice import prospect
from pdec.compiler import warnings_for
from pdec.plan import plan
from pdec.runtime.jets import elementary, jets
from pdec.training.network import ACTIVATIONS, ModifiedMLP, mlp, network_for, standard


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_depth_counts_linear_layers():
    net = mlp(3, 2, width=16, depth=4, activation="tanh", generator=generator())
    assert [type(layer) for layer in net] == [nn.Linear, nn.Tanh] * 3 + [nn.Linear]
    assert [tuple(layer.weight.shape) for layer in net if isinstance(layer, nn.Linear)] == [
        (16, 3),
        (16, 16),
        (16, 16),
        (2, 16),
    ]
    assert net(torch.zeros(5, 7, 3)).shape == (5, 7, 2)


def test_depth_one_is_a_linear_map():
    assert len(mlp(3, 2, width=16, depth=1, activation="tanh", generator=generator())) == 1


def test_every_activation_of_the_options_table_exists():
    assert tuple(ACTIVATIONS) == options.ACTIVATIONS


@pytest.mark.parametrize("activation", options.ACTIVATIONS)
def test_activations_are_smooth(activation):
    net = mlp(1, 1, width=8, depth=2, activation=activation, generator=generator())
    hessian = torch.autograd.functional.hessian(lambda x: net(x).sum(), torch.ones(1, 1))
    assert hessian.abs().item() > 0


def test_initial_weights_have_the_law_of_torch_and_come_from_the_generator():
    state = torch.get_rng_state()
    net, again = (mlp(100, 1, width=400, depth=3, activation="tanh", generator=generator(1)) for _ in range(2))
    other = mlp(100, 1, width=400, depth=3, activation="tanh", generator=generator(2))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), again.parameters()))
    assert not torch.equal(net[0].weight, other[0].weight)
    for layer, usual in ((net[0], nn.Linear(100, 400)), (net[2], nn.Linear(400, 400))):
        assert layer.weight.abs().max() <= layer.in_features**-0.5
        assert layer.weight.std().item() == pytest.approx(usual.weight.std().item(), rel=0.03)
        assert layer.bias.std().item() == pytest.approx(usual.bias.std().item(), rel=0.2)


def test_double_precision_is_drawn_in_double_precision():
    weight = mlp(2, 1, width=4, depth=2, activation="sin", generator=generator(), dtype=torch.float64)[0].weight
    assert weight.dtype == torch.float64
    assert (weight != weight.float().double()).any()


def options_of(**changes):
    return options.with_changes(options.Options(), {"width": 8, "depth": 3, **changes})


PERIODIC = (
    "space (x, y) in [-1, 2]*[0, 1]\ntime t in [0, 1]\nunknown u, v\nequation u_t = v\nequation v_t = u_xx + u_yy\n"
)
PERIODIC += "periodic x\nboundary u = 0 on y = 0\nboundary v = 0 on y = 1\n"


@pytest.mark.parametrize("network", [name for name in options.NETWORKS if name != "windows"])
@pytest.mark.parametrize("embedding", [name for name in options.EMBEDDINGS if name != "radial"])
@pytest.mark.parametrize("depth", [1, 2, 4])
def test_every_network_by_name(network, embedding, depth):
    chosen = options_of(network=network, embedding=embedding, depth=depth, dtype="float64")
    problem = pdec.loads(PERIODIC)
    net = network_for(problem, chosen)
    points = torch.rand(5, 7, 3, dtype=torch.float64, generator=generator())
    values = net(points)
    assert values.shape == (5, 7, 2)
    assert values.dtype == torch.float64
    there = net(points + torch.tensor([3.0, 0, 0], dtype=torch.float64))
    # whatever the weights, the periodic condition holds where waves are embedded
    assert torch.allclose(there, values, atol=1e-12) == (embedding in ("periodic", "fourier"))
    assert not torch.allclose(net(points + torch.tensor([0, 1.0, 0], dtype=torch.float64)), values)
    again = network_for(problem, chosen).state_dict()
    assert all(torch.equal(again[name], value) for name, value in net.state_dict().items())


def test_without_a_period_the_network_is_a_plain_one():
    problem = pdec.loads("space x in [0, 1] unknown u equation u_xx = 0")
    assert [type(layer) for layer in network_for(problem, options_of())] == [
        nn.Linear,
        nn.Tanh,
        nn.Linear,
        nn.Tanh,
        nn.Linear,
    ]


def test_random_frequencies_have_their_scale():
    problem = pdec.loads("space x in [0, 1] unknown u equation u_xx = 0")
    waves = network_for(problem, options_of(embedding="fourier", fourier_scale=5, width=4000))[0]
    assert waves.frequencies.std().item() == pytest.approx(5, rel=0.05)


ROUND = "dim N = 3\nspace x in R^N ~ normal(0, 1)\ntime t in [0, 1]\nunknown u\nequation u_t = lap(u)\n"


def test_a_radial_network_sees_the_distance_and_time_alone():
    net = network_for(pdec.loads(ROUND + "initial u = |x|^2"), options_of(embedding="radial", dtype="float64"))
    points = torch.rand(5, 4, dtype=torch.float64, generator=generator())
    frame, _ = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64, generator=generator()))
    turned = torch.cat([points[:, :3] @ frame, points[:, 3:]], dim=1)
    torch.testing.assert_close(net(turned), net(points))
    for change in ([0.1, 0, 0, 0], [0, 0, 0, 0.1]):
        assert (net(points + torch.tensor(change, dtype=torch.float64)) - net(points)).abs().min() > 1e-6


def test_a_problem_that_rotations_change_has_no_radial_network():
    with pytest.raises(options.OptionError, match="rotations about the origin change `initial`; `embedding square`"):
        network_for(pdec.loads(ROUND + "initial u = x[1]"), options_of(embedding="radial"))


CHAIN = "dim N = 5\nspace x in R^N ~ normal(0, 1)\ntime t in [0, 1]\nunknown u, v\n"
CHAIN += "equation u_t = lap(u)\nequation v_t = u\n"


@pytest.mark.parametrize(("window", "depth"), [(1, 3), (2, 1), (2, 4), (5, 2)])
def test_a_network_of_windows_is_a_sum_of_functions_of_neighbours(window, depth):
    net = network_for(pdec.loads(CHAIN), options_of(network="windows", window=window, depth=depth, dtype="float64"))
    points = torch.rand(7, 6, dtype=torch.float64, generator=generator())
    values = net(points)
    assert values.shape == (7, 2)
    assert net(points.expand(3, 7, 6)).shape == (3, 7, 2)
    hessian = torch.func.hessian(lambda x: net(x)[0])(points[0])
    apart = (torch.arange(5)[:, None] - torch.arange(5)).abs() >= window
    assert (hessian[:5, :5][apart] == 0).all()
    if depth > 1:
        assert (hessian[:5, :5][~apart] != 0).all()
        assert (hessian[5] != 0).all()  # time goes into every window


@pytest.mark.parametrize(
    ("text", "means", "deviations"),
    [
        (CHAIN, [0.0] * 5 + [0.5], [1.0] * 5 + [12**-0.5]),
        (
            "dim N = 300\nspace x in ball(N, radius=2) ~ radial\nunknown u\nequation lap(u) = 0",
            [0.0] * 300,
            [2 / 30] * 300,
        ),
        ("dim N = 2\nspace x in [1, 3]^N\nunknown u\nequation lap(u) = 0", [2.0] * 2, [3**-0.5] * 2),
        ("space (x, y) in [0, 12] * [1, 3]\nunknown u\nequation lap(u) = 0", [6.0, 2.0], [12**0.5, 3**-0.5]),
    ],
    ids=["normal law", "ball", "box", "coordinates with names"],
)
def test_windows_see_coordinates_of_mean_zero_and_deviation_one(text, means, deviations):
    net = network_for(pdec.loads(text), options_of(network="windows", dtype="float64"))
    scale = torch.tensor(deviations, dtype=torch.float64)
    assert ((net[0].center - torch.tensor(means, dtype=torch.float64)) / scale).abs().max() < 0.1
    assert (net[0].scale / scale - 1).abs().max() < 0.1
    if "x in" in text:
        assert (net[0].scale[: len(means) - 1] == net[0].scale[0]).all()  # entries of a vector are alike
    other = network_for(pdec.loads(text), options_of(network="windows", dtype="float64", seed=5))
    assert torch.equal(net[0].scale, other[0].scale)


def test_windows_see_coordinates_as_they_are_where_no_point_is_found(monkeypatch):
    monkeypatch.setattr("pdec.training.network.points_of", lambda *_: iter(()))
    means, deviations = standard(pdec.loads(CHAIN), torch.float64)
    assert means.tolist() == [0.0] * len(means)
    assert deviations.tolist() == [1.0] * len(means)


def test_in_the_middle_a_network_of_windows_is_its_bias():
    net = network_for(pdec.loads(CHAIN), options_of(network="windows", dtype="float64"))
    torch.testing.assert_close(net(net[0].center), 2 * net[-1].bias)  # of four windows


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"window": 6}, "`window` must be at most the dimension, 5, not 6"),
        ({"embedding": "square"}, "takes the coordinates as they are"),
    ],
)
def test_windows_that_there_are_not_are_refused(changes, message):
    with pytest.raises(options.OptionError, match=message):
        network_for(pdec.loads(CHAIN), options_of(network="windows", **changes))


def test_windows_are_not_for_a_solution_that_is_no_sum_over_them():
    problem = pdec.loads(CHAIN + "exact u = |x|^4\nexact v = |x|^2")
    with pytest.raises(options.OptionError, match=r"a sum of functions of 2 neighbours, .* `u` is not seen to be one"):
        network_for(problem, options_of(network="windows"))


def test_a_block_that_holds_a_linear_layer_is_not_taken_for_one():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(2, 2)

        def forward(self, x):
            return torch.tanh(self.linear(x))

    assert elementary(nn.Sequential(nn.Linear(2, 2), Block(), nn.Linear(2, 1))) == []


@pytest.mark.parametrize("window", [1, 2, 5])
def test_exact_methods_carry_derivatives_through_windows(window):
    net = network_for(pdec.loads(CHAIN), options_of(network="windows", window=window, dtype="float64"))
    draw = {"dtype": torch.float64, "generator": generator()}
    points, omega, weights = torch.randn(4, 6, **draw), torch.randn(3, 2, 6, **draw), torch.randn(3, 4, **draw)
    one, each, many = torch.randn(6, **draw), torch.randn(4, 6, **draw), torch.randn(3, 1, **draw)
    # along three axes alone too: not every coordinate of a window is among them
    bundles = [
        (omega, 2, 0.5),
        (omega, 4, weights),
        (omega, 2, many),
        (one, 4, None),
        (each, 3, None),
        (points, 1, None),
    ]
    bundles += [(5, 2, 1.0), (5, 4, 1.0), (3, 2, 1.0), (6, 2, 1.0)]
    for layered, opaque in zip(jets(net, points, 2, *bundles), jets(lambda x: net(x), points, 2, *bundles)):
        torch.testing.assert_close(layered, opaque, rtol=1e-9, atol=1e-9)


def test_slopes_through_windows_may_be_narrow():
    """Of so few windows that it is their number that makes the slopes many."""
    net = network_for(pdec.loads(CHAIN), options_of(network="windows", width=16))
    draw = {"generator": generator()}
    points, omega = torch.randn(50, 6, **draw), torch.randn(20, 50, 6, **draw)
    (_, plain), (_, narrow) = (jets(net, points, 2, (omega, 2, 1.0), dtype=d) for d in (None, torch.bfloat16))
    assert 0 < (narrow - plain).norm() / plain.norm() < 0.02
    (_, few), (_, same) = (jets(net, points, 2, (omega[:2], 2, 1.0), dtype=d) for d in (None, torch.bfloat16))
    assert torch.equal(few, same)
    assert net[-1].without_bias(torch.ones(5, 16, dtype=torch.bfloat16)).dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("text", "embedding"),
    [
        (PERIODIC, "periodic"),
        (PERIODIC, "fourier"),
        (ROUND + "initial u = |x|^2", "square"),
        (ROUND + "initial u = |x|^2", "radial"),
    ],
)
def test_exact_methods_carry_derivatives_through_an_embedding(text, embedding):
    problem = pdec.loads(text)
    net = network_for(problem, options_of(embedding=embedding, dtype="float64"))
    n, size = problem.n_coords, problem.n_unknowns
    draw = {"dtype": torch.float64, "generator": generator()}
    points, omega, weights = torch.randn(4, n, **draw), torch.randn(3, 2, n, **draw), torch.randn(3, 4, **draw)
    one, each = torch.randn(n, **draw), torch.randn(4, n, **draw)
    bundles = [(omega, 2, 0.5), (omega, 4, weights), (problem.dim, 2, 1.0), (one, 4, None), (each, 3, None)]
    # a network that is not known to be one is differentiated by backward passes
    for layered, opaque in zip(jets(net, points, size, *bundles), jets(lambda x: net(x), points, size, *bundles)):
        torch.testing.assert_close(layered, opaque, rtol=1e-9, atol=1e-9)


def test_gates():
    one, two, h = (nn.Linear(2, 2) for _ in range(3))
    net = ModifiedMLP([one, two], [h], nn.Identity())
    x = torch.randn(3, 2, generator=generator())
    torch.testing.assert_close(net(x), h(x) * one(x) + (1 - h(x)) * two(x))


OWN = """
from torch import nn

def make(problem, options):
    return nn.Linear(problem.n_coords, problem.n_unknowns)

def wrong(problem, options):
    return "a network"
"""


def test_a_network_of_ones_own(tmp_path, monkeypatch):
    (tmp_path / "my_nets.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    problem = pdec.loads(PERIODIC)
    net = network_for(problem, options_of(net="my_nets:make"))
    assert (net.in_features, net.out_features) == (3, 2)
    for place, message in {
        "my_nets:nothing": "the module my_nets has no nothing to call",
        "my_nets:wrong": "it gave str, not a torch.nn.Module",
        "no_such_module:make": "No module named 'no_such_module'",
        "my_nets": "takes MODULE:FACTORY, not `my_nets`",
    }.items():
        with pytest.raises(options.OptionError, match=message):
            network_for(problem, options_of(net=place))


def test_a_checkpoint_does_not_choose_what_code_runs(tmp_path, monkeypatch):
    (tmp_path / "my_other_nets.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    problem = pdec.loads("space x in [0, 1] unknown u equation u_x = 1 boundary u = 0 on x = 0")
    given = {"net": "my_other_nets:make", "method": "autograd", "steps": 3}
    list(pdec.solve(problem, folder="run", **given))
    with pytest.raises(options.OptionError, match="give --net my_other_nets:make again"):
        pdec.solve(problem, resume="run")
    assert len(list(pdec.solve(problem, resume="run", net="my_other_nets:make", steps=5))) == 2


@pytest.mark.parametrize("method", ["stein", "stein-vanilla", "taylor", "hutchinson", "autograd"])
def test_every_method_trains_a_network_of_windows(method):
    text = "dim N = 4\nspace x in ball(N)\nunknown u\nequation lap(u) = 2*N\nhard boundary u = 1\nexact u = |x|^2"
    problem = pdec.loads(text)
    run = pdec.solve(problem, network="windows", width=8, steps=3, method=method, points=4, test_points=10, samples=8)
    assert len(list(run)) == 3
    assert run.solution.errors["u"]["l2"] > 0


def test_an_exact_laplacian_of_windows_is_cheap():
    problem = pdec.loads("dim N = 100\nspace x in ball(N)\nunknown u\nequation lap(u) = u\nboundary u = 1")
    steps = {}
    for network in ("mlp", "windows"):
        chosen = options_of(network=network, method="taylor", width=32, depth=4)
        steps[network] = prospect(problem, plan(problem, chosen), chosen).cost
    assert steps["mlp"].step > 5
    assert steps["windows"].step < 3
    assert steps["windows"].bytes > steps["mlp"].bytes  # for 99 windows, each with two directions and a value


def test_windows_without_a_known_solution_are_warned_of():
    text = (
        "dim N = 4\nspace x in [0, 1]^N\nunknown u, v\nequation lap(u) = v\nequation lap(v) = 0\nexact v = sum(i, x[i])"
    )
    problem = pdec.loads(text, name="f.pde")
    (warning,) = warnings_for(problem, options.with_changes(options.Options(), {"network": "windows"}))
    assert warning.render().startswith(
        "f.pde:3:9: warning[W415]: a network of windows is a sum of functions of 2 neighbouring coordinates, "
        "and whether `u` is one is not known"
    )
    assert warnings_for(problem, options.Options()) == ()
