"""The operator table: everything that can be called in a `.pde` file, one row each.

A row says what the arguments must be, the shape of the result, and how to build the expression. A shape is a tuple of
sizes: () is a scalar, (n,) a vector, (m, n) a matrix; a size is a number or "N", the dimension of space. Expressions of
vectors and matrices carry the free indices `slot(0)`, `slot(1)`. Adding an operator is adding a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import sympy
from sympy import Basic, Expr, Integer, S
from sympy.core.symbol import Str

from pdec.symbolic.angles import acos, asin, atan, atan2
from pdec.symbolic.atoms import DIM, Delta, Noise, Normal, at, fresh, slot
from pdec.symbolic.calculus import derive, laplacian
from pdec.symbolic.compare import Max, Min
from pdec.symbolic.complexes import NotRealError, conjugate, is_complex, modulus, parts, real_only
from pdec.symbolic.hyperbolic import cosh, sinh, tanh
from pdec.symbolic.sums import Extreme, contract, rebuilt

Size: TypeAlias = int | Literal["N"]
Shape: TypeAlias = tuple[Size, ...]


class ShapeError(Exception):
    """Shapes that do not fit; the message is for the author of the file."""


def count(size: Size) -> Expr:
    """A size as an expression."""
    return DIM if size == "N" else Integer(size)


def describe(shape: Shape) -> str:
    """A shape in words."""
    kind = ("a scalar", "a vector", "a matrix")[len(shape)]
    return kind + (f" of size {' × '.join(str(size) for size in shape)}" if shape else "")


@dataclass(frozen=True, slots=True)
class Operator:
    """`shape(shapes)` gives the shape of the result or raises ShapeError; `build(expressions, shapes)` the value.

    A `variadic` operator takes more arguments of the last kind as well.
    """

    name: str
    arguments: tuple[str, ...]
    shape: Callable[[tuple[Shape, ...]], Shape]
    build: Callable[[tuple[Expr, ...], tuple[Shape, ...]], Expr]
    help: str
    variadic: bool = False


# --- how expressions with free indices are put together


def dot(left: Expr, right: Expr, left_shape: Shape, right_shape: Shape) -> Expr:
    """Σ over the last index of `left` and the first of `right`; the other indices stay, in order."""
    last = len(left_shape) - 1
    index = fresh()
    moved = right.xreplace({slot(0): index, slot(1): slot(last)})
    return contract(left.xreplace({slot(last): index}) * moved, (index, count(right_shape[0])))


def norm_squared(vector: Expr, shape: Shape) -> Expr:
    """Σ of the squares of all entries, or of their moduli."""
    indices = [fresh() for _ in shape]
    entry = vector.xreplace({slot(k): index for k, index in enumerate(indices)})
    square = sum(part**2 for part in parts(entry))
    return contract(square, *((index, count(size)) for index, size in zip(indices, shape)))


def double_dot(left: Expr, right: Expr, shape: Shape) -> Expr:
    """A : B, the sum of the products of all entries."""
    indices = [fresh() for _ in shape]
    names = {slot(k): index for k, index in enumerate(indices)}
    product = left.xreplace(names) * right.xreplace(names)
    return contract(product, *((index, count(size)) for index, size in zip(indices, shape)))


def divergence(field: Expr, shape: Shape) -> Expr:
    """Σ_i ∂_i of the last index."""
    last = len(shape) - 1
    index = fresh()
    # differentiate along a fresh index first, so that the entry's own index is not taken for a coordinate's
    return contract(derive(field.xreplace({slot(last): index}), index), (index, DIM))


LISTED = 16
"""A vector with single entries that differ is written entry by entry up to so many entries."""

HELD = Str("normal vector")
"""The name of normals that derivatives do not see; no file has such a name."""


def along_normal(field: Expr) -> Expr:
    """n · ∇ field, the normal held fast: it is not differentiated where it stands in the field itself."""
    held = rebuilt(field, lambda node: Noise(HELD, node.axis) if isinstance(node, Normal) else None)
    index = fresh()
    return contract(Noise(HELD, index) * derive(held, index), (index, DIM))


def with_normal(expression: Expr, normal: Expr) -> Expr:
    """`expression` with what the normal is where it holds, `slot(0)` being free in `normal`."""

    def entry(node: Basic) -> Expr | None:
        known = isinstance(node, Normal) or (isinstance(node, Noise) and node.args[0] == HELD)
        return at(normal, s0=node.axis) if known else None

    return rebuilt(expression, entry)


def extreme(kind: str, vector: Expr, shape: Shape) -> Expr:
    """The largest ("max") or smallest ("min") entry of a vector."""
    if is_complex(vector):
        raise NotRealError(f"`{'largest' if kind == 'max' else 'smallest'}` takes real numbers, and these are complex")
    entries = stacked_entries(vector, int(shape[0])) if shape[0] != "N" else None
    if entries is not None:
        return (Max if kind == "max" else Min)(*entries)
    index = fresh()
    return Extreme(Str(kind), at(vector, s0=index), index, count(shape[0]))


def advection(velocity: Expr, field: Expr) -> Expr:
    """(velocity · ∇) field."""
    index = fresh()
    return contract(at(velocity, s0=index) * derive(field, index), (index, DIM))


def curl3(field: Expr) -> Expr:
    """The curl in three dimensions, by entries: Σ of one-hot vectors."""
    entries = []
    for k in range(3):
        i, j = (k + 1) % 3 + 1, (k + 2) % 3 + 1
        entries.append(derive(at(field, s0=Integer(j)), Integer(i)) - derive(at(field, s0=Integer(i)), Integer(j)))
    return stacked(entries)


def cross3(left: Expr, right: Expr) -> Expr:
    """The cross product in three dimensions."""
    a, b = ([at(v, s0=Integer(k)) for k in (1, 2, 3)] for v in (left, right))
    return stacked([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def stacked(entries: list[Expr]) -> Expr:
    """The vector with the given entries."""
    return sympy.Add(*(entry * Delta(slot(0), Integer(k + 1)) for k, entry in enumerate(entries)))


def stacked_entries(vector: Expr, size: int) -> list[Expr] | None:
    """The entries of a vector that was written entry by entry; None for one that is given by a formula in its index,
    or has very many entries."""
    deltas = [delta for delta in vector.atoms(Delta) if slot(0) in delta.free_symbols]
    if deltas and size <= max(LISTED, 2 * len(deltas)):
        return [at(vector, s0=Integer(k + 1)) for k in range(size)]
    return None


# --- rules for shapes


def _elementary(shapes: tuple[Shape, ...]) -> Shape:
    for shape in shapes:
        if shape:
            raise ShapeError(f"takes scalars, not {describe(shape)}")
    return ()


def _any(shapes: tuple[Shape, ...]) -> Shape:
    return shapes[0]


def _gradient(shapes: tuple[Shape, ...]) -> Shape:
    if len(shapes[0]) > 1:
        raise ShapeError(f"takes a scalar or a vector, not {describe(shapes[0])}")
    return (*shapes[0], "N")


def _divergence(shapes: tuple[Shape, ...]) -> Shape:
    if not shapes[0] or shapes[0][-1] != "N":
        raise ShapeError(f"takes a vector with one entry per space coordinate, not {describe(shapes[0])}")
    return shapes[0][:-1]


def _hessian(shapes: tuple[Shape, ...]) -> Shape:
    if shapes[0]:
        raise ShapeError(f"takes a scalar, not {describe(shapes[0])}")
    return ("N", "N")


def _dot(shapes: tuple[Shape, ...]) -> Shape:
    left, right = shapes
    if not left or not right or left[-1] != right[0] or len(left) + len(right) > 4:
        raise ShapeError(f"takes two vectors of one size, not {describe(left)} and {describe(right)}")
    return (*left[:-1], *right[1:])


def _double_dot(shapes: tuple[Shape, ...]) -> Shape:
    left, right = shapes
    if len(left) != 2 or left != right:
        raise ShapeError(f"takes two matrices of one size, not {describe(left)} and {describe(right)}")
    return ()


def _trace(shapes: tuple[Shape, ...]) -> Shape:
    if len(shapes[0]) != 2 or shapes[0][0] != shapes[0][1]:
        raise ShapeError(f"takes a square matrix, not {describe(shapes[0])}")
    return ()


def _transpose(shapes: tuple[Shape, ...]) -> Shape:
    if len(shapes[0]) != 2:
        raise ShapeError(f"takes a matrix, not {describe(shapes[0])}")
    return shapes[0][::-1]


def _vector(shapes: tuple[Shape, ...]) -> Shape:
    if len(shapes[0]) != 1:
        raise ShapeError(f"takes a vector, not {describe(shapes[0])}")
    return ()


def _outer(shapes: tuple[Shape, ...]) -> Shape:
    left, right = shapes
    if len(left) != 1 or len(right) != 1:
        raise ShapeError(f"takes two vectors, not {describe(left)} and {describe(right)}")
    return (*left, *right)


def _advection(shapes: tuple[Shape, ...]) -> Shape:
    velocity, field = shapes
    if velocity != ("N",) or len(field) > 1:
        raise ShapeError(
            "takes a velocity with one entry per space coordinate and a scalar or vector, "
            f"not {describe(velocity)} and {describe(field)}"
        )
    return field


def _elementary_row(
    name: str, function: Callable[..., Expr], help: str, arity: int = 1, *, variadic: bool = False
) -> Operator:
    return Operator(name, ("scalar",) * arity, _elementary, lambda e, s: function(*e), help, variadic)


def _trace_of(matrix: Expr, shape: Shape) -> Expr:
    index = fresh()
    return contract(at(matrix, s0=index, s1=index), (index, count(shape[0])))


_ROWS = (
    # derivatives
    Operator("lap", ("any",), _any, lambda e, s: laplacian(e[0]), "Laplacian over the space coordinates"),
    Operator("bilap", ("any",), _any, lambda e, s: laplacian(laplacian(e[0])), "lap(lap(·))"),
    Operator(
        "grad",
        ("scalar or vector",),
        _gradient,
        lambda e, s: derive(e[0], slot(len(s[0]))),
        "gradient over the space coordinates; of a vector, the matrix of ∂_j v_i",
    ),
    Operator("div", ("vector",), _divergence, lambda e, s: divergence(e[0], s[0]), "divergence; of a matrix, by rows"),
    Operator("hess", ("scalar",), _hessian, lambda e, s: derive(derive(e[0], slot(0)), slot(1)), "matrix of ∂_i ∂_j"),
    Operator(
        "advect",
        ("vector", "scalar or vector"),
        _advection,
        lambda e, s: advection(e[0], e[1]),
        "advect(v, w) = (v·∇)w",
    ),
    # linear algebra
    Operator(
        "dot", ("vector", "vector"), _dot, lambda e, s: dot(e[0], e[1], s[0], s[1]), "product summed over an index"
    ),
    Operator("contract", ("matrix", "matrix"), _double_dot, lambda e, s: double_dot(e[0], e[1], s[0]), "A : B"),
    Operator("tr", ("matrix",), _trace, lambda e, s: _trace_of(e[0], s[0]), "trace"),
    Operator("transpose", ("matrix",), _transpose, lambda e, s: at(e[0], s0=slot(1), s1=slot(0)), "transposed matrix"),
    Operator("outer", ("vector", "vector"), _outer, lambda e, s: e[0] * at(e[1], s0=slot(1)), "matrix of products"),
    Operator("largest", ("vector",), _vector, lambda e, s: extreme("max", e[0], s[0]), "the largest entry"),
    Operator("smallest", ("vector",), _vector, lambda e, s: extreme("min", e[0], s[0]), "the smallest entry"),
    # elementary functions
    _elementary_row("sin", sympy.sin, "sine"),
    _elementary_row("cos", sympy.cos, "cosine"),
    _elementary_row("tan", sympy.tan, "tangent"),
    _elementary_row("asin", real_only("asin", asin), "inverse sine"),
    _elementary_row("acos", real_only("acos", acos), "inverse cosine"),
    _elementary_row("atan", real_only("atan", atan), "inverse tangent"),
    _elementary_row("atan2", real_only("atan2", atan2), "angle of the point (second, first)", 2),
    _elementary_row("sinh", sinh, "hyperbolic sine"),
    _elementary_row("cosh", cosh, "hyperbolic cosine"),
    _elementary_row("tanh", tanh, "hyperbolic tangent"),
    _elementary_row("sech", lambda a: 1 / cosh(a), "1/cosh"),
    _elementary_row("exp", sympy.exp, "exponential"),
    _elementary_row("log", sympy.log, "natural logarithm"),
    _elementary_row("sqrt", sympy.sqrt, "square root"),
    _elementary_row("erf", real_only("erf", sympy.erf), "error function"),
    _elementary_row("abs", modulus, "absolute value"),
    _elementary_row("sign", real_only("sign", sympy.sign), "-1, 0 or 1"),
    _elementary_row("min", real_only("min", Min), "the smallest of two or more", 2, variadic=True),
    _elementary_row("max", real_only("max", Max), "the largest of two or more", 2, variadic=True),
    # complex numbers
    Operator("re", ("any",), _any, lambda e, s: parts(e[0])[0], "real part"),
    Operator("im", ("any",), _any, lambda e, s: parts(e[0])[1], "imaginary part"),
    Operator("conj", ("any",), _any, lambda e, s: conjugate(e[0]), "complex conjugate"),
)

OPERATORS = {row.name: row for row in _ROWS}
"""Every operator by its name."""

CONSTANTS = {"pi": S.Pi}
"""Names of numbers."""
