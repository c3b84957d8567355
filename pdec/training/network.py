"""The networks that stand for the unknowns, by name; and one of the user's own."""

from __future__ import annotations

import importlib
import itertools
import math
import os
import sys
from collections.abc import Sequence
from random import Random
from statistics import fmean, pstdev

import torch
from torch import Generator, Tensor, nn

from pdec.options import OptionError, Options
from pdec.problem import Problem
from pdec.symbolic.points import points_of
from pdec.symbolic.rotation import turned
from pdec.symbolic.windows import wider
from pdec.training.randomness import stream

COORDINATES = 50_000
"""So many are looked at to know their mean and deviation, at MIN_POINTS points or more and MAX_POINTS or fewer."""
MIN_POINTS, MAX_POINTS = 16, 1024


class Sin(nn.Module):
    """The sine, as a layer."""

    elementwise = True  # exact methods carry derivatives through it

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(x)


# one row for each of pdec.options.ACTIVATIONS
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "tanh": nn.Tanh,
    "sin": Sin,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
}


class Waves(nn.Module):
    """An embedding (…, n) -> (…, outputs): coordinates as they are, but for periodic ones, in whose places stand sine
    and cosine of the period; then sines and cosines of random frequencies."""

    frequencies: Tensor

    def __init__(self, n_coords: int, periods: dict[int, float], frequencies: Tensor) -> None:
        """`periods` by column; `frequencies` (k, n_coords) are random ones."""
        super().__init__()
        own = torch.zeros(len(periods), n_coords, dtype=frequencies.dtype)
        for row, (column, period) in enumerate(periods.items()):
            own[row, column] = 2 * math.pi / period
        if periods:  # random waves have to have the periods too
            rounds = torch.tensor([periods.get(column, math.inf) for column in range(n_coords)]).to(own) / (2 * math.pi)
            whole = (frequencies * rounds).round() / rounds
            frequencies = torch.where(rounds.isfinite(), whole, frequencies)
        self.plain = [column for column in range(n_coords) if column not in periods]
        self.register_buffer("frequencies", torch.cat([own, frequencies]))
        self.outputs = len(self.plain) + 2 * len(self.frequencies)

    def forward(self, x: Tensor) -> Tensor:
        phases = x @ self.frequencies.mT
        return torch.cat([x[..., self.plain], phases.sin(), phases.cos()], dim=-1)

    def jet(self, x: Tensor, v: Tensor, order: int) -> list[Tensor | None]:
        """Derivatives along v, from the first on: exact methods carry them through the network."""
        phases, speeds = x @ self.frequencies.mT, v @ self.frequencies.mT
        found: list[Tensor | None] = []
        for k in range(1, order + 1):
            ahead = phases + k * math.pi / 2  # each derivative of a sine is the sine a quarter of its period ahead
            plain = v[..., self.plain] if k == 1 else torch.zeros_like(v[..., self.plain])
            waves = [ahead.sin() * speeds**k, ahead.cos() * speeds**k]
            found.append(torch.cat([plain.expand(*waves[0].shape[:-1], len(self.plain)), *waves], dim=-1))
        return found


class Squared(nn.Module):
    """An embedding: the coordinates, or with `alone` those behind the first `dim` only, and the mean square of these,
    for solutions that depend on the distance from the origin. (…, n) -> (…, n + 1) or (…, n - dim + 1)."""

    def __init__(self, n_coords: int, dim: int, *, alone: bool) -> None:
        super().__init__()
        self.dim, self.first = dim, dim if alone else 0
        self.outputs = n_coords - self.first + 1

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x[..., self.first :], x[..., : self.dim].square().mean(-1, keepdim=True)], dim=-1)

    def jet(self, x: Tensor, v: Tensor, order: int) -> list[Tensor | None]:
        """Derivatives along v, from the first on: exact methods carry them through the network."""
        beside, steps = v[..., self.first :], v[..., : self.dim]
        slope = 2 / self.dim * torch.linalg.vecdot(x[..., : self.dim], steps)[..., None]
        bend = 2 / self.dim * steps.square().sum(-1, keepdim=True)
        found = [
            torch.cat([beside.expand(*slope.shape[:-1], -1), slope], dim=-1),
            torch.cat([torch.zeros_like(beside), bend], dim=-1),
        ]
        return [*found, *[None] * (order - 2)][:order]


