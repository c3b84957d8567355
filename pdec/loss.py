"""Loss: what a user of `pdec.compile` holds."""

from __future__ import annotations

import hashlib
import linecache
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import torch
from torch import Generator, Tensor, nn

from pdec.options import Options
from pdec.problem import Problem
from pdec.runtime.apart import squared

Net: TypeAlias = Callable[[Tensor], Tensor]
"""A network: any callable from (…, n_coords) to (…, n_unknowns)."""

Numbers: TypeAlias = Mapping[str, Tensor | float]
"""Unknown parameters by name: scalars."""


class Loss:
    """The physics-informed loss of a problem (He et al. 2023, equation 5), as a thin shell around generated code.

    Points are (B, n_coords): the space coordinates in order, then time. `net` is any callable from (…, n_coords) to
    (…, n_unknowns). Everything runs on the device and in the dtype of the points. `generator` feeds the noise of Stein
    methods; without one it is torch's own. `parameters` gives every unknown parameter of the problem by name, as scalar
    tensors such as `loss.parameters()` makes; without it they are where the file lets training start.

    torch.compile: `torch.compile(loss)` gives one graph, without a break, where nothing is left to back-propagation
    (Stein methods; `hutchinson` and `taylor` but for mixed derivatives) and `generator` is not given (a
    torch.Generator cannot enter a graph); draw the noise outside by `loss.draw(batch, generator=g)` and pass it as
    `noise` where it must come from a generator.
    """

    def __init__(self, problem: Problem, options: Options, source: str) -> None:
        self.problem = problem
        self.options = options
        self.source = source
        # data files are read from the folder of the problem, as a module that was saved reads them from its own
        self.module = load_module(problem.name, source, problem.source.folder if problem.sheets else None)
        self.point_sets: tuple[str, ...] = tuple(self.module.RESIDUALS)
        self.equation_sets: dict[str, list[str]] = {}  # the point sets of equations, and the labels of those
        for equation in problem.equations:
            name = "domain" if equation.where is None else equation.where.name
            self.equation_sets.setdefault(name, []).append(equation.label)

    def __call__(
        self,
        net: Net,
        batch: Mapping[str, Tensor],
        *,
        generator: Generator | None = None,
        noise: Mapping[str, Tensor] | None = None,
        parameters: Numbers | None = None,
    ) -> Tensor:
        """The weighted sum of the mean squared residuals: a scalar; one .backward() trains the network."""
        result: Tensor = self.module.loss(net, batch, generator, noise, **self._given(parameters))
        return result

    def terms(
        self,
        net: Net,
        batch: Mapping[str, Tensor],
        *,
        generator: Generator | None = None,
        noise: Mapping[str, Tensor] | None = None,
        parameters: Numbers | None = None,
    ) -> dict[str, Tensor]:
        """Unweighted mean squared residuals, scalars, by label of the equation or name of the condition.

        Of a vector equation it is the mean of the squared length.
        """
        result: dict[str, Tensor] = self.module.terms(net, batch, generator, noise, **self._given(parameters))
        return result

    def weighted(self, terms: Mapping[str, Tensor]) -> Tensor:
        """The weighted sum of `terms`: what calling the loss returns."""
        parts: list[Tensor] = [self.module.WEIGHTS[label] * term for label, term in terms.items()]
        return torch.stack(parts).sum()

    def residual(
        self, net: Net, points: Tensor, *, generator: Generator | None = None, parameters: Numbers | None = None
    ) -> dict[str, Tensor]:
        """Left side minus right side of every equation at `points`: label -> (B,), or (B, k) for a vector equation.

        An equation that holds in a region only is evaluated at all points as well.
        """
        given = self._given(parameters)
        found: dict[str, Tensor] = {}
        for name in self.equation_sets:
            found |= self._means(name, self.module.RESIDUALS[name](net, points, generator, **given))
        return {equation.label: found[equation.label] for equation in self.problem.equations}

    def squares(
        self,
        net: Net,
        batch: Mapping[str, Tensor],
        *,
        generator: Generator | None = None,
        noise: Mapping[str, Tensor] | None = None,
        parameters: Numbers | None = None,
    ) -> dict[str, Tensor]:
        """Squared residuals at the points of a batch, (B,), of a vector the squared length: by label, as in `terms`.

        Those of unbiased products can be negative.
        """
        given = self._given(parameters)
        found: dict[str, Tensor] = {}
        for name, points in batch.items():
            own = {"noise": noise[name]} if noise is not None else {}
            for label, residual in self.module.RESIDUALS[name](net, points, generator, **own, **given).items():
                square = squared(residual, *self._groups(name))
                found[label] = square.reshape(len(points), -1).sum(1)
        return found

    def condition(
        self,
        name: str,
        net: Net,
        points: Tensor,
        *,
        generator: Generator | None = None,
        parameters: Numbers | None = None,
    ) -> Tensor:
        """The same for the condition `name`, at points of its point set, those of data with the values measured there.

        Raises KeyError for an unknown name.
        """
        given = self._given(parameters)
        return self._means(name, self.module.RESIDUALS[name](net, points, generator, **given))[name]

    def parameters(
        self, *, device: torch.device | str | None = None, dtype: torch.dtype | None = None
    ) -> dict[str, nn.Parameter]:
        """The unknown parameters of the problem where training starts, new and trainable: name -> scalar; {} if none.

        Give them to an optimiser beside those of the network, and to the loss as `parameters`. On the device and in the
        dtype of the options where none is given.
        """
        device = self.options.device if device is None else device
        dtype = dtype or getattr(torch, self.options.dtype)
        numbers = self.problem.numbers
        return {n.name: nn.Parameter(torch.tensor(n.start, device=device, dtype=dtype)) for n in numbers}

    def clamp_(self, parameters: Mapping[str, Tensor]) -> None:
        """Move parameters that have left their bounds back to the nearest end, in place: after each optimiser step."""
        with torch.no_grad():
            for number in self.problem.numbers:
                if number.bounds is not None:
                    parameters[number.name].clamp_(*number.bounds)

    def _groups(self, name: str) -> tuple[int, int]:
        """How many independent estimates there are at each point of a set, and how many a residual uses."""
        groups: dict[str, tuple[int, int]] = getattr(self.module, "GROUPS", {})
        return groups.get(name, (1, 0))

    def _means(self, name: str, residuals: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The means of the estimates at each point."""
        groups, _ = self._groups(name)
        if groups == 1:
            return dict(residuals)
        return {label: each.reshape(groups, -1, *each.shape[1:]).mean(0) for label, each in residuals.items()}

    def _given(self, parameters: Numbers | None) -> dict[str, Any]:
        """The last argument of generated functions, which they have where there are unknown parameters."""
        names = {number.name for number in self.problem.numbers}
        if parameters is not None and set(parameters) != names:
            wanted = ", ".join(sorted(names)) or "none"
            raise ValueError(f"the unknown parameters are {wanted}, not {', '.join(sorted(parameters)) or 'none'}")
        return {"parameters": parameters} if names else {}

    def sample(
        self,
        *,
        generator: Generator | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> dict[str, Tensor]:
        """New collocation points: "domain" or name of a condition -> (B, n_coords), B from the option `points`.

        Points of `data` are rows of its file, (B, n_coords + k): the values measured there are the last k columns.
        On the device and in the dtype of the options where none is given.
        """
        device = self.options.device if device is None else device
        result: dict[str, Tensor] = self.module.sample(generator, device, dtype or getattr(torch, self.options.dtype))
        return result

    def points(
        self,
        n: int,
        name: str = "domain",
        *,
        generator: Generator | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> Tensor:
        """`n` points (n, n_coords) of one point set, by the law of its collocation points."""
        options = {"generator": generator, "device": device, "dtype": dtype}
        result: Tensor = self.module.SAMPLERS[name](n, **options)
        return result

    def draw(self, batch: Mapping[str, Tensor], *, generator: Generator | None = None) -> dict[str, Tensor] | None:
        """The noise of one evaluation, to be passed as `noise`: point set -> (draws, B, n_coords); None if exact."""
        if not hasattr(self.module, "draw"):
            return None
        found = {}
        for name, points in batch.items():
            groups, _ = self._groups(name)
            places = points[:, : self.problem.n_coords].repeat(groups, 1)
            several = (groups,) if groups > 1 else ()
            found[name] = self.module.draw(places, generator, self.module.DRAWS[name], *several)
        return found

    def solution(
        self,
        net: Net,
        points: Tensor,
        *,
        samples: int | None = None,
        generator: Generator | None = None,
        parameters: Numbers | None = None,
    ) -> Tensor:
        """The unknowns at `points`, (B, n_unknowns): the smoothed network for Stein methods, else the network."""
        given = self._given(parameters)
        result: Tensor = self.module.solution(net, points, samples or self.options.test_samples, generator, **given)
        return result

    def network(
        self, net: Net, points: Tensor, *, samples: int | None = None, generator: Generator | None = None
    ) -> Tensor:
        """The outputs of the network at `points`, smoothed as `solution` is, before hard conditions are put on."""
        evaluate = getattr(self.module, "network", self.module.solution)
        result: Tensor = evaluate(net, points, samples or self.options.test_samples, generator)
        return result

    def known(
        self, points: Tensor, *, samples: int | None = None, generator: Generator | None = None
    ) -> dict[str, tuple[Tensor, Tensor | None]]:
        """Exact or reference solutions at `points`: unknown -> values (B,) or (B, k), and their standard error (B,).

        A solution with expectations is sampled, by `samples` draws in double precision; others have no error (None).
        """
        count = samples or self.options.reference_samples
        result: dict[str, tuple[Tensor, Tensor | None]] = self.module.known(points, count, generator)
        return result


def load_module(name: str, source: str, folder: str | None = None) -> ModuleType:
    """Generated text as a module, as if it lay in `folder`.

    It is put into `linecache`, so that tracebacks and debuggers show its lines.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    filename = f"<pdec {name} {digest}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = ModuleType(f"pdec_generated_{digest}")
    module.__file__ = filename if folder is None else str(Path(folder).absolute() / filename)
    # torch.compile looks up the globals of a function in the module that its name stands for
    sys.modules[module.__name__] = module
    # our own text: what a user wrote reaches it as identifiers, numbers, comments and quoted strings only
    exec(compile(source, filename, "exec"), module.__dict__)  # noqa: S102
    return module
