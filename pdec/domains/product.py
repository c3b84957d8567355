"""Products: a cylinder is ball(2)*[0, 1]. The boundary is that of each factor times all of the others, by measure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from pdec.domains.base import Domain, EmptyError, Places, Round, Surface, log_sum, shares
from pdec.domains.laws import Beside, Law, Mixed, Solid
from pdec.domains.sample import depth_at


@dataclass(frozen=True, slots=True)
class Product:
    """Each factor with its own dimension, in the order of the coordinates. Raises ValueError for fewer than two."""

    name: ClassVar[str] = "product"

    factors: tuple[tuple[Domain, int], ...]

    def __post_init__(self) -> None:
        if len(self.factors) < 2:
            raise ValueError("a product has at least two factors")

    def interior(self, dim: int) -> Beside:
        """Independent points of the factors."""
        return Beside(tuple(factor.interior(own) for factor, own in self.factors))

    def boundary(self, dim: int) -> Law | None:
        """∂A × B and A × ∂B, each chosen in proportion to its measure."""
        laws, logs = [], []
        for k, (factor, own) in enumerate(self.factors):
            edge = factor.boundary(own)
            if edge is not None:
                others = [other.interior(size) for other, size in self.factors]
                laws.append(Beside((*others[:k], edge, *others[k + 1 :])))
                logs.append(factor.log_area(own) - factor.log_volume(own))
        if len(laws) < 2:
            return laws[0] if laws else None
        return Mixed(shares(logs), tuple(laws))

    def solid(self, dim: int) -> Solid:
        return Solid("crossed", dim, (), tuple(factor.solid(own) for factor, own in self.factors))

    def log_volume(self, dim: int) -> float:
        return sum(factor.log_volume(own) for factor, own in self.factors)

    def log_area(self, dim: int) -> float:
        volume = self.log_volume(dim)
        if math.isinf(volume):
            return volume
        return volume + log_sum([factor.log_area(own) - factor.log_volume(own) for factor, own in self.factors])

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        lower: list[float] = []
        upper: list[float] = []
        for factor, own in self.factors:
            low, high = factor.bounds(own)
            lower += low * (own // len(low))
            upper += high * (own // len(high))
        return tuple(lower), tuple(upper)

    def surfaces(self, dim: int) -> tuple[Surface, ...] | None:
        found: list[Surface] = []
        for start, factor, own in self._placed():
            for surface in factor.surfaces(own) or ():
                if isinstance(surface, Round):
                    found.append(replace(surface, first=surface.first + start, beside=surface.beside + dim - own))
                else:
                    found.append(replace(surface, axis=surface.axis + start))
            if factor.surfaces(own) is None:
                return None
        return tuple(found)

    def parts(self, dim: int) -> dict[str, Domain]:
        """The named parts of each factor, times the others; a name that two factors have means neither."""
        named = [(k, own, *part) for k, (f, own) in enumerate(self.factors) for part in f.parts(own).items()]
        names = [name for _, _, name, _ in named]
        return {
            name: Product((*self.factors[:k], (part, own), *self.factors[k + 1 :]))
            for k, own, name, part in named
            if names.count(name) == 1
        }

    def sliced(self, dim: int, places: Places) -> Domain:
        left: list[tuple[Domain, int]] = []
        for start, factor, own in self._placed():
            held = tuple((k - start, value) for k, value in places if start <= k < start + own)
            if len(held) == own:
                if depth_at(factor.solid(own), [value for _, value in held])[0] < 0:
                    raise EmptyError("the product has no points there")
            elif held:
                left.append((factor.sliced(own, held), own - len(held)))
            else:
                left.append((factor, own))
        return Product(tuple(left)) if len(left) > 1 else left[0][0]

    def faces(self, dim: int, axis: int, value: float) -> tuple[Law, float] | None:
        for k, (start, factor, own) in enumerate(self._placed()):
            if start <= axis < start + own:
                found = factor.faces(own, axis - start, value)
                if found is None:
                    return None
                laws = [other.interior(size) for other, size in self.factors]
                others = sum(other.log_volume(size) for j, (other, size) in enumerate(self.factors) if j != k)
                return Beside((*laws[:k], found[0], *laws[k + 1 :])), found[1] + others
        return None

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        return (self,)

    def describe(self) -> str:
        return " × ".join(factor.describe() for factor, _ in self.factors)

    def _placed(self) -> Iterator[tuple[int, Domain, int]]:
        """Each factor with the number of its first coordinate."""
        start = 0
        for factor, own in self.factors:
            yield start, factor, own
            start += own