class Windows(nn.Module):
    """An embedding: every window of `size` neighbours among the first `dim` coordinates, each with the coordinates
    behind these, all from `center` (n,) on in units of `scale` (n,); and a last window that is all zero, to be compared
    with. (…, n) -> (…, dim - size + 2, n - dim + size)."""

    places: Tensor
    center: Tensor
    scale: Tensor

    def __init__(self, dim: int, size: int, center: Tensor, scale: Tensor) -> None:
        super().__init__()
        beside = torch.arange(dim, len(center)).expand(dim - size + 1, -1)
        self.register_buffer("places", torch.cat([torch.arange(dim).unfold(0, size, 1), beside], dim=1))
        self.register_buffer("center", center)
        self.register_buffer("scale", scale)
        self.count, self.outputs = self.places.shape

    def forward(self, x: Tensor) -> Tensor:
        return self._taken((x - self.center) / self.scale)

    def jet(self, x: Tensor, v: Tensor, order: int) -> list[Tensor | None]:
        """Derivatives along v, from the first on: exact methods carry them through the network."""
        return [self._taken(v / self.scale), *[None] * (order - 1)]

    def axes(self, x: Tensor, n: int, order: int) -> list[Tensor | None]:
        """The same along the first n axes, summed as they will be: of a sum of functions of windows, pure derivatives
        along all axes are those along the axes of every window."""
        inside = torch.eye(self.outputs, dtype=x.dtype, device=x.device)[:, None, None]
        reached = self.places < n  # of windows that hold other coordinates too, some axes are none
        steps = inside * (reached / self.scale[self.places]).T[:, None, :, None]
        return [nn.functional.pad(steps, (0, 0, 0, 1)), *[None] * (order - 1)]

    def _taken(self, z: Tensor) -> Tensor:
        return nn.functional.pad(z[..., self.places], (0, 0, 0, 1))


