"""One step of training: points, loss, weights of its terms, optimiser; and all that is remembered between steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pdec.options import OptionError
from pdec.training.balance import Balance, causal_weights
from pdec.training.collocation import Batch, Collocation
from pdec.training.errors import NotFiniteError
from pdec.training.graph import Terms
from pdec.training.optimisers import learning_rate, optimisers, quasi_newton
from pdec.training.parts import gathered, in_pieces, pieces, squares
from pdec.training.products import loss_by_onednn, onednn_products, optimiser_by_onednn
from pdec.training.randomness import stream
from pdec.training.ranks import Ranks

if TYPE_CHECKING:
    from pdec.loss import Loss

STREAMS = ("points", "noise")


@dataclass(frozen=True, slots=True)
class Made:
    """What a step was like: loss and unweighted terms before it, the rate, and the factors of weights by label."""

    loss: float
    terms: dict[str, float]
    lr: float
    factors: dict[str, float]


class Stepper:
    """Trains `net`, in place, and `parameters`, the unknown numbers of the problem, step by step."""

    def __init__(
        self, loss: Loss, net: nn.Module, device: torch.device, dtype: torch.dtype, ranks: Ranks | None = None
    ) -> None:
        """Together with `ranks`, which make the same steps. Raises OptionError for options that do not fit the
        problem."""
        options, problem = loss.options, loss.problem
        self.loss, self.options, self.net = loss, options, net
        self.device, self.dtype = device, dtype
        self.ranks = ranks or Ranks()
        self.parameters = loss.parameters(device=device, dtype=dtype) if problem.numbers else {}
        self.streams = {name: stream(options.seed, name, device) for name in STREAMS}
        self._graph = Terms(loss, alone=self.ranks.alone)
        self.loss_by_onednn = loss_by_onednn(loss, net, device, dtype, self.ranks.size)
        self._optimiser_by_onednn = optimiser_by_onednn(options, net, device, dtype)
        self.rate = 1.0  # goes down with every rollback
        self._collocation = Collocation(loss, device, dtype)
        self._optimisers = optimisers(net, self.parameters, options)
        self._finisher: torch.optim.Optimizer | None = None
        self._fixed: Batch = {}
        self._balance: Balance | None = None
        self._average: AveragedModel | None = None
        if options.average > 0:
            self._average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(options.average))  # type: ignore[no-untyped-call]
        if options.causal is not None and problem.coordinates.time is None:
            raise OptionError("`causal` weights are for problems with time; this one has none")
        if options.pieces > 1 and (options.causal is not None or options.balance != "fixed"):
            raise OptionError("`pieces` cannot be more than 1 with `causal` or `balance`, which weigh points or terms")
        self._pieces = pieces(loss) if options.pieces > 1 else {}
        self._backward = {c.kind for c in problem.conditions} & {"initial", "terminal"} == {"terminal"}

    @property
    def trained(self) -> nn.Module:
        """The network that is the solution: the one that is trained, or the running mean of its weights."""
        return self.net if self._average is None else self._average.module

    def values(self) -> dict[str, float]:
        """The unknown numbers as they are now; one transfer for all of them."""
        if not self.parameters:
            return {}
        return dict(zip(self.parameters, torch.stack([p.detach() for p in self.parameters.values()]).tolist()))

    def step(self, number: int, share: float) -> Made:
        """The step after `number` others, when a `share` of the time is over.

        Raises NotFiniteError; the network and the optimiser are as before then, the streams are not.
        """
        last = self.options.optimiser == "lbfgs" or number >= self.options.steps
        made = self._quasi_newton_step(number) if last else self._stochastic_step(number, share)
        if self.parameters:
            self.loss.clamp_(self.parameters)
        if self._average is not None:
            self._average.update_parameters(self.net)
        return made

    def state(self) -> dict[str, Any]:
        """All that the steps to come depend on, as nested plain data and tensors; `restore` takes it back."""
        return {
            "net": dict(self.net.state_dict()),
            "parameters": {name: value.detach() for name, value in self.parameters.items()},
            "optimisers": [optimiser.state_dict() for optimiser in self._optimisers],
            "finisher": None if self._finisher is None else self._finisher.state_dict(),
            "streams": {name: generator.get_state() for name, generator in self.streams.items()},
            "collocation": self._collocation.state(),
            "balance": None if self._balance is None else self._balance.state(),
            "average": None if self._average is None else dict(self._average.state_dict()),
            "rate": self.rate,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Raises KeyError, RuntimeError, TypeError or ValueError where `state` is of another network."""
        self.net.load_state_dict(state["net"])
        with torch.no_grad():
            for name, value in self.parameters.items():
                value.copy_(state["parameters"][name])
        for optimiser, saved in zip(self._optimisers, state["optimisers"], strict=True):
            load(optimiser, saved)
        if state["finisher"] is not None:
            self._finisher = quasi_newton(self.net, self.parameters)
            load(self._finisher, state["finisher"])
        for name, generator in self.streams.items():
            generator.set_state(state["streams"][name])
        self._collocation.restore(state["collocation"])
        if state["balance"] is not None:
            self._balance = Balance(self.options.balance, len(state["balance"]["factors"]), self.device, self.dtype)
            self._balance.restore(state["balance"])
        if self._average is not None:
            self._average.load_state_dict(state["average"])
        self.rate = state["rate"]

    def reseed(self, name: str) -> None:
        """Go on with other points and noise, those of `name`."""
        self.streams = {each: stream(self.options.seed, f"{each} {name}", self.device) for each in STREAMS}

    def _stochastic_step(self, number: int, share: float) -> Made:
        with onednn_products(self.loss_by_onednn):
            batch = self._collocation.batch(self.streams["points"], self._squares, number)
            if self.options.adversarial:
                noise = self.streams["noise"]
                batch = self._collocation.against(batch, lambda b: self.loss.weighted(self._terms(b, noise)))
                batch = gathered(batch, self.ranks)
            for optimiser in self._optimisers:
                optimiser.zero_grad()
            value, terms = self._differentiated(batch, self.streams["noise"], number)
        total, numbers = finite_numbers(*self._summed(value, terms), step=number + 1, batch=batch)
        lr = self.rate * learning_rate(self.options, number, share)
        for optimiser in self._optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["initial_lr"] * lr / self.options.lr
            try:
                with onednn_products(self._optimiser_by_onednn):
                    optimiser.step()
            except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
                # of SOAP, which makes its first eigenbases of products of the gradient before any step
                what = (
                    f"the gradient is not finite at step {number + 1}, the loss is; or products of its entries are not"
                )
                raise NotFiniteError(what, batch) from error
        return Made(total, numbers, lr, self._factors(terms))

    def _quasi_newton_step(self, number: int) -> Made:
        if self._finisher is None:
            self._finisher = quasi_newton(self.net, self.parameters)
        batch, finisher = self._fixed_points(), self._finisher
        kept = [parameter.detach().clone() for parameter in finisher.param_groups[0]["params"]]
        seen: list[tuple[float, dict[str, float], dict[str, float]]] = []

        def closure() -> Tensor:
            finisher.zero_grad()
            with onednn_products(self.loss_by_onednn):
                noise = stream(self.options.seed, "finish noise", self.device)
                value, terms = self._differentiated(batch, noise, None)
            value, terms = self._summed(value, terms)
            if not seen:
                seen.append((*finite_numbers(value, terms, step=number + 1, batch=batch), self._factors(terms)))
            return value

        finisher.step(closure)  # type: ignore[arg-type]
        now = finisher.param_groups[0]["params"]
        if not all(bool(parameter.isfinite().all()) for parameter in now):
            with torch.no_grad():
                for parameter, value in zip(now, kept):
                    parameter.copy_(value)
            self._finisher = None
            raise NotFiniteError(f"the line search of step {number + 1} left the finite numbers", batch)
        total, numbers, factors = seen[0]
        return Made(total, numbers, 1.0, factors)

    def _fixed_points(self) -> Batch:
        """The points of all quasi-Newton steps: `finish_points` times as many as those of another step."""
        if not self._fixed:
            generator = stream(self.options.seed, "finish points", self.device)
            given: dict[str, Any] = {"generator": generator, "device": self.device, "dtype": self.dtype}
            counts = {name: len(points) for name, points in self.loss.sample(**given).items()}
            factor = self.options.finish_points
            self._fixed = {name: self.loss.points(factor * count, name, **given) for name, count in counts.items()}
        return self._fixed

    def _given(self) -> dict[str, Any]:
        return {"parameters": self.parameters} if self.parameters else {}

    def _differentiated(
        self, batch: Batch, generator: Generator, number: int | None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Loss and terms before step `number`; their gradients are in the parameters then. None: of a line search."""
        if self.options.pieces > 1:
            return in_pieces(self.loss, self.net, batch, self.ranks, generator, self._pieces, **self._given())
        terms = self._terms(batch, generator, None if number is None else self._graph)
        value = self._total(terms, number)
        value.backward()  # type: ignore[no-untyped-call]
        return value, terms

    def _terms(self, batch: Batch, generator: Generator, graph: Terms | None = None) -> dict[str, Tensor]:
        """Mean squared residuals, of several processes the shares of this one in them."""
        strength = self.options.causal
        if strength is None and self.ranks.alone:
            return (graph or self.loss.terms)(self.net, batch, generator=generator, **self._given())
        found = squares(self.loss, self.net, batch, self.ranks, generator=generator, **self._given())
        if strength is not None:
            timed = {label: name for name, labels in self.loss.equation_sets.items() for label in labels}
            everywhere = self.ranks.summed([found[label] for label in timed])
            for (label, name), values in zip(timed.items(), everywhere):
                times = batch[name][:, self.loss.problem.dim]
                known = values.clamp_min(0)  # an estimate without bias can be negative, which a square is not
                found[label] = found[label] * causal_weights(known, times, strength, backward=self._backward)
        return {label: values.mean() for label, values in found.items()}

    def _summed(self, value: Tensor, terms: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss and its terms over all processes, without graph; the gradients of all are summed as well."""
        trained = [*self.net.parameters(), *self.parameters.values()]
        total, *parts = self.ranks.sum_gradients(trained, [value, *terms.values()])
        return total, dict(zip(terms, parts))

    def _total(self, terms: Mapping[str, Tensor], number: int | None) -> Tensor:
        """The weighted sum; the factors of the weights are brought up to date before step `number`, or stay."""
        if self.options.balance == "fixed":
            return self.loss.weighted(terms)
        if self._balance is None:
            self._balance = Balance(self.options.balance, len(terms), self.device, self.dtype)
        zero = {label: torch.zeros_like(term) for label, term in terms.items()}
        weighted = torch.stack([self.loss.weighted({**zero, label: term}) for label, term in terms.items()])
        if number is not None:
            self._balance.look(weighted, list(self.net.parameters()), number, self.ranks.summed)
        return torch.dot(self._balance.factors, weighted)

    def _factors(self, terms: Mapping[str, Tensor]) -> dict[str, float]:
        return {} if self._balance is None else dict(zip(terms, self._balance.factors.tolist()))

    def _squares(self, points: Batch) -> dict[str, Tensor]:
        """Squared residuals (B,) on sets of equations, of all equations that hold there together."""
        own = squares(self.loss, self.net, points, self.ranks, generator=self.streams["noise"], **self._given())
        found = dict(zip(own, self.ranks.summed(list(own.values()))))
        sums = {name: [found[label] for label in self.loss.equation_sets[name]] for name in points}
        return {name: torch.stack(parts).sum(0).clamp_min(0) for name, parts in sums.items()}


def load(optimiser: torch.optim.Optimizer, state: Mapping[str, Any]) -> None:
    """Give an optimiser a state; its rates stay, which may be others than those of the state.

    Whether Adam is fused is of the state: a run goes on bit for bit, also one that a pdec without fused Adam began.
    """
    rates = [group["initial_lr"] for group in optimiser.param_groups]
    optimiser.load_state_dict(dict(state))
    for group, rate in zip(optimiser.param_groups, rates):
        group["initial_lr"] = rate


def finite_numbers(
    value: Tensor, terms: Mapping[str, Tensor], *, step: int, batch: Batch
) -> tuple[float, dict[str, float]]:
    """The loss and its terms as numbers. Raises NotFiniteError, naming step and terms, where the loss is none."""
    # one transfer for all numbers: on a GPU each would wait for the device
    total, *parts = torch.stack([value.detach(), *(term.detach() for term in terms.values())]).tolist()
    numbers = dict(zip(terms, parts))
    if not math.isfinite(total):
        bad = [f"`{name}` is {number}" for name, number in numbers.items() if not math.isfinite(number)]
        what = ", ".join(bad) or f"the weighted sum is {total}"
        advice = _advice(step, batch) if bad else "smaller weights may help"
        raise NotFiniteError(f"the loss is not finite at step {step}: {what}; {advice}", batch)
    return total, numbers


def _advice(step: int, batch: Batch) -> str:
    """What to try where a term of the loss is not finite."""
    lost = [f"`{name}`" for name, points in batch.items() if not points.isfinite().all()]
    if lost:
        return f"points of {', '.join(lost)} are not finite: see the law that they are drawn by"
    if step == 1:
        return "no step was made yet, so look at the equations: a root, a quotient, a large power or number"
    return "a smaller learning rate may help"
