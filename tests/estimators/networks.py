"""Networks that exact derivatives are tried on."""

import torch


def network(inputs, *activations, outputs=1, width=6):
    """A network with hidden layers of `width` neurons, each followed by one of the activations; the same each time."""
    torch.manual_seed(0)
    layers = []
    for activation in activations:
        layers += [torch.nn.Linear(inputs, width), activation]
        inputs = width
    return torch.nn.Sequential(*layers, torch.nn.Linear(inputs, outputs)).double()
