"""The comparison itself: every method on the same problem, network and points, in turn, within a budget of time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from pdec import compiler
from pdec.bench.entrant import Setup, method_options, rows_counted, setup, supervised_step, training_step
from pdec.bench.meter import Meter, OutOfBudgetError, clock, peak_bytes
from pdec.bench.results import Bench, Cost, Result
from pdec.bench.spread import Moments
from pdec.bench.train import train_all
from pdec.choice import expected_bytes
from pdec.diagnostics import PdeError
from pdec.estimators import LOWERINGS
from pdec.loss import Loss
from pdec.options import OptionError
from pdec.problem import Problem
from pdec.training.loop import usable_device
from pdec.training.memory import memory_of_the_machine
from pdec.training.products import loss_by_onednn, onednn_products
from pdec.training.randomness import stream

METHODS: tuple[str, ...] = tuple(LOWERINGS)
"""Every method that can take part."""

BLOCK = 0.02  # seconds that a timed block lasts at least
FEW = 3  # repeats, and draws, without which a median or a spread says nothing
ROOM = 0.3  # share of the memory that exact values for the reference may be expected to need
DRAW = 1.4  # steps that one draw of loss, gradient and residual takes

Watch = Callable[[str, float, float], None]
"""Is told what is being done, and how many seconds of work of how many are done; 0 of 0 while that is not known."""


@dataclass(slots=True)
class Entrant:
    """A method that takes part: what is known of it so far."""

    loss: Loss
    result: Result
    step: Callable[[], None]
    seconds: float
    repeats: int = 0
    draws: int = 0


def bench(
    problem: Problem,
    methods: Sequence[str] = METHODS,
    *,
    repeats: int = 9,
    draws: int = 100,
    seconds: float = 60.0,
    train: int = 0,
    to_error: float | None = None,
    watch: Watch = lambda what, done, total: None,
    **options: Any,
) -> Bench:
    """Compare `methods`, each a name or `name:samples`, on `problem`; `options` are those of `pdec.options`.

    Every cost is the median of `repeats`, every spread is over `draws`; a method that cannot have as many within its
    share of `seconds` has fewer, and one that cannot have three is left out, with the reason. With `train`, every
    method trains for so many steps, within as many seconds again, and says when its relative L2 error fell to
    `to_error`.
    Seconds are those of `pdec.bench.meter.clock`. Raises OptionError; PdeError where every method refuses the problem.
    """
    methods = tuple(methods) or METHODS
    changes = [{**options, **method_options(text, METHODS), **({"steps": train} if train else {})} for text in methods]
    base = compiler.options_for(problem, {**options, **changes[0]})
    device = usable_device(base.device)
    now, began = clock(device), time.perf_counter()
    end = now() + seconds
    losses: list[Loss | None] = []
    results: list[Result] = []
    errors: list[PdeError] = []
    for name, change in zip(methods, changes):
        chosen = compiler.options_for(problem, change)
        result = Result(name, chosen.method, chosen.samples)
        try:
            made = compiler.compile(problem, **change)
            result = Result(name, made.options.method, made.options.samples)
            losses.append(made)
        except PdeError as error:
            errors.append(error)
            losses.append(None)
            result = replace(result, status="refused", reason="; ".join(d.message for d in error.diagnostics))
        results.append(result)
    first = next((loss for loss in losses if loss is not None), None)
    if first is None:
        raise errors[0]
    shared = setup(first, device)
    # asked before memory is counted: the first answer takes some products
    by_onednn = any(loss_by_onednn(loss, shared.net, device, shared.dtype) for loss in losses if loss is not None)

    supervised = supervised_step(base, shared, problem.n_unknowns)
    supervised_bytes = peak_bytes(lambda: _twice(supervised_step(base, shared, problem.n_unknowns)), device)
    unit = _warm(supervised, device)

    entrants: dict[int, Entrant] = {}
    left = sum(loss is not None for loss in losses) + 1  # the reference has a share as well
    for k, loss in enumerate(losses):
        if loss is None:
            continue
        watch(f"{methods[k]}: first steps", 0, 0)
        share = max(0.0, end - now()) / left
        left -= 1
        found = _admitted(loss, shared, results[k], supervised_bytes, share)
        if isinstance(found, Result):
            results[k] = found
        else:
            entrants[k] = found
    watch("exact derivatives", 0, 0)
    truth = _truth(problem, options, shared, max(0.0, end - now()) / (1 + len(entrants)))

    budget = max(end - now(), 0.2 * seconds)
    for k, entrant in _allotted(entrants, budget, repeats, draws).items():
        if entrant.repeats < min(FEW, repeats):
            reason = f"a step takes {entrant.seconds:.3g} s, too long for its share of {seconds:g} s"
            results[k] = replace(entrant.result, status="time", reason=reason)
            del entrants[k]
    total = sum(e.seconds * (e.repeats + DRAW * e.draws) for e in entrants.values())
    progress = _Progress(watch, total)
    # planned is by the fastest of a few steps: on a busy machine the clock ends what the plan would not
    halfway = now() + budget / 2
    costs, unit, quick = _costs(entrants, supervised, unit, device, progress, halfway, by_onednn)
    for k, cost in costs.items():
        entrants[k].result = replace(entrants[k].result, cost=cost)
    for left, (k, entrant) in zip(range(len(entrants), 0, -1), entrants.items()):
        share = max(0.0, end - now()) / left
        results[k] = _with_spread(entrant, shared, truth, progress, now() + share)
    if train:
        runs = {k: entrant.loss for k, entrant in entrants.items()}
        exact = _exact_loss(problem, options)
        for k, trained in train_all(runs, exact, to_error, seconds, watch).items():
            results[k] = replace(results[k], trained=trained)
    return Bench(
        problem=problem.name,
        dim=problem.dim,
        options={k: v for k, v in base.to_json().items() if k not in ("method", "samples", "points", "steps")},
        points={name: len(points) for name, points in shared.batch.items()},
        parameters=sum(parameter.numel() for parameter in shared.net.parameters()),
        threads=torch.get_num_threads(),
        seconds=time.perf_counter() - began,
        supervised_seconds=unit,
        supervised_bytes=supervised_bytes,
        reference=truth.method if truth else "",
        results=tuple(results),
        supervised_onednn_seconds=quick,
    )


# --- what a step costs


def _admitted(loss: Loss, shared: Setup, result: Result, supervised_bytes: int, share: float) -> Entrant | Result:
    """The method with its memory and its first steps behind it; or the reason why it does not take part."""
    outputs = loss.problem.n_unknowns
    try:
        deadline = clock(shared.device)() + share
        peak = peak_bytes(lambda: _twice(training_step(loss, shared, eager=True)), shared.device, deadline)
        step = training_step(loss, shared)
        evaluations, step_evaluations = _evaluations(loss, shared, outputs)
        seconds = _warm(step, shared.device)
    except OutOfBudgetError as error:
        return replace(result, status=error.what, reason=f"its first steps {error} ({share:.3g} s for each method)")
    except (RuntimeError, MemoryError) as error:
        text = str(error).splitlines()[0] if str(error) else "out of memory"
        return replace(result, status="memory" if "memory" in text else "failed", reason=text)
    result = replace(
        result,
        evaluations=evaluations,
        step_evaluations=step_evaluations,
        peak_bytes=peak,
        memory=peak / max(1, supervised_bytes),
    )
    return Entrant(loss, result, step, seconds)


def _evaluations(loss: Loss, shared: Setup, outputs: int) -> tuple[float, int]:
    """Evaluations of the network: a point of the domain, and for the whole batch."""
    counts = {}
    for name, points in shared.batch.items():
        with rows_counted(shared.net, outputs) as count:
            loss.terms(shared.net, {name: points})
            counts[name] = count()
    first = next(iter(loss.equation_sets))
    return counts[first] / len(shared.batch[first]), sum(counts.values())


def _costs(
    entrants: Mapping[int, Entrant],
    supervised: Callable[[], None],
    unit: float,
    device: torch.device,
    progress: _Progress,
    deadline: float,
    by_onednn: bool,
) -> tuple[dict[int, Cost], float, float | None]:
    """Costs, and the seconds of a supervised step, of which there is a block before and after every turn of a method:
    what else the machine does hits all of them alike. Last, its seconds `by_onednn`, where they are asked for."""
    ratios: dict[int, list[float]] = {k: [] for k in entrants}
    own: dict[int, list[float]] = {k: [] for k in entrants}
    before = _timed(supervised, unit, device)
    blocks, quick = [before], []
    for turn in range(max((entrant.repeats for entrant in entrants.values()), default=0)):
        if turn >= FEW and clock(device)() > deadline:
            break
        for k, entrant in entrants.items():
            if turn < entrant.repeats:
                seconds = _timed(entrant.step, entrant.seconds, device)
                after = _timed(supervised, unit, device)
                own[k].append(seconds)
                ratios[k].append(2 * seconds / (before + after))
                before = after
                blocks.append(after)
                progress.add(entrant.seconds, f"{entrant.result.name}: cost")
        if by_onednn:
            with onednn_products():
                quick.append(_timed(supervised, unit, device) / before)
    costs = {
        k: Cost(statistics.median(found), *_quartiles(found), statistics.median(own[k]), len(found))
        for k, found in ratios.items()
        if found
    }
    unit = statistics.median(blocks)
    return costs, unit, unit * statistics.median(quick) if quick else None


def _allotted(entrants: Mapping[int, Entrant], budget: float, repeats: int, draws: int) -> dict[int, Entrant]:
    """Gives every method its repeats and draws: what the cheap ones leave of their share goes to the dear ones."""
    left, order = budget, sorted(entrants, key=lambda k: entrants[k].seconds)
    for position, k in enumerate(order):
        entrant = entrants[k]
        share, step = left / (len(order) - position), entrant.seconds
        needed = step * (repeats + DRAW * draws)
        if needed <= share:
            entrant.repeats, entrant.draws = repeats, draws
        else:
            entrant.repeats = min(repeats, max(int(share / (2 * step)), int(share >= FEW * step) * FEW))
            entrant.draws = min(draws, max(0, int((share - entrant.repeats * step) / (DRAW * step))))
        left -= min(needed, share)
    return {k: entrants[k] for k in order}


def _timed(step: Callable[[], None], guess: float, device: torch.device) -> float:
    """Seconds a step, over a block of steps that lasts about BLOCK."""
    count = max(1, round(BLOCK / max(guess, 1e-6)))
    now = clock(device)
    _synchronise(device)
    start = now()
    for _ in range(count):
        step()
    _synchronise(device)
    return (now() - start) / count


def _warm(step: Callable[[], None], device: torch.device) -> float:
    """Seconds of a step, after a first one that does more: the least of a few, as this one only plans."""
    step()
    found = [_timed(step, BLOCK, device)]
    while sum(found) < 5 * BLOCK and len(found) < 5:
        found.append(_timed(step, BLOCK, device))
    return min(found)


def _twice(step: Callable[[], None]) -> None:
    step()
    step()  # the optimiser has its moments now


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _quartiles(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


class _Progress:
    """Seconds of work done, of those to do."""

    def __init__(self, watch: Watch, total: float) -> None:
        self.watch, self.total, self.done = watch, total, 0.0

    def add(self, seconds: float, what: str) -> None:
        self.done += seconds
        self.watch(what, self.done, self.total)


# --- how far its numbers spread


@dataclass(frozen=True, slots=True)
class Sample:
    """Residuals (as `Loss.residual` has them), loss and gradient (one vector) at the initial network."""

    method: str
    residuals: Mapping[str, Tensor]
    loss: Tensor
    gradient: Tensor


def sample(loss: Loss, shared: Setup, generator: torch.Generator, dtype: torch.dtype | None = None) -> Sample:
    """One draw of what the method computes; with `dtype`, of a copy of the network in another precision."""
    net, batch = shared.net, shared.batch
    if dtype is not None:
        fresh = setup(loss, shared.device).net
        fresh.load_state_dict(net.state_dict())
        net, batch = fresh.to(dtype), {name: points.to(dtype) for name, points in batch.items()}
    numbers = loss.parameters(device=shared.device, dtype=dtype or shared.dtype)
    given: dict[str, Any] = {"parameters": numbers} if numbers else {}
    trained = [*net.parameters(), *numbers.values()]
    residuals: dict[str, Tensor] = {}
    for name, labels in loss.equation_sets.items():
        found = loss.residual(net, batch[name], generator=generator, **given)
        residuals |= {label: found[label].detach() for label in labels}
    value = loss(net, batch, generator=generator, **given)
    gradient = torch.autograd.grad(value, trained, materialize_grads=True)
    return Sample(loss.options.method, residuals, value.detach(), torch.cat([g.reshape(-1) for g in gradient]))


def _truth(problem: Problem, options: Mapping[str, Any], shared: Setup, share: float) -> Sample | None:
    """Exact values for the unsmoothed network, in double precision; None where they take too much time or memory."""
    for name in exact_methods():
        try:
            loss = compiler.compile(problem, **{**options, "method": name})
            if 2 * expected_bytes(problem, loss.options) > ROOM * memory_of_the_machine():
                continue  # it would only be found out with all of that filled
            generator = stream(loss.options.seed, "bench truth", shared.device)
            now = clock(shared.device)
            with Meter(now() + share, 0.6 * memory_of_the_machine(), now):
                return sample(loss, shared, generator, torch.float64)
        except (PdeError, RuntimeError, MemoryError):  # OutOfBudgetError among them
            continue
    return None


def exact_methods() -> list[str]:
    """The methods without smoothing and noise, the baseline first."""
    found = [n for n, row in LOWERINGS.items() if not row.smoothed and not row.drawn]
    return sorted(found, key=lambda name: name != "autograd")


def _exact_loss(problem: Problem, options: Mapping[str, Any]) -> Loss | None:
    try:
        return compiler.compile(problem, **{**options, "method": "autograd"})
    except PdeError:
        return None


def _with_spread(entrant: Entrant, shared: Setup, truth: Sample | None, progress: _Progress, deadline: float) -> Result:
    """The result with the spreads of residuals, loss and gradient, over its draws, or those that the time allows."""
    loss, result = entrant.loss, entrant.result
    if entrant.draws < FEW:
        return replace(result, reason="no time was left for its spread")
    generator = stream(loss.options.seed, "bench spread", shared.device)
    first = sample(loss, shared, generator)
    residuals = {
        label: Moments(residual.numel(), truth.residuals[label] if truth else None, mean_square=True)
        for label, residual in first.residuals.items()
    }
    value = Moments(1, truth.loss if truth else None)
    gradient = Moments(len(first.gradient), truth.gradient if truth else None)
    drawn = first
    for k in range(entrant.draws):
        if k >= FEW and clock(shared.device)() > deadline:
            break
        if k:
            drawn = sample(loss, shared, generator)
        for label, residual in drawn.residuals.items():
            residuals[label].add(residual)
        value.add(drawn.loss)
        gradient.add(drawn.gradient)
        progress.add(DRAW * entrant.seconds, f"{result.name}: spread")
        if k == 1 and torch.equal(drawn.gradient, first.gradient):
            progress.add(DRAW * entrant.seconds * (entrant.draws - 2), f"{result.name}: spread")
            break  # nothing is drawn: more would say the same
    return replace(
        result,
        residuals={label: moments.spread() for label, moments in residuals.items()},
        loss=value.spread(),
        gradient=gradient.spread(),
    )


def check_methods(methods: Sequence[str]) -> None:
    """Raises OptionError for a method that does not exist."""
    for text in methods:
        method_options(text, METHODS)
    if len(set(methods)) < len(methods):
        raise OptionError("a method is named twice")
