"""Which points a step is made on: random, of a scrambled Sobol sequence, or chosen by their residuals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor
from torch.overrides import TorchFunctionMode
from torch.quasirandom import SobolEngine

from pdec.domains import WholeSpace
from pdec.options import OptionError, Options
from pdec.training.randomness import seed_of

if TYPE_CHECKING:
    from pdec.loss import Loss

CANDIDATES = 8  # for each point that is chosen by its residual

Batch = dict[str, Tensor]
Squares = Callable[[Batch], Mapping[str, Tensor]]
"""Points of sets of equations -> the squared residuals of each, (B,), by set."""


class Collocation:
    """Gives a batch a step. `device` and `dtype` are those of the points."""

    def __init__(self, loss: Loss, device: torch.device, dtype: torch.dtype) -> None:
        self.loss, self.options = loss, loss.options
        self._given: dict[str, Any] = {"device": device, "dtype": dtype}
        problem = loss.problem
        whole = isinstance(problem.domain, WholeSpace)
        if self.options.diffuse is not None and not (whole and problem.coordinates.interval):
            raise OptionError("`diffuse` is for problems with time in a whole space")
        if self.options.adversarial and not whole:
            raise OptionError("`adversarial` points move anywhere, so they are for problems in a whole space")
        self._sobol = {name: Sobol(self.options, name) for name in loss.point_sets} if self._quasi else {}
        self._chosen: Batch = {}

    @property
    def _quasi(self) -> bool:
        return self.options.sequence == "sobol"

    def batch(self, generator: Generator, squares: Squares, step: int) -> Batch:
        """The points of the step after `step` others; random numbers come from `generator`."""
        batch = {name: self._spread(points, generator) for name, points in self._draw(generator).items()}
        every = self.options.resample
        if every is None:
            return batch
        if step % every == 0:
            self._chosen = self._choose(generator, squares)
        return {name: self._chosen.get(name, points) for name, points in batch.items()}

    def _draw(self, generator: Generator) -> Batch:
        given = {"generator": generator, **self._given}
        if not self._sobol:
            return self.loss.sample(**given)
        counts: Mapping[str, int] = self.loss.module.POINTS
        found = {}
        for name, count in counts.items():
            found[name] = self._sobol[name].points(self.loss.module.SAMPLERS[name], count, **given)
        return found

    def against(self, batch: Batch, total: Callable[[Batch], Tensor]) -> Batch:
        """The points of a batch after `adversarial` steps of gradient ascent by signs on `total`, a scalar, in space
        and between the ends of time (Wang et al. 2022); conditions stay at their time."""
        problem, length = self.loss.problem, self.options.adversarial_step
        for _ in range(self.options.adversarial):
            leaves = {name: points.detach().requires_grad_() for name, points in batch.items()}
            slopes = torch.autograd.grad(total(leaves), list(leaves.values()), allow_unused=True)
            moved = {}
            for (name, points), slope in zip(batch.items(), slopes):
                step = length * (torch.zeros_like(points) if slope is None else slope.sign())
                if name not in self.loss.equation_sets:
                    step[:, problem.dim :] = 0
                moved[name] = points + step
                if problem.coordinates.interval is not None:
                    moved[name][:, problem.dim :].clamp_(*problem.coordinates.interval)
            batch = moved
        return batch

    def _spread(self, points: Tensor, generator: Generator) -> Tensor:
        """Where points (B, n_coords) are after the diffusion of the option `diffuse` has moved them from a time on that
        is uniform between the first and their own: what a problem asks for at one place depends on all of these."""
        rate, interval, dim = self.options.diffuse, self.loss.problem.coordinates.interval, self.loss.problem.dim
        if rate is None or interval is None:
            return points
        elapsed = (points[:, dim : dim + 1] - interval[0]) * torch.rand(
            len(points), 1, generator=generator, **self._given
        )
        moved = points.clone()
        moved[:, :dim] += (rate * elapsed).sqrt() * torch.randn(len(points), dim, generator=generator, **self._given)
        return moved

    def _choose(self, generator: Generator, squares: Squares) -> Batch:
        """Points of the equations, drawn from CANDIDATES times as many with probabilities 1 + r²/(mean r²), without
        replacement (Wu et al. 2023)."""
        pool: Batch = {}
        for name in self.loss.equation_sets:
            count = CANDIDATES * self.loss.module.POINTS[name]
            points = self.loss.points(count, name, generator=generator, **self._given)
            pool[name] = self._spread(points, generator)
        found = {}
        for name, values in squares(pool).items():
            chances = 1 + values / values.mean().clamp_min(torch.finfo(values.dtype).tiny)
            chances = chances.nan_to_num(1.0, posinf=1.0)
            taken = torch.multinomial(chances, self.loss.module.POINTS[name], generator=generator)
            found[name] = pool[name][taken]
        return found

    def state(self) -> dict[str, Any]:
        return {"chosen": self._chosen, "sobol": {name: sobol.drawn for name, sobol in self._sobol.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._chosen = {name: points.to(**self._given) for name, points in state["chosen"].items()}
        for name, drawn in state["sobol"].items():
            self._sobol[name] = Sobol(self.options, name, drawn)


class Sobol:
    """A scrambled Sobol sequence for the points of one set, `drawn` points on."""

    def __init__(self, options: Options, name: str, drawn: int = 0) -> None:
        self._seed = seed_of(options.seed, f"sobol {name}")
        self._engine: SobolEngine | None = None
        self.drawn = drawn

    def points(self, sample: Callable[..., Tensor], count: int, **given: Any) -> Tensor:
        """`count` points by `sample`, which is called with `given` and asks torch for its numbers."""
        if self._engine is None:
            counter = Numbers(count, None)  # the dimension is as many numbers as a point takes
            spare = torch.Generator(given["device"]).manual_seed(0)
            with counter:
                sample(count, **{**given, "generator": spare})
            columns = min(counter.column, SobolEngine.MAXDIM)
            self._engine = SobolEngine(max(1, columns), scramble=True, seed=self._seed)  # type: ignore[no-untyped-call]
            self._engine.fast_forward(self.drawn)  # type: ignore[no-untyped-call]
        self.drawn += count
        rows = self._engine.draw(count, dtype=torch.float64).clamp(1e-9, 1 - 1e-9)
        with Numbers(count, rows):
            return sample(count, **given)


class Numbers(TorchFunctionMode):
    """While it is entered, torch.rand and torch.randn of (count, k) numbers take the columns of `rows` in turn; without
    `rows` they are only counted, in `column`.

    All else is as it is: a law that throws points away asks for other numbers of them, and gets random ones.
    """

    def __init__(self, count: int, rows: Tensor | None) -> None:
        super().__init__()
        self.count, self.rows, self.column = count, rows, 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func not in (torch.rand, torch.randn) or result.dim() != 2 or len(result) != self.count:
            return result
        start = self.column
        self.column += result.shape[1]
        if self.rows is None or self.column > self.rows.shape[1]:
            return result
        shares = self.rows[:, start : self.column]
        return (torch.special.ndtri(shares) if func is torch.randn else shares).to(result)
