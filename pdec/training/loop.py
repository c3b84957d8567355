"""The training loop, as an iterator: every step gives a record of itself, the end gives the Solution."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pdec import compiler
from pdec.diagnostics import PdeError
from pdec.options import OptionError, with_changes
from pdec.problem import Problem
from pdec.training import checkpoint, history
from pdec.training.errors import NotFiniteError, TrainingError
from pdec.training.files import remove_leftovers
from pdec.training.history import Progress
from pdec.training.memory import refuse_what_does_not_fit
from pdec.training.metrics import Metrics, evaluate, relative_errors
from pdec.training.network import network_for
from pdec.training.products import onednn_products
from pdec.training.ranks import check_network, current, own_device
from pdec.training.solution import Solution, write_problem
from pdec.training.step import Stepper

if TYPE_CHECKING:
    from pdec.loss import Loss

ROLLBACKS = 10  # times in a run; a loss that is not finite after so many halvings will not become so
CHECKS = 50  # times that the error is compared with the target
CHECK_POINTS = 1000


class Run(Iterator[Progress]):
    """Training in progress. Iterate for a Progress a step; `solution` trains to the end and evaluates.

    As a generator does, it hands the Solution to `yield from`. Each iteration draws new points and makes one step of
    the optimiser; it raises TrainingError where the loss is not finite (see the option `on_nan`), and OSError where a
    checkpoint cannot be written. After a KeyboardInterrupt the history holds all whole steps, and `stop()` ends the run
    there.

    In a process group of torch.distributed all processes make the same run together (`pdec.training.ranks`): each calls
    what is called here as often as the others. The first one writes.
    """

    def __init__(
        self,
        loss: Loss,
        *,
        exact: Loss | None = None,
        net: nn.Module | None = None,
        folder: str | Path | None = None,
        start: checkpoint.Checkpoint | None = None,
    ) -> None:
        """`exact` is the loss with exact derivatives, for the held-out residual; `net` replaces the usual network;
        checkpoints go to `folder`, where there is one; the run goes on from `start`, or begins anew."""
        options, problem = loss.options, loss.problem
        self.loss = loss
        self.exact = exact
        self.ranks = current()
        self._device = usable_device(own_device(options.device, self.ranks))
        self._dtype: torch.dtype = getattr(torch, options.dtype)
        if options.target is not None and not problem.solutions:
            raise OptionError("`target` is an error, which needs a known solution: `exact` or `reference`")
        if net is None:
            net = network_for(problem, options)
        check_network(net, self.ranks)
        self.net = net.to(device=self._device, dtype=self._dtype)
        self.stepper = Stepper(loss, self.net, self._device, self._dtype, self.ranks)
        self.parameters = self.stepper.parameters
        self.history: list[Progress] = []
        self.notes: list[str] = []
        self._stopped = self._reached = False
        self._wish = False  # to stop, of which other processes do not know yet
        self._seconds = 0.0
        self._solution: Solution | None = None
        self._folder = None if folder is None or not self.ranks.first else Path(folder)
        self._last: tuple[int, float, bytes] | None = None  # step, seconds and bytes of the last checkpoint
        self._whole = True  # not within a step
        if start is not None:
            self.restore(start.state, start.path)
        self._begin_alike()

    def __next__(self) -> Progress:
        if self.done:
            raise StopIteration(self._finish())
        return self.advance()

    def advance(self) -> Progress:
        """One step more, whether or not the run should end. Raises TrainingError, OSError."""
        if self._last is None or self._due():
            self.save_checkpoint()
        while True:
            start = time.perf_counter()
            number, found = len(self.history), self.stepper.values()
            before = {name: generator.get_state() for name, generator in self.stepper.streams.items()}
            self._whole = False
            try:
                made = self.stepper.step(number, self._share())
            except NotFiniteError as error:
                self._whole = True
                if self.loss.options.on_nan == "rollback" and len(self.notes) < ROLLBACKS:
                    self._roll_back(error)
                    continue
                raise self._failed(error, before) from None
            self._seconds += time.perf_counter() - start
            progress = Progress(
                number + 1, self.steps, made.loss, made.terms, made.lr, self._seconds, found, made.factors
            )
            self.history.append(progress)
            self._whole = True
            self._look_at_target()
            self._agree()
            return self.history[-1]

    def stop(self) -> None:
        """End the training after the steps made so far; of several processes, all of them after the step that one of
        them makes now, or next."""
        self._wish = True
        self._stopped = self._stopped or self.ranks.alone

    @property
    def stopped_elsewhere(self) -> bool:
        """Whether `stop` was called in another process, and not here."""
        return self._stopped and not self._wish and not self._reached

    @property
    def done(self) -> bool:
        """Whether there are no steps left to make."""
        return self._stopped or len(self.history) >= self.steps or self._share() >= 1

    @property
    def steps(self) -> int:
        """Steps in all, where neither time nor target ends the run."""
        return self.loss.options.steps + self.loss.options.finish

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
        found = self.stepper.values()
        return Solution(self.loss, self.stepper.trained, tuple(self.history), metrics, self._seconds, 0.0, found)

    def state(self) -> dict[str, Any]:
        """All that the steps to come depend on, as nested plain data and tensors; `restore` takes it back."""
        own = {"history": history.to_state(self.history), "notes": list(self.notes), "seconds": self._seconds}
        return {**self.stepper.state(), **own}

    def restore(self, state: Mapping[str, Any], name: str = "the state") -> None:
        """Go back, or forward, to `state`; `name` is what messages call it. Raises TrainingError where it does not fit
        the network; then the run cannot be used."""
        try:
            self.stepper.restore(state)
            self.history = history.from_state(state["history"])
            self.notes, self._seconds = list(state["notes"]), state["seconds"]
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            reason = " ".join(str(error).split())
            raise TrainingError(f"{name} does not fit this network and optimiser: {reason[:300]}") from error

    def save_checkpoint(self) -> None:
        """Keep the state of the run: in the folder, where there is one, and in memory to go back to. Raises OSError.

        Where a step was broken off there is nothing to keep: the checkpoint before it stays."""
        step = len(self.history)
        if not self._whole or (self._last is not None and self._last[0] == step):
            return
        to_go_back = self.loss.options.on_nan == "rollback"
        if self._folder is None and not to_go_back:
            self._last = step, self._seconds, b""
            return
        data = checkpoint.dumps(self.state(), self.loss.problem, self.loss.options, step)
        if self._folder is not None:
            if self._last is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                remove_leftovers(self._folder / checkpoint.CHECKPOINT)
                write_problem(self._folder, self.loss)
            checkpoint.write(self._folder / checkpoint.CHECKPOINT, data)
        self._last = step, self._seconds, data if to_go_back else b""

    def _due(self) -> bool:
        """Whether it is time for a checkpoint."""
        step, seconds, _ = self._last or (0, 0.0, b"")
        options = self.loss.options
        every = options.checkpoint_steps
        return self._seconds - seconds >= options.checkpoint_seconds or (
            every is not None and len(self.history) >= step + every
        )

    def _roll_back(self, error: NotFiniteError) -> None:
        """Go back to the last checkpoint, at half the rate and with other points."""
        step, rate, notes = len(self.history) + 1, self.stepper.rate, self.notes
        assert self._last is not None
        self.restore(checkpoint.loads(self._last[2]).state)
        self.stepper.rate = rate / 2
        self.notes = [*notes, f"{error}; back to step {len(self.history)} at half the learning rate"]
        self.stepper.reseed(f"{len(self.notes)} after {step}")  # not onto the same points

    def _failed(self, error: NotFiniteError, streams: Mapping[str, Tensor]) -> TrainingError:
        """The error that ends the run, after the state before the step and its batch have been saved: to continue from
        there makes the same step again."""
        if self._folder is None:
            return error
        state = {**self.state(), "streams": streams, "batch": error.batch}
        data = checkpoint.dumps(state, self.loss.problem, self.loss.options, len(self.history))
        path = self._folder / checkpoint.FAILURE
        self.save_checkpoint()
        checkpoint.write(path, data)
        return TrainingError(f"{error}; the step is saved: --resume {path} makes it again")

    def _share(self) -> float:
        """The share of the time that is over; 0 where it is not limited."""
        minutes = self.loss.options.minutes
        return 0.0 if minutes is None else self._seconds / (60 * minutes)

    def _look_at_target(self) -> None:
        """End the training where the error is small enough; looked at CHECKS times."""
        target = self.loss.options.target
        if target is None or len(self.history) % max(1, self.steps // CHECKS):
            return
        given: dict[str, Any] = {"device": self._device, "dtype": self._dtype, "parameters": self.stepper.values()}
        if not self.ranks.first:
            return  # it is told
        points = min(CHECK_POINTS, self.loss.options.test_points)
        errors = relative_errors(self.loss, self.stepper.trained, count=points, **given)
        if max(error["l2"] for error in errors.values()) <= target:
            self._stopped = self._reached = True

    def _agree(self) -> None:
        """Have all processes know what each decides for itself: the first one's clock and whether the target is
        reached, and whether any is to stop."""
        if self.ranks.alone:
            return
        own = [self._seconds if self.ranks.first else 0.0, float(self._reached), float(self._wish)]
        self._seconds, reached, wishes = self.ranks.added(own)
        self.history[-1] = replace(self.history[-1], seconds=self._seconds)
        self._reached = reached > 0
        self._stopped = self._reached or wishes > 0

    def _begin_alike(self) -> None:
        """Have all processes begin with the network of the first one. Raises TrainingError where they are not about to
        do the same."""
        options = {**self.loss.options.to_json(), "device": None}
        self.ranks.check_same(f"{self.loss.source} {options} {len(self.history)}", "problems, options or checkpoints")
        self.ranks.copy_([*self.net.parameters(), *self.net.buffers()])

    def _finish(self) -> Solution:
        if self._solution is None:
            self.save_checkpoint()
            start = time.perf_counter()
            found, net = self.stepper.values(), self.stepper.trained
            with onednn_products(self.stepper.loss_by_onednn):
                metrics = evaluate(self.loss, self.exact, net, device=self._device, dtype=self._dtype, parameters=found)
            self._solution = Solution(
                loss=self.loss,
                net=net,
                history=tuple(self.history),
                metrics=metrics,
                seconds=self._seconds,
                evaluation_seconds=time.perf_counter() - start,
                parameters=found,
            )
        return self._solution


def solve(
    problem: Problem,
    *,
    net: nn.Module | str | None = None,
    folder: str | Path | None = None,
    resume: str | Path | None = None,
    **options: Any,
) -> Run:
    """Train a network on `problem`: iterate over the Run to watch, or read its `solution`.

    `options` are those of `pdec.options`, on top of the file's own; `net`, a module (…, n_coords) -> (…, n_unknowns)
    that is trained in place or the "module:factory" that makes one, replaces the usual network. The same seed gives the
    same numbers on the same machine. Checkpoints are left in `folder`, where one is given. `resume`, the folder of a
    run or a checkpoint, goes on from there with the options of that run, of which only some can change. In a process
    group of torch.distributed the points are shared out to its processes, whose numbers are those of a single one.
    Raises OptionError for a bad option, PdeError for a derivative that the method cannot take, TrainingError for a
    checkpoint that is of something else and for a run that memory has no room for, OSError.
    """
    ranks = current()
    start = None if resume is None else checkpoint.read(resume, ranks)
    if isinstance(net, str):
        net, options["net"] = None, net
    if start is not None:
        checkpoint.check_problem(start, problem)
        if net is not None:
            options["net"] = start.options.net  # what takes its place is here
        options = checkpoint.continued(start.options, options).to_json()
    loss = compiler.compile(problem, **options)
    if net is None and loss.options.net is None:
        refuse_what_does_not_fit(problem, loss.options, usable_device(own_device(loss.options.device, ranks)), ranks)
    return Run(loss, exact=exact_loss(loss, options), net=net, folder=folder, start=start)


def exact_loss(loss: Loss, options: Mapping[str, Any]) -> Loss | None:
    """The loss with exact derivatives, for the held-out residual: itself, or that by stacked back-propagation."""
    if loss.options.method == "taylor" and loss.options.slopes != "bfloat16":
        return loss
    try:
        return compiler.compile(loss.problem, **{**options, "method": "autograd"})
    except PdeError:
        return None  # no exact derivatives of this kind: the run has no held-out residual


def without_equations(run: Run) -> Solution:
    """The same training, of the usual network, but by the conditions alone: the equations have no weight in the loss.

    What such a network scores says how little an error may mean. Raises as `solve` does.
    """
    problem = run.loss.problem
    weight = {equation.label: 0.0 for equation in problem.equations}
    while not run.done:
        run.advance()
    options = with_changes(run.loss.options, {"weight": weight, "steps": len(run.history), "minutes": None})
    return Run(compiler.compile(problem, **options.to_json()), exact=run.exact).solution


def usable_device(name: str) -> torch.device:
    """The torch device of that name. Raises OptionError where there is none, or this machine cannot use it."""
    try:
        device = torch.device(name)
        torch.empty(1, device=device).sum().item()
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise OptionError(f"`device` cannot be `{name}` here: {reason}") from error
    return device
