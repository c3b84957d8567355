"""Optimisers by name, and how their learning rate goes.

Adam, AdamW, Muon and L-BFGS are torch's own; SOAP, Adam in the eigenbasis of Shampoo (Vyas et al. 2024), is that of
pytorch-optimizer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from pdec.options import OptionError, Options
from pdec.training.soap import SteadySOAP

ITERATIONS = 10  # of L-BFGS in one step, on the same points
LARGEST = 512  # rows or columns of a matrix that SOAP finds an eigenbasis for: that of n of them costs n^3
Group = dict[str, Any]


def optimisers(
    net: nn.Module, parameters: Mapping[str, nn.Parameter], options: Options
) -> tuple[torch.optim.Optimizer, ...]:
    """What steps the network, and what steps the unknown parameters; every group has its `initial_lr`.

    Raises OptionError for an optimiser that this torch does not have.
    """
    every = [parameter for parameter in net.parameters() if parameter.requires_grad]
    matrices = [parameter for parameter in every if parameter.dim() == 2]
    others = [parameter for parameter in every if parameter.dim() != 2]
    found: list[torch.optim.Optimizer] = []
    match options.optimiser:
        case "adam":
            found = [_adam(_group(every, options.lr))]
        case "adamw":
            found = [torch.optim.AdamW(_group(every, options.lr), weight_decay=options.decay, fused=_fused(every))]
        case "soap":
            # the eigenbases are brought up to date often: they cost little beside the loss
            found = [
                SteadySOAP(
                    _group(every, options.lr),
                    betas=(0.95, 0.95),
                    weight_decay=0.0,
                    precondition_frequency=5,
                    max_precondition_dim=LARGEST,
                )
            ]
        case "muon":
            if not hasattr(torch.optim, "Muon"):
                raise OptionError(f"`optimiser` cannot be `muon` here: torch {torch.__version__} does not have it")
            # what is no matrix is stepped by Adam; with the rate of Adam's updates for both
            muon = torch.optim.Muon(_group(matrices, options.lr), weight_decay=0.0, adjust_lr_fn="match_rms_adamw")
            found = [muon, _adam(_group(others, options.lr))] if others else [muon]
    if parameters:
        found.append(_adam(_group(list(parameters.values()), options.param_lr or options.lr)))
    return tuple(found)


def quasi_newton(net: nn.Module, parameters: Mapping[str, nn.Parameter]) -> torch.optim.Optimizer:
    """L-BFGS with a strong Wolfe line search, for the network and the unknown parameters together."""
    every = [parameter for parameter in net.parameters() if parameter.requires_grad]
    return torch.optim.LBFGS(
        _group([*every, *parameters.values()], 1.0),
        max_iter=ITERATIONS,
        history_size=50,
        tolerance_grad=0.0,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )


def adam(net: nn.Module, parameters: Mapping[str, nn.Parameter], options: Options) -> torch.optim.Optimizer:
    """Adam, for the network and the unknown parameters."""
    groups = _group(list(net.parameters()), options.lr)
    if parameters:
        groups += _group(list(parameters.values()), options.param_lr or options.lr)
    return _adam(groups)


def learning_rate(options: Options, step: int, share: float = 0.0) -> float:
    """The rate of the step after `step` others, when a `share` of the time is over, whichever is further.

    It rises on a line for `warmup` steps, and goes down to zero on a line or half a cosine, or stays.
    """
    done = min(1.0, max(step / max(1, options.steps), share))
    factors = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}
    warm = min(1.0, (step + 1) / options.warmup) if options.warmup else 1.0
    return options.lr * warm * factors[options.schedule]


def _adam(groups: list[Group]) -> torch.optim.Adam:
    every = [parameter for group in groups for parameter in group["params"]]
    return torch.optim.Adam(groups, betas=(0.9, 0.999), eps=1e-8, fused=_fused(every))


def _fused(parameters: list[nn.Parameter]) -> bool:
    """Whether torch can update a parameter in one pass over memory: ten times faster than many for large ones."""
    return all(parameter.device.type in ("cpu", "cuda") for parameter in parameters)


def _group(parameters: list[nn.Parameter], rate: float) -> list[Group]:
    return [{"params": parameters, "lr": rate, "initial_lr": rate}]
