"""The network: its shape, its initial weights, and that the global generator is left alone."""

import pytest
import torch
from torch import nn

from pdec import options
from pdec.training.network import ACTIVATIONS, mlp


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
