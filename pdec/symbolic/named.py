"""Sums that have a name: lap, div, grad, dot, norms, recognised in index notation for those who print it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sympy import Basic, Expr, Integer, Mul, Pow, S, Symbol, Tuple, default_sort_key

from pdec.problem import ALL, Coordinates
from pdec.symbolic.atoms import DIM, TIME, Coordinate, Delta, Entry, Noise, Normal, Partial
from pdec.symbolic.elsewhere import HERE, NOW, PLACE, At, Mean, entry_of
from pdec.symbolic.profiles import along_of
from pdec.symbolic.sums import Contraction


@dataclass(frozen=True, slots=True)
class Point:
    """The vector of all space coordinates."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """grad(of)"""

    of: Partial


@dataclass(frozen=True, slots=True)
class Field:
    """The vector unknown `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Array:
    """The vector or matrix parameter `name`."""

    name: str


Vector: TypeAlias = Point | Gradient | Field | Array


@dataclass(frozen=True, slots=True)
class Laplacian:
    """lap(of), `times` over."""

    of: Partial
    times: int


@dataclass(frozen=True, slots=True)
class Divergence:
    """div of the vector unknown `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Square:
    """|vector|^2"""

    vector: Vector


@dataclass(frozen=True, slots=True)
class Dot:
    left: Vector
    right: Vector


@dataclass(frozen=True, slots=True)
class AlongNormal:
    """dn(of)"""

    of: Partial


@dataclass(frozen=True, slots=True)
class Advection:
    """(velocity·∇)of, the velocity a vector unknown."""

    velocity: str
    of: Partial


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """matrix : hess(of)"""

    matrix: Array
    of: Partial


Name: TypeAlias = Laplacian | Divergence | Square | Dot | AlongNormal | Advection | SecondOrder


def named(contraction: Contraction, coordinates: Coordinates) -> Name | None:
    """What the sum is called; None for one without a name."""
    limits = contraction.limits
    if len(limits) == 1 and _all(limits[0][1], coordinates):
        body, index = contraction.body, limits[0][0]
        if isinstance(body, Partial) and body.component == index and body.axes == (index,):
            return Divergence(body.name)
        found = _product(body, index)
        if found:
            return found
    return _laplacian(contraction) or _second_order(contraction, coordinates)


def _all(count: Expr, coordinates: Coordinates) -> bool:
    """Whether this is the number of space coordinates."""
    return bool(count == DIM or (not coordinates.vector and count == len(coordinates.names)))


def _product(body: Expr, index: Basic) -> Name | None:
    """The body is a product of two entries of vectors."""
    if isinstance(body, Pow) and body.exp == 2:
        vector = _vector(body.base, index)
        return Square(vector) if vector else None
    if isinstance(body, Mul) and len(body.args) == 2:
        normal = [factor for factor in body.args if isinstance(factor, Normal) and factor.axis == index]
        others = [factor for factor in body.args if factor not in normal]
        if normal and isinstance(others[0], Partial) and others[0].axes == (index,):
            return AlongNormal(Partial(*others[0].args[:2]))
        left, right = (_vector(factor, index) for factor in body.args)
        if (left and right is None) or (right and left is None):
            velocity, rest = (left, body.args[1]) if left else (right, body.args[0])
            carried = _vector(rest, index, component=True)
            if isinstance(velocity, Field) and isinstance(carried, Gradient):
                return Advection(velocity.name, carried.of)
        return Dot(left, right) if left and right else None
    return None


def _vector(entry: Expr, index: Basic, component: bool = False) -> Vector | None:
    """The vector of which this is the entry `index`; with `component`, also a gradient of a vector's components."""
    if isinstance(entry, Coordinate) and entry.axis == index:
        return Point()
    if isinstance(entry, Entry) and entry.axes == (index,):
        return Array(entry.name)
    if isinstance(entry, Partial) and entry.component == index and not entry.axes:
        return Field(entry.name)
    if isinstance(entry, Partial) and entry.axes.count(index) == 1:
        if entry.component.free_symbols and (not component or index in entry.component.free_symbols):
            return None
        rest = [axis for axis in entry.axes if axis != index]
        if not any(index in axis.free_symbols for axis in rest):
            return Gradient(Partial(*entry.args[:2], *rest))
    return None


def _laplacian(contraction: Contraction) -> Laplacian | None:
    body = contraction.body
    if not isinstance(body, Partial):
        return None
    for index, count in contraction.limits:
        if count != DIM or body.axes.count(index) != 2 or index in body.component.free_symbols:
            return None
    indices = [index for index, _ in contraction.limits]
    rest = [axis for axis in body.axes if axis not in indices]
    return Laplacian(Partial(*body.args[:2], *rest), len(indices))


def _second_order(contraction: Contraction, coordinates: Coordinates) -> SecondOrder | None:
    indices = {index for index, count in contraction.limits if _all(count, coordinates)}
    factors = contraction.body.args
    if len(indices) != 2 or len(contraction.limits) != 2 or not isinstance(contraction.body, Mul) or len(factors) != 2:
        return None
    for entry, derivative in (factors, factors[::-1]):
        if not isinstance(entry, Entry) or not isinstance(derivative, Partial) or derivative.component.free_symbols:
            continue
        if set(entry.axes) == indices and set(derivative.axes) == indices and len(derivative.axes) == 2:
            return SecondOrder(Array(entry.name), Partial(*derivative.args[:2]))
    return None


def arguments_of(place: At, coordinates: Coordinates) -> list[tuple[Basic | None, Expr]]:
    """What stands between the brackets of u(…), in order; or, where single entries of a vector are moved, pairs of an
    axis and the coordinate along it. A vector is written with its name alone."""
    along = along_of(place.what) if isinstance(place.what, Partial) else ALL
    time = [place.time] if coordinates.time and along.time else []
    if not coordinates.vector or along.space is not None:
        numbers = range(1, len(coordinates.names) + 1) if along.space is None else along.space
        entries = [entry_of(place.space, Integer(k)) for k in numbers]
        return [(None, argument) for argument in (*entries, *time)]
    if not place.space.has(Delta):
        return [(None, argument) for argument in (_whole(place.space, coordinates), *time)]
    deltas = sorted((place.space - HERE).expand().atoms(Delta), key=default_sort_key)
    moved = [axis for delta in deltas for axis in delta.args if axis.is_Integer]
    pairs: list[tuple[Basic | None, Expr]] = [(axis, entry_of(place.space, axis)) for axis in moved]
    return pairs + [(TIME, place.time)] * (place.time != NOW)


def _whole(vector: Expr, coordinates: Coordinates) -> Expr:
    """An expression with PLACE free as the vector that it is."""
    names = {
        leaf: Symbol(coordinates.names[0] if isinstance(leaf, Coordinate) else leaf.name)
        for leaf in vector.atoms(Coordinate, Noise, Entry)
        if leaf.args[-1] == PLACE
    }
    return vector.xreplace(names)


def unmoved(mean: Mean) -> Expr | None:
    """The function of the coordinates that a mean is of; None for one that holds the point itself as well."""
    own = Noise(mean.args[1], PLACE), Tuple(Noise(mean.args[1], S.One))
    places = mean.body.atoms(At)
    if any(place.space not in own or place.time != NOW for place in places):
        return None
    body = mean.body.xreplace({place: place.what for place in places})
    if any(coordinate.axis != TIME for coordinate in body.atoms(Coordinate)):
        return None
    noise = (noise for noise in body.atoms(Noise) if noise.name == mean.name)
    return body.xreplace({leaf: Coordinate(leaf.axis) for leaf in noise})
