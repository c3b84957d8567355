"""Problem × Options → Options in which nothing is left open: which method `auto` stands for, how much to smooth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pdec.diagnostics import PdeError
from pdec.estimators import LOWERINGS, Outlook
from pdec.estimators.cost import BYTES, MANY, Cost, Shape, cost
from pdec.estimators.smoothing import chosen_sigma
from pdec.options import OptionError, Options
from pdec.plan import Plan, plan, setting
from pdec.problem import Problem

AUTO = "auto"
PLANNED = ("stein", "hutchinson", AUTO)
"""The methods that plan for an accuracy."""

CANDIDATES = ("stein", "autograd", "taylor", "hutchinson")
"""What `auto` chooses from. The members of the family of `stein` are never better than it is."""

ALIKE = 1.2
"""Costs that are taken for the same: predictions are no better than this."""

ACCURACY = 0.35
"""What is planned for where neither `accuracy` nor `samples` is given: 16 directions for a Laplacian."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is to be expected of a plan: an outlook for each of its sections, and the cost of a step."""

    outlooks: tuple[Outlook, ...]
    cost: Cost

    @property
    def deviation(self) -> float:
        """The largest relative standard deviation of a derivative in the equations."""
        return max((outlook.deviation for outlook in self.outlooks), default=0.0)


def settled(problem: Problem, options: Options) -> Options:
    """`options` with the smoothing, the accuracy and the method that they leave to be chosen.

    Methods that do not plan have no accuracy. Raises PdeError where `auto` finds no method, OptionError for slopes in a
    type that is no smaller.
    """
    if options.dtype != "float32":
        if options.slopes == "bfloat16":
            raise OptionError(f"`slopes` in bfloat16 are for a dtype of float32, not {options.dtype}")
        options = replace(options, slopes="same")
    if options.method not in PLANNED:
        options = replace(options, accuracy=None)
    if options.method in PLANNED and options.accuracy is None and options.samples is None:
        options = replace(options, accuracy=ACCURACY)
    options = _smoothed(problem, options)
    return _cheapest(problem, options) if options.method == AUTO else options


def prospect(problem: Problem, made: Plan, options: Options) -> Prospect:
    """What is to be expected of `made`."""
    sections = made.sections
    outlooks = tuple(
        made.lowering.outlook(section.derivatives, setting(problem, options, section.kind, section.groups)).repeated(
            section.groups
        )
        for section in sections
    )
    counts = [options.points_of(section.point_set, section.kind) for section in sections]
    return Prospect(
        outlooks, cost(zip(counts, outlooks), network_shape(problem, options), options.dtype, problem.n_coords)
    )


def expected_bytes(problem: Problem, options: Options) -> float:
    """Bytes that training by `options` is expected to need at most, within a factor of two: what a step leaves for its
    backward pass, and the weights with their gradients and two moments each."""
    shape = network_shape(problem, options)
    step = prospect(problem, plan(problem, options), options).cost.bytes / options.pieces
    return step + 4 * BYTES[options.dtype] * shape.weights


def rows(problem: Problem, options: Options, *, narrow: bool = True) -> dict[str, float]:
    """The rows of the matrices that pass through the network in a step, by point set; those that are so many that they
    do so in bfloat16 are left out where they are not `narrow`."""
    made, shape = plan(problem, options), network_shape(problem, options)
    found: dict[str, float] = {}
    for section, outlook in zip(made.sections, prospect(problem, made, options).outlooks):
        places = options.points_of(section.point_set, section.kind) * shape.copies
        many = places / options.pieces * outlook.narrow * shape.between >= MANY
        passes = outlook.passes + outlook.axes - (outlook.narrow if many and not narrow else 0)
        found[section.point_set] = found.get(section.point_set, 0.0) + places * passes
    return found


def network_shape(problem: Problem, options: Options) -> Shape:
    """The network that `options` describe."""
    inputs, copies = problem.n_coords, 1
    if options.network == "windows" and options.net is None:
        inputs, copies = inputs - problem.dim + options.window, max(1, problem.dim - options.window + 1)
    return Shape(inputs, problem.n_unknowns, options.width, options.depth, copies)


def _smoothed(problem: Problem, options: Options) -> Options:
    """A sigma where none is given, for estimators along directions: the paper's have the paper's.

    In time it is no more than a twentieth of the interval.
    """
    along = options.method == AUTO or getattr(LOWERINGS.get(options.method), "chooses_sigma", False)
    if options.sigma is not None or not along:
        return replace(options, sigma=options.space_sigma)
    orders = [residual.order for residual in problem.equations]
    orders += [condition.residual.order for condition in problem.conditions]
    sigma = chosen_sigma(max(orders, default=0), options.dtype)
    interval = problem.coordinates.interval
    if interval is not None and options.sigma_t is None and (interval[1] - interval[0]) / 20 < sigma:
        return replace(options, sigma=sigma, sigma_t=(interval[1] - interval[0]) / 20)
    return replace(options, sigma=sigma)


def _cheapest(problem: Problem, options: Options) -> Options:
    """The method that costs least among those that are as quiet as `stein` is expected to be, or as was asked for."""
    found: list[tuple[Options, Prospect]] = []
    for method in CANDIDATES:
        changed = replace(options, method=method)
        try:
            found.append((changed, prospect(problem, plan(problem, changed), changed)))
        except PdeError as error:
            refused = error
    if not found:
        raise refused
    return _best(found)


def _best(found: Sequence[tuple[Options, Prospect]]) -> Options:
    """The cheapest of those that are no noisier than the first, or than the accuracy asked for; of those that cost the
    same, more or less, the quietest."""
    goal = max(found[0][1].deviation, found[0][0].accuracy or 0.0)
    quiet = [each for each in found if each[1].deviation <= goal]
    least = min(expected.cost.step for _, expected in quiet)
    near = [each for each in quiet if each[1].cost.step <= ALIKE * least]
    options, _ = min(near, key=lambda each: (each[1].deviation, each[1].cost.step))
    return options if options.method in PLANNED else replace(options, accuracy=None)
