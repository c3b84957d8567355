"""Outlook → seconds and bytes, in units of a supervised step: what derivatives cost on a network of a given shape.

Time is counted in floating-point operations of a matrix product; what is bound by memory or made of many small pieces
is so many of them. The numbers were fitted to 201 steps measured by `products blas` on one thread of a server CPU: the
heat equation, Poisson's, HJB's and that of Black, Scholes and Barenblatt in 2 to 1000 dimensions, by 64 and 256
neurons, 50 and 500 points, the methods that `auto` chooses from and the paper's. They are met within a factor 1.7, 96 %
within 1.5. Sources are not counted: in 100 000 dimensions a step with one took up to 2.2 times as long. A ratio of a
step to a supervised step depends on the machine less than either. Where matrices are multiplied faster than there, by
oneDNN, exact methods take down to half of what is expected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pdec.estimators.base import Outlook

BYTES = {"float32": 4, "float64": 8}

ACTIVATED = 280.0
"""Operations for a neuron's activation, there and back."""

MOVED = 240.0
"""Operations for a number of a node: it is made, put beside the others, and read."""

DRAWN = 480.0
"""Operations for a random number."""

TURNED = 51.0
"""Operations for a multiplication in making directions orthogonal."""

UPDATED = 44.0
"""Operations for a weight of the network in a step of the optimiser."""

STARTED = 9e6
"""Operations for the many small pieces of a step, and of the function of each point set, however few points it has."""

FOLLOWED = 3e6
"""The same for a pass that has to wait for another."""

NARROW = 0.36
"""The part of its operations that a pass in bfloat16 takes, on a machine that is fast with it."""

MANY = 60_000
"""Numbers from which passes are in bfloat16 where they may: the same as in `pdec.runtime.jets`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A network from `inputs` to `outputs` numbers with `depth` linear layers, `width` neurons between them; or a sum
    of so many `copies` that share their hidden layers, each of as many inputs."""

    inputs: int
    outputs: int
    width: int
    depth: int
    copies: int = 1

    @property
    def first(self) -> int:
        """Weights of the first layer."""
        return self.inputs * (self.width if self.depth > 1 else self.outputs)

    @property
    def rest(self) -> int:
        """Weights of all other layers."""
        return (self.width * self.width * (self.depth - 2) + self.width * self.outputs) if self.depth > 1 else 0

    @property
    def between(self) -> int:
        """The most neurons that a layer behind the first one leads to."""
        return self.width if self.depth > 2 else self.outputs

    @property
    def neurons(self) -> int:
        """Neurons of hidden layers."""
        return self.width * (self.depth - 1)

    @property
    def weights(self) -> int:
        """All weights; the last ones are each copy's own."""
        last = self.width if self.depth > 1 else self.inputs
        return self.first + self.rest + (self.copies - 1) * last * self.outputs

    @property
    def entered(self) -> float:
        """Operations of the first layer, forward and backward at one point. Nothing is sent back to the inputs."""
        return 4.0 * self.first

    @property
    def passed(self) -> float:
        """Operations of the rest."""
        return 6.0 * self.rest + ACTIVATED * self.neurons

    def bytes(self, dtype: str) -> float:
        """What one evaluation behind the first layer leaves for its backward pass."""
        return BYTES[dtype] * (2.0 * self.copies * self.neurons + self.outputs)


@dataclass(frozen=True, slots=True)
class Cost:
    """A step in units of a supervised step on the same points, and the bytes that it needs beside the network."""

    step: float
    bytes: float


def cost(sets: Iterable[tuple[int, Outlook]], shape: Shape, dtype: str, n_coords: int) -> Cost:
    """The cost of a step with so many points of so many coordinates in each point set. They are drawn for every step;
    a supervised step has its points."""
    operations = supervised = UPDATED * shape.weights + STARTED
    memory = 0.0
    for count, outlook in sets:
        # nodes that do not stand behind the first layer are points, and where there is but one it is at hand
        moved = outlook.moved * shape.width
        if not outlook.moved and outlook.evaluations > 1:
            moved = outlook.evaluations * shape.inputs
        passes = outlook.passes + outlook.axes
        narrow = min(outlook.narrow, passes - 1)
        rows = count * shape.copies
        fast = 1 - NARROW if rows * narrow * shape.between >= MANY else 0.0
        first = outlook.first + outlook.own
        work = first * shape.entered + (passes - fast * narrow) * shape.passed + moved * MOVED
        operations += rows * work + count * ((n_coords + outlook.numbers) * DRAWN + outlook.turned * TURNED)
        operations += STARTED + FOLLOWED * (outlook.passes - outlook.evaluations)
        supervised += rows * (shape.entered + shape.passed)
        entered = BYTES[dtype] * (shape.copies * first * shape.inputs + 1.5 * outlook.numbers)
        memory += count * (passes * shape.bytes(dtype) + entered)
    return Cost(operations / supervised, memory)
