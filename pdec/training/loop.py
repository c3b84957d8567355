"""The training loop, as an iterator: every step gives a record of itself, the end gives the Solution."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from pdec import compiler
from pdec.diagnostics import PdeError
from pdec.options import OptionError, Options
from pdec.problem import Problem
from pdec.training.errors import TrainingError
from pdec.training.metrics import Metrics, evaluate
from pdec.training.network import network_for
from pdec.training.randomness import stream
from pdec.training.solution import Solution

if TYPE_CHECKING:
    from pdec.loss import Loss


@dataclass(frozen=True, slots=True)
class Progress:
    """One step: its number, from 1, of `steps`; the loss and its unweighted terms before the step; the learning rate
    of the step; the seconds of training so far; the unknown parameters before the step.
    """

    step: int
    steps: int
    loss: float
    terms: dict[str, float]
    lr: float
    seconds: float
    parameters: dict[str, float] = field(default_factory=dict)


class Run(Iterator[Progress]):
    """Training in progress. Iterate for a Progress a step; `solution` trains to the end and evaluates.

    As a generator does, it hands the Solution to `yield from`. Each iteration draws new points and makes one step of
    Adam; it raises TrainingError where the loss is not finite. After a KeyboardInterrupt the history holds all whole
    steps, and `stop()` ends the run there.
    """

    def __init__(self, loss: Loss, *, exact: Loss | None = None, net: nn.Module | None = None) -> None:
        """`exact` is the loss with exact derivatives, for the held-out residual; `net` replaces the usual network."""
        options, problem = loss.options, loss.problem
        self.loss = loss
        self._exact = exact
        self._device = usable_device(options.device)
        self._dtype: torch.dtype = getattr(torch, options.dtype)
        if net is None:
            net = network_for(problem, options)
        self.net = net.to(device=self._device, dtype=self._dtype)
        self.parameters: dict[str, nn.Parameter] = {}
        if problem.numbers:
            self.parameters = loss.parameters(device=self._device, dtype=self._dtype)
        self.history: list[Progress] = []
        self._points = stream(options.seed, "points", self._device)
        self._noise = stream(options.seed, "noise", self._device)
        self._optimiser = adam(self.net, self.parameters, options)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: learning_rate(options, step) / options.lr
        )
        self._stopped = False
        self._seconds = 0.0
        self._solution: Solution | None = None

    def __next__(self) -> Progress:
        if self._stopped or len(self.history) == self.loss.options.steps:
            raise StopIteration(self._finish())
        start = time.perf_counter()
        parameters = self._values()
        loss, terms, lr = self._step()
        self._seconds += time.perf_counter() - start
        progress = Progress(len(self.history) + 1, self.loss.options.steps, loss, terms, lr, self._seconds, parameters)
        self.history.append(progress)
        return progress

    def stop(self) -> None:
        """End the training after the steps made so far."""
        self._stopped = True

    @property
    def solution(self) -> Solution:
        """The trained solution; makes the steps that are left first."""
        for _ in self:
            pass
        return self._finish()

    @property
    def unevaluated(self) -> Solution:
        """What is trained so far, without errors and residuals: to be saved where there is no time to evaluate."""
        metrics = Metrics({}, 0, {equation.label: None for equation in self.loss.problem.equations}, 0)
        return Solution(self.loss, self.net, tuple(self.history), metrics, self._seconds, 0.0, self._values())

    def _values(self) -> dict[str, float]:
        """The unknown parameters as they are now; one transfer for all of them."""
        if not self.parameters:
            return {}
        return dict(zip(self.parameters, torch.stack([p.detach() for p in self.parameters.values()]).tolist()))

    def _step(self) -> tuple[float, dict[str, float], float]:
        batch = self.loss.sample(generator=self._points, device=self._device, dtype=self._dtype)
        given: dict[str, Any] = {"parameters": self.parameters} if self.parameters else {}
        terms = self.loss.terms(self.net, batch, generator=self._noise, **given)
        value = self.loss.weighted(terms)
        self._optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        # one transfer for all numbers: on a GPU each would wait for the device
        total, *parts = torch.stack([value.detach(), *(term.detach() for term in terms.values())]).tolist()
        values = dict(zip(terms, parts))
        check_finite(total, values, step=len(self.history) + 1)
        lr = float(self._schedule.get_last_lr()[0])
        self._optimiser.step()
        if self.parameters:
            self.loss.clamp_(self.parameters)
        self._schedule.step()
        return total, values, lr

    def _finish(self) -> Solution:
        if self._solution is None:
            start = time.perf_counter()
            found = self._values()
            metrics = evaluate(
                self.loss, self._exact, self.net, device=self._device, dtype=self._dtype, parameters=found
            )
            self._solution = Solution(
                loss=self.loss,
                net=self.net,
                history=tuple(self.history),
                metrics=metrics,
                seconds=self._seconds,
                evaluation_seconds=time.perf_counter() - start,
                parameters=found,
            )
        return self._solution


def solve(problem: Problem, *, net: nn.Module | None = None, **options: Any) -> Run:
    """Train a network on `problem`: iterate over the Run to watch, or read its `solution`.

    `options` are those of `pdec.options`, on top of the file's own; `net`, a module (…, n_coords) -> (…, n_unknowns),
    replaces the usual network and is trained in place. The same seed gives the same numbers on the same machine.
    Raises OptionError for a bad option, PdeError for a derivative that the method cannot take.
    """
    loss = compiler.compile(problem, **options)
    try:
        exact = compiler.compile(problem, **{**options, "method": "autograd"})
    except PdeError:
        exact = None  # no exact derivatives of this kind: the run has no held-out residual
    return Run(loss, exact=exact, net=net)


def adam(net: nn.Module, parameters: Mapping[str, nn.Parameter], options: Options) -> torch.optim.Optimizer:
    """The optimiser, for the network and the unknown parameters."""
    groups: list[dict[str, Any]] = [{"params": list(net.parameters())}]
    if parameters:
        groups.append({"params": list(parameters.values()), "lr": options.param_lr or options.lr})
    return torch.optim.Adam(groups, lr=options.lr, betas=(0.9, 0.999), eps=1e-8)


def learning_rate(options: Options, step: int) -> float:
    """The rate of the step after `step` others: constant, or down to zero on a line or half a cosine."""
    done = step / max(1, options.steps)
    factors = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}
    return options.lr * factors[options.schedule]


def usable_device(name: str) -> torch.device:
    """The torch device of that name. Raises OptionError where there is none, or this machine cannot use it."""
    try:
        device = torch.device(name)
        torch.empty(1, device=device).sum().item()
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise OptionError(f"`device` cannot be `{name}` here: {reason}") from error
    return device


def check_finite(total: float, terms: dict[str, float], *, step: int) -> None:
    """Raise TrainingError, naming the step and the term, where a loss is infinite or not a number."""
    if math.isfinite(total):
        return
    bad = [f"`{name}` is {value}" for name, value in terms.items() if not math.isfinite(value)]
    what = ", ".join(bad) or f"the weighted sum is {total}"
    raise TrainingError(f"the loss is not finite at step {step}: {what}; a smaller learning rate may help")
