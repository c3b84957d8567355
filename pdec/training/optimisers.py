"""Optimisers, and how their learning rate goes down."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from pdec.options import Options


def adam(net: nn.Module, parameters: Mapping[str, nn.Parameter], options: Options) -> torch.optim.Optimizer:
    """Adam, for the network and the unknown parameters; every group has its `initial_lr`."""
    groups: list[dict[str, Any]] = [{"params": list(net.parameters()), "initial_lr": options.lr}]
    if parameters:
        rate = options.param_lr or options.lr
        groups.append({"params": list(parameters.values()), "lr": rate, "initial_lr": rate})
    return torch.optim.Adam(groups, lr=options.lr, betas=(0.9, 0.999), eps=1e-8)


def learning_rate(options: Options, step: int) -> float:
    """The rate of the step after `step` others: constant, or down to zero on a line or half a cosine."""
    done = step / max(1, options.steps)
    factors = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}
    return options.lr * factors[options.schedule]
