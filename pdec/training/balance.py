"""Weights of the terms of a loss that training itself finds, as factors of those of the file.

`gradient-norm`: the gradients of all weighted terms get the same norm (Wang, Teng & Perdikaris 2021), by running means.
`self-adaptive`: each term is a Gaussian log-likelihood whose variance is trained: the factors are exp(-s), and the sum
of all s is added to the loss (Xiang et al. 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

EVERY = 10  # steps between two looks at the gradients
MEMORY = 0.9  # of the running means
LARGEST = 1e6  # a term that has vanished pulls no further

Sums = Callable[[Sequence[Tensor]], list[Tensor]]
"""Tensors of one process -> their sums over all (`pdec.training.ranks`)."""


class Balance:
    """Factors of the terms, all 1 at first. `name` is a value of the option `balance`."""

    def __init__(self, name: str, terms: int, device: torch.device, dtype: torch.dtype) -> None:
        self.name = name
        self.factors = torch.ones(terms, device=device, dtype=dtype)
        self._logs = nn.Parameter(torch.zeros(terms, device=device, dtype=dtype))
        self._adam = torch.optim.Adam([self._logs], lr=1e-2)

    def look(self, weighted: Tensor, parameters: list[nn.Parameter], step: int, summed: Sums = list) -> None:
        """Bring the factors up to date before step number `step` (from 0), by the `weighted` terms, (terms,), whose
        graph stays: those of this process, of which, as of their gradients, `summed` gives the sum over all."""
        if self.name == "gradient-norm" and step % EVERY == 0:
            norms = torch.stack([_norm(term, parameters, summed) for term in weighted])
            wanted = (norms.mean() / norms.clamp_min(norms.mean() / LARGEST)).nan_to_num(1.0)
            self.factors = MEMORY * self.factors + (1 - MEMORY) * wanted if step else wanted
        elif self.name == "self-adaptive":
            self._logs.grad = 1 - self.factors * summed([weighted.detach()])[0]
            self._adam.step()
            self.factors = torch.exp(-self._logs.detach()).clamp_max(LARGEST)

    def state(self) -> dict[str, Any]:
        return {"factors": self.factors, "logs": self._logs.detach(), "adam": self._adam.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.factors = state["factors"].to(self.factors)
        with torch.no_grad():
            self._logs.copy_(state["logs"])
        self._adam.load_state_dict(state["adam"])


def _norm(term: Tensor, parameters: list[nn.Parameter], summed: Sums) -> Tensor:
    """The norm of the gradient of a scalar."""
    if not term.requires_grad:
        return torch.zeros_like(term)
    parts = torch.autograd.grad(term, parameters, retain_graph=True, allow_unused=True)
    return torch.stack([part.square().sum() for part in summed([p for p in parts if p is not None])]).sum().sqrt()


def causal_weights(squares: Tensor, times: Tensor, strength: float, bins: int = 32, *, backward: bool) -> Tensor:
    """Weights (B,) of points at `times` (B,): exp(-strength · mean squared residual of all earlier points), by bins of
    equal numbers of points (Wang, Sankaran & Perdikaris 2022). `backward`: what is later counts as earlier."""
    order = torch.argsort(times, descending=backward)
    count = min(bins, len(times))
    means = torch.stack([part.mean() for part in squares[order].tensor_split(count)])
    before = torch.cat([means.new_zeros(1), means.cumsum(0)[:-1]]) / count
    sizes = torch.tensor([len(part) for part in order.tensor_split(count)], device=order.device)
    weights = torch.empty_like(squares)
    weights[order] = torch.exp(-strength * before).repeat_interleave(sizes)
    return weights
