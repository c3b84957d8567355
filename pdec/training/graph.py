"""The terms of the loss as one graph of torch.compile, where that pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor, nn

from pdec.codegen.sections import known_terms
from pdec.options import OptionError
from pdec.plan import plan
from pdec.training.errors import TrainingError

if TYPE_CHECKING:
    from pdec.loss import Loss

PAYS_FROM = 10_000
"""Steps from which `auto` compiles: on a CPU it takes ten seconds or more, and saves a tenth to a third of a step."""
NUMBERS = 2e9
"""Coordinates of all points of a training from which it does so too where each meets a source in very many dimensions:
10 ns are saved for one, as was seen on two cores."""
MINUTES = 10
"""A run that the clock ends is to be so long."""


def compilable(loss: Loss) -> bool:
    """Whether nothing in a loss is differentiated backward: torch compiles one backward pass, that of training."""
    made = plan(loss.problem, loss.options)
    return not any(made.lowering.backward(section.derivatives) for section in made.sections)


def pays(loss: Loss) -> bool:
    """Whether a training is likely to be so long that compiling is won back."""
    options = loss.options
    if options.minutes is not None and options.minutes < MINUTES:
        return False
    if options.steps >= PAYS_FROM:
        return True
    points = sum(
        options.points_of(section.point_set, section.kind)
        for section in plan(loss.problem, options).sections
        if any(known_terms(loss.problem, expression) for expression in section.expressions)
    )
    return options.steps * points * loss.problem.n_coords >= NUMBERS


class Terms:
    """`loss.terms` for one step after the other: the same numbers, to rounding, whether it is compiled or not.

    Random numbers are drawn outside of the graph, which a torch.Generator cannot enter.
    """

    def __init__(self, loss: Loss, *, alone: bool = True) -> None:
        """`alone`: no other processes train with this one. Raises OptionError where a loss cannot be compiled that is
        to be."""
        options = loss.options
        self._loss, self._asked, self._works = loss, options.compile == "yes", False
        by_values = compilable(loss)
        if self._asked and not by_values:
            why = f"`{options.method}` differentiates by back-propagation, which torch compiles only once"
            raise OptionError(f"`compile` cannot be `yes` here: {why}; the methods of the family of `stein` do not")
        for hindered, what in (
            (options.causal is not None, "with `causal` weights, which are of single points"),
            (options.optimiser == "lbfgs", "with `lbfgs`, whose steps are on points of their own"),
            (not alone, "by several processes, which evaluate parts of a batch"),
            (options.pieces > 1, "in `pieces`"),
        ):
            if self._asked and hindered:
                raise OptionError(f"`compile` cannot be `yes` in a training {what}")
        wanted = self._asked or (options.compile == "auto" and by_values and pays(loss))
        self._graph: Callable[..., dict[str, Tensor]] | None = None
        if wanted:
            self._graph = torch.compile(loss.terms, fullgraph=True)

    def __call__(
        self, net: nn.Module, batch: Mapping[str, Tensor], *, generator: Generator, **given: Any
    ) -> dict[str, Tensor]:
        """Unweighted mean squared residuals by label. Raises TrainingError where torch cannot compile them."""
        if self._graph is None:
            return self._loss.terms(net, batch, generator=generator, **given)
        noise = self._loss.draw(batch, generator=generator)
        if self._works:
            return self._graph(net, batch, noise=noise, **given)
        try:
            found = self._graph(net, batch, noise=noise, **given)
        except RuntimeError as error:  # there may be no C++ compiler, or the network is none that torch can trace
            if self._asked:
                reason = " ".join(str(error).split())[:300]
                raise TrainingError(f"torch cannot compile the loss ({reason}); try --compile no") from error
            self._graph = None
            return self._loss.terms(net, batch, noise=noise, **given)
        self._works = True
        return found
