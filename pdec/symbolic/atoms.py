"""What SymPy does not have: coordinates and derivatives over an abstract dimension, in index notation.

Every expression of pdec is scalar-valued SymPy over these nodes. A vector is a scalar with a free index `slot(0)`, a
matrix one with `slot(0)` and `slot(1)`. The sums are in `sums.py`.

An *axis* is an `Integer` (space coordinate, from 1), an index symbol plus an Integer, or `TIME`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from sympy import Basic, Dummy, Expr, Function, Integer, S, Symbol, default_sort_key
from sympy.core.symbol import Str

Axis: TypeAlias = Basic

DIM = Symbol("N", integer=True, positive=True)
"""The dimension of space. It stays a symbol until code is generated."""

TIME = Str("t")
"""The axis of time."""


def slot(number: int) -> Symbol:
    """The free index that carries axis `number` of a vector or matrix."""
    return Symbol(f"_s{number}", integer=True, positive=True)


def bound(number: int) -> Symbol:
    """The name of a summation index; a Contraction gives its own indices the lowest numbers not used inside it."""
    return Symbol(f"_i{number}", integer=True, positive=True)


def fresh() -> Dummy:
    """A new index symbol, to be closed by a Contraction."""
    return Dummy("i", integer=True, positive=True)


@lru_cache(10_000)
def split_axis(axis: Axis) -> tuple[Basic | None, int]:
    """An axis as (index symbol or None, offset); TIME and integers have no symbol."""
    if axis == TIME:
        return None, 0
    symbols = sorted(axis.free_symbols, key=default_sort_key)
    if not symbols:
        return None, int(axis)
    return symbols[0], int(axis - symbols[0])


class Leaf(Expr):  # type: ignore[misc]
    """A real number that depends on indices only; `args` are its names and axes."""

    is_commutative = True
    is_number = False  # SymPy would take a leaf without symbols, such as x[1], for a constant and evaluate it
    is_real = True
    is_extended_real = True
    is_finite = True
    __slots__ = ()

    def _eval_derivative(self, symbol: Any) -> Expr:
        raise TypeError("leaves are differentiated by `pdec.symbolic.calculus.derive`")

    def _sympystr(self, printer: Any) -> str:
        # SymPy's own printer has methods for classes of its own with the same names, such as Tensor
        return f"{type(self).__name__}({', '.join(printer.doprint(argument) for argument in self.args)})"


class Coordinate(Leaf):
    """The coordinate of a point along `axis`: x[i], x[1], t."""

    __slots__ = ()

    def __new__(cls, axis: Axis) -> Coordinate:
        return Basic.__new__(cls, axis)

    @property
    def axis(self) -> Axis:
        return self.args[0]


class Partial(Leaf):
    """The derivative of component `component` of unknown `name` along `axes` (sorted; none: the unknown itself)."""

    __slots__ = ()

    def __new__(cls, name: Str, component: Axis, *axes: Axis) -> Partial:
        return Basic.__new__(cls, name, component, *sorted(axes, key=_axis_key))

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def component(self) -> Axis:
        return self.args[1]

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(self.args[2:])


class Noise(Leaf):
    """Entry `axis` of the random vector `name`: of an expectation in a file, or the Gaussian of a Stein estimator."""

    __slots__ = ()

    def __new__(cls, name: Str, axis: Axis) -> Noise:
        return Basic.__new__(cls, name, axis)

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def axis(self) -> Axis:
        return self.args[1]


class Normal(Leaf):
    """Entry `axis` of the outward unit normal at a point of the boundary of a box."""

    __slots__ = ()

    def __new__(cls, axis: Axis) -> Normal:
        return Basic.__new__(cls, axis)

    @property
    def axis(self) -> Axis:
        return self.args[0]


class Entry(Leaf):
    """An entry of the parameter `name`, a vector or matrix of numbers drawn once: c[i], A[i, j]."""

    __slots__ = ()

    def __new__(cls, name: Str, *axes: Axis) -> Entry:
        return Basic.__new__(cls, name, *axes)

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(self.args[1:])


class Coefficient(Leaf):
    """An unknown number, `unknown param k`: the same at all points, and not known before training.

    Its class sorts before those of sums and derivatives, so that products read k*lap(u).
    """

    __slots__ = ()

    def __new__(cls, name: Str) -> Coefficient:
        return Basic.__new__(cls, name)

    @property
    def name(self) -> str:
        return str(self.args[0].name)


class Measured(Leaf):
    """Entry `axis` of the values measured at a point, the numbers of a data file in its row; 0 where it is a scalar."""

    __slots__ = ()

    def __new__(cls, axis: Axis) -> Measured:
        return Basic.__new__(cls, axis)

    @property
    def axis(self) -> Axis:
        return self.args[0]


class TableName(Leaf):
    """The name of a table, its rule, the number of the parameter that it is differentiated along (0: it is not), and
    the names of its parameters."""

    __slots__ = ()

    def __new__(cls, name: Str, rule: Str, along: Integer, *parameters: Str) -> TableName:
        return Basic.__new__(cls, name, rule, along, *parameters)

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def rule(self) -> str:
        return str(self.args[1].name)

    @property
    def along(self) -> int:
        return int(self.args[2])

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(str(parameter.name) for parameter in self.args[3:])


class Lookup(Function):  # type: ignore[misc]
    """The value of a table: `Lookup(TableName, place, …)`, with a place for each of its parameters."""

    @property
    def table(self) -> TableName:
        return self.args[0]

    @property
    def places(self) -> tuple[Expr, ...]:
        return tuple(self.args[1:])

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True


class Tensor(Leaf):
    """An entry of a tensor that generated code holds under `name`; made by code generation only.

    `kind` says which leading axes the tensor has: "points" (B, …), or "draws" (K, B, …).
    """

    __slots__ = ()

    def __new__(cls, name: Str, kind: Str, *axes: Axis) -> Tensor:
        return Basic.__new__(cls, name, kind, *axes)

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def kind(self) -> str:
        return str(self.args[1].name)

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(self.args[2:])


class Delta(Leaf):
    """Kronecker's delta of two axes; a number as soon as it can be decided."""

    __slots__ = ()

    def __new__(cls, left: Axis, right: Axis) -> Expr:
        if TIME in (left, right):
            return S.One if left == right else S.Zero
        difference = left - right
        if difference.is_Integer:
            return S.One if difference == 0 else S.Zero
        if left.is_Integer != right.is_Integer and difference.is_zero is False:
            return S.Zero  # entry 1 is no entry i + 1
        return Basic.__new__(cls, *sorted((left, right), key=default_sort_key))

    def chooses(self, index: Axis, numbers: range) -> bool:
        """Whether it is one where the index has one of these numbers alone."""
        return index in self.args and any(isinstance(axis, Integer) and int(axis) in numbers for axis in self.args)

    def _eval_power(self, exponent: Expr) -> Expr | None:
        return self if exponent.is_positive else None


