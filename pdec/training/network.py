"""The network that stands for the unknowns: a multilayer perceptron."""

from __future__ import annotations

import itertools

import torch
from torch import nn

from pdec.options import Options
from pdec.problem import Problem
from pdec.training.randomness import stream


class Sin(nn.Module):
    """The sine, as a layer."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sin(x)


# one row for each of pdec.options.ACTIVATIONS
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "tanh": nn.Tanh,
    "sin": Sin,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
}


def mlp(
    n_coords: int,
    n_unknowns: int,
    width: int,
    depth: int,
    activation: str,
    *,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float32,
) -> nn.Sequential:
    """A network (…, n_coords) -> (…, n_unknowns) of `depth` linear layers, on the CPU, in `dtype`.

    Hidden layers have `width` neurons, each followed by the activation. Weights and biases are uniform within
    1/sqrt(inputs), which is torch's own choice, but drawn from `generator`: the global one is left alone.
    """
    sizes = [n_coords, *[width] * (depth - 1), n_unknowns]
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        linear = nn.Linear(inputs, outputs, device="meta", dtype=dtype).to_empty(device="cpu")  # draws nothing
        for parameter in linear.parameters():
            nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5, generator=generator)
        layers += [linear, ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def network_for(problem: Problem, options: Options) -> nn.Sequential:
    """The usual network of a problem, as the options say: its weights are from the stream of the seed, on the CPU."""
    return mlp(
        problem.n_coords,
        problem.n_unknowns,
        options.width,
        options.depth,
        options.activation,
        generator=stream(options.seed, "network"),
        dtype=getattr(torch, options.dtype),
    )