class Gathered(nn.Module):
    """A linear layer behind Windows, (…, windows + 1, k) -> (…, outputs): every window has weights of its own, for what
    it differs by from the last. A constant in all of them would outweigh all else in a gradient."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        """Of weights (outputs, windows, k) and biases (outputs,)."""
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)

    def forward(self, x: Tensor) -> Tensor:
        # a sum of so many independent terms is larger than one of them by the root of their number
        return self.without_bias(x) + math.sqrt(self.weight.shape[-2]) * self.bias

    def without_bias(self, x: Tensor) -> Tensor:
        """What the layer does to derivatives."""
        weight = torch.cat([self.weight, -self.weight.sum(-2, keepdim=True)], dim=-2)
        return nn.functional.linear(x.flatten(-2), weight.flatten(-2).to(x.dtype))


class ModifiedMLP(nn.Module):
    """A multilayer perceptron whose hidden layers h become h·U + (1 - h)·V with two encodings U and V of the input
    (Wang, Teng & Perdikaris 2021)."""

    def __init__(self, encodings: list[nn.Module], hidden: list[nn.Module], last: nn.Module) -> None:
        super().__init__()
        self.encodings, self.hidden, self.last = nn.ModuleList(encodings), nn.ModuleList(hidden), last

    def forward(self, x: Tensor) -> Tensor:
        one, two = (encoding(x) for encoding in self.encodings)
        for layer in self.hidden:
            x = torch.lerp(two, one, layer(x))
        result: Tensor = self.last(x)
        return result


def mlp(
    n_coords: int,
    n_unknowns: int,
    width: int,
    depth: int,
    activation: str,
    *,
    generator: Generator,
    dtype: torch.dtype = torch.float32,
) -> nn.Sequential:
    """A network (…, n_coords) -> (…, n_unknowns) of `depth` linear layers, on the CPU, in `dtype`.

    Hidden layers have `width` neurons, each followed by the activation. Weights and biases are uniform within
    1/sqrt(inputs), which is torch's own choice, but drawn from `generator`: the global one is left alone.
    """
    sizes = [n_coords, *[width] * (depth - 1), n_unknowns]
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [linear(inputs, outputs, generator, dtype), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def modified_mlp(n_coords: int, n_unknowns: int, options: Options, *, generator: Generator) -> nn.Module:
    """A ModifiedMLP of `options.depth` linear layers beside its two encodings; with one layer, that layer alone."""
    dtype = getattr(torch, options.dtype)

    def layer(inputs: int) -> nn.Module:
        return nn.Sequential(linear(inputs, options.width, generator, dtype), ACTIVATIONS[options.activation]())

    if options.depth == 1:
        return linear(n_coords, n_unknowns, generator, dtype)
    encodings = [layer(n_coords), layer(n_coords)]
    hidden = [layer(n_coords if k == 0 else options.width) for k in range(options.depth - 1)]
    return ModifiedMLP(encodings, hidden, linear(options.width, n_unknowns, generator, dtype))


def windows(problem: Problem, options: Options, *, generator: Generator) -> nn.Sequential:
    """A sum over windows of neighbours of one multilayer perceptron of `options.depth` linear layers, the last of which
    has weights of its own for every window.

    Raises OptionError where there is no such window, where coordinates are embedded, and where a known solution is not
    seen to be such a sum.
    """
    if options.window > problem.dim:
        raise OptionError(f"`window` must be at most the dimension, {problem.dim}, not {options.window}")
    if options.embedding not in ("periodic", "none") or any(c.period is not None for c in problem.conditions):
        raise OptionError("`network windows` takes the coordinates as they are, and no embedding or period")
    if beyond := wider(problem, options.window):
        raise OptionError(
            f"`network windows` is a sum of functions of {options.window} neighbours, and the solution that the file "
            f"has for `{beyond[0]}` is not seen to be one",
            "take a larger `window`, or `network mlp`",
        )
    dtype = getattr(torch, options.dtype)
    first = Windows(problem.dim, options.window, *standard(problem, dtype))
    inputs, hidden = first.outputs, list[nn.Module]()
    for _ in range(options.depth - 1):
        hidden += [linear(inputs, options.width, generator, dtype), ACTIVATIONS[options.activation]()]
        inputs = options.width
    last = linear(first.count * inputs, problem.n_unknowns, generator, dtype)
    weight = last.weight.detach().reshape(-1, first.count, inputs)
    return nn.Sequential(first, *hidden, Gathered(weight, last.bias.detach()))


def standard(problem: Problem, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of the coordinates (n_coords,) where the equations hold: of all entries of a vector
    together, so that they are treated alike. Seen at random points, the same for every seed."""
    count = min(MAX_POINTS, max(MIN_POINTS, COORDINATES // problem.dim))
    places = list(itertools.islice(points_of(problem, None, problem.dim, Random(0)), count))
    if not places:  # a law without points in so many coordinates: its first batch will say so
        return torch.zeros(problem.n_coords, dtype=dtype), torch.ones(problem.n_coords, dtype=dtype)
    space, times = zip(*places)
    if problem.coordinates.vector:
        pairs = problem.dim * [spread([number for x in space for number in x])]
    else:
        pairs = [spread(column) for column in zip(*space)]
    pairs += [spread(times)] * (problem.n_coords - problem.dim)
    means, deviations = torch.tensor(pairs, dtype=dtype).T.contiguous()
    return means, deviations


def spread(numbers: Sequence[float]) -> tuple[float, float]:
    """Their mean and standard deviation, 1 where they are all the same."""
    return fmean(numbers), pstdev(numbers) or 1.0


def linear(inputs: int, outputs: int, generator: Generator, dtype: torch.dtype) -> nn.Linear:
    """A linear layer on the CPU, uniform within 1/sqrt(inputs)."""
    layer = nn.Linear(inputs, outputs, device="meta", dtype=dtype).to_empty(device="cpu")  # draws nothing
    for parameter in layer.parameters():
        nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5, generator=generator)
    return layer


def network_for(problem: Problem, options: Options) -> nn.Module:
    """The network of a problem, as the options say: its weights are from the stream of the seed, on the CPU.

    Raises OptionError for one of the user's own that cannot be made.
    """
    if options.net is not None:
        return own_network(options.net, problem, options)
    generator = stream(options.seed, "network")
    if options.network == "windows":
        return windows(problem, options, generator=generator)
    waves = embedding(problem, options)
    inputs = problem.n_coords if waves is None else waves.outputs
    if options.network == "modified-mlp":
        net: nn.Module = modified_mlp(inputs, problem.n_unknowns, options, generator=generator)
    else:
        dtype = getattr(torch, options.dtype)
        sizes = (options.width, options.depth, options.activation)
        net = mlp(inputs, problem.n_unknowns, *sizes, generator=generator, dtype=dtype)
    return net if waves is None else nn.Sequential(waves, net)


def embedding(problem: Problem, options: Options) -> Waves | Squared | None:
    """What the coordinates go through before the network; None where that is nothing.

    A coordinate is embedded by its period where every unknown has that period by a condition. Raises OptionError for a
    radial embedding where the solution is not seen to depend on |x| and time alone.
    """
    if options.embedding == "none":
        return None
    if options.embedding == "square":
        return Squared(problem.n_coords, problem.dim, alone=False)
    if options.embedding == "radial":
        if (changed := turned(problem)) is not None:
            raise OptionError(
                f"`embedding radial` is for solutions of |x| and time, and rotations about the origin change {changed}",
                "`embedding square` gives the network |x|^2 beside the coordinates",
            )
        return Squared(problem.n_coords, problem.dim, alone=True)
    periods = {c.period[0] - 1: float(c.period[1]) for c in problem.conditions if c.period is not None}
    dtype = getattr(torch, options.dtype)
    count = max(1, options.width // 2) if options.embedding == "fourier" else 0
    draw = torch.randn(count, problem.n_coords, generator=stream(options.seed, "frequencies"), dtype=dtype)
    return Waves(problem.n_coords, periods, options.fourier_scale * draw) if periods or count else None


def own_network(place: str, problem: Problem, options: Options) -> nn.Module:
    """What the factory at `place`, "module:factory", gives for a problem and options. The working folder is looked in.

    Raises OptionError, except for what the factory itself raises.
    """
    module, colon, name = place.partition(":")
    if not (module and colon and name):
        raise OptionError(f"`net` takes MODULE:FACTORY, not `{place}`")
    sys.path.insert(0, os.getcwd())
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        raise OptionError(f"`net` cannot be `{place}`: {error}") from error
    finally:
        sys.path.pop(0)
    factory = getattr(found, name, None)
    if not callable(factory):
        raise OptionError(f"`net` cannot be `{place}`: the module {module} has no {name} to call")
    net = factory(problem, options)
    if not isinstance(net, nn.Module):
        raise OptionError(f"`net` cannot be `{place}`: it gave {type(net).__name__}, not a torch.nn.Module")
    return net