class Holder(Leaf):
    """A leaf that holds expressions of its own."""

    __slots__ = ()

    def mapped(self, function: Callable[[Expr], Expr]) -> Expr:
        """The same with `function` of each expression in its place."""
        raise TypeError("every holder says what it holds")


class Average(Holder):
    """A mean or an integral of `body` over a variable: the Noise called `name` inside it."""

    __slots__ = ()

    @property
    def body(self) -> Expr:
        return self.args[0]

    @property
    def name(self) -> str:
        return str(self.args[1].name)

    def over(self, body: Expr) -> Expr:
        """The same average of another body."""
        return self.func(body, *self.args[1:])

    def mapped(self, function: Callable[[Expr], Expr]) -> Expr:
        return self.over(function(self.body))


def depends(expression: Expr, name: str) -> bool:
    """Whether the variable `name` of an average stands in an expression."""
    return any(noise.name == name for noise in expression.atoms(Noise))


class Expectation(Average):
    """The mean of `body` over the random vector `name` ~ normal(0, 1) with `size` entries."""

    __slots__ = ()

    def __new__(cls, body: Expr, name: Str, size: Expr) -> Expr:
        return Basic.__new__(cls, body, name, size) if depends(body, str(name.name)) else body

    @property
    def size(self) -> Expr:
        return self.args[2]


def _axis_key(axis: Axis) -> tuple[int, Any]:
    """Time first, then numbered axes, then indices: the order in which derivatives are written."""
    if axis == TIME:
        return 0, ()
    return (1, int(axis)) if isinstance(axis, Integer) else (2, default_sort_key(axis))


def at(expression: Expr, **slots: Axis) -> Expr:
    """`expression` with `s0=…`, `s1=…` put in the place of its free indices."""
    return expression.xreplace({Symbol(f"_{name}", integer=True, positive=True): axis for name, axis in slots.items()})


def all_of(expression: Expr, *kinds: type[Leaf]) -> Iterable[Any]:
    """The leaves of the given kinds in `expression`, in an order that does not depend on hashing."""
    return sorted(expression.atoms(*kinds), key=default_sort_key)
