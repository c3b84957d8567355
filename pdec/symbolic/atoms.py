"""What SymPy does not have: coordinates, derivatives and sums over an abstract dimension, in index notation.

Every expression of pdec is scalar-valued SymPy over these nodes. A vector is a scalar with a free index `slot(0)`, a
matrix one with `slot(0)` and `slot(1)`; `lap(u)` is `Contraction(Partial(u; i, i), (i, N))`, a sum that is never
written out, so nothing here depends on the number that N stands for.

An *axis* is an `Integer` (space coordinate, from 1), an index symbol plus an Integer, or `TIME`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from sympy import Add, Basic, Dummy, Expr, Function, Integer, Mul, Pow, S, Symbol, Tuple, default_sort_key
from sympy.core.symbol import Str

from pdec.budget import TooLargeError as TooLargeError
from pdec.budget import spend
from pdec.symbolic.effort import built

Axis: TypeAlias = Basic

DIM = Symbol("N", integer=True, positive=True)
"""The dimension of space. It stays a symbol until code is generated."""

TIME = Str("t")
"""The axis of time."""

MAX_SUMMANDS = 1000
MAX_INDICES = 8


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

    def _eval_power(self, exponent: Expr) -> Expr | None:
        return self if exponent.is_positive else None


class Contraction(Leaf):
    """Σ body over one or more indices, each from 1 to its count: `Contraction(body, (i, N), (j, N - 1))`.

    Building one brings it to normal form: sums are pulled apart, factors that do not depend on an index are pulled
    out, deltas are resolved, nested contractions are merged, indices are renamed so that equal sums are equal objects.
    The result is therefore a sum, a product or a number as often as a Contraction.
    """

    __slots__ = ()

    def __new__(cls, body: Expr, *limits: Tuple) -> Expr:
        open_limits = []
        for index, count in limits:
            if not isinstance(index, Dummy):  # a Dummy stands nowhere else
                index, named = fresh(), index
                body = renamed(body, {named: index})
            open_limits.append((index, count))
        indices = {index for index, _ in open_limits}
        return Add(*(_contract_product(summand, open_limits) for summand in summands(body, _must_expand(indices))))

    @property
    def body(self) -> Expr:
        return self.args[0]

    @property
    def limits(self) -> tuple[Tuple, ...]:
        return tuple(self.args[1:])

    @property
    def free_symbols(self) -> set[Basic]:
        found: set[Basic] = set(self.body.free_symbols)
        for index, count in self.limits:
            found = (found - {index}) | count.free_symbols
        return found

    def opened(self) -> tuple[Expr, list[tuple[Dummy, Expr]]]:
        """Body and limits with fresh index symbols, so that it can be worked on without capture."""
        limits = [(fresh(), index, count) for index, count in self.limits]
        body = renamed(self.body, {index: new for new, index, _ in limits})
        return body, [(new, count) for new, _, count in limits]


class Extreme(Leaf):
    """The largest ("max") or smallest ("min") value of `body` over an index from 1 to `count`."""

    __slots__ = ()

    def __new__(cls, kind: Str, body: Expr, index: Basic, count: Expr) -> Extreme:
        canonical = bound(_height(body) + 1)
        return Basic.__new__(cls, kind, body.xreplace({index: canonical}), canonical, count)

    @property
    def kind(self) -> str:
        return str(self.args[0].name)

    @property
    def free_symbols(self) -> set[Basic]:
        return (set(self.args[1].free_symbols) - {self.args[2]}) | self.args[3].free_symbols

    def opened(self) -> tuple[Expr, tuple[Dummy, Expr]]:
        """The body and (index, count), with a fresh index symbol."""
        index = fresh()
        return renamed(self.args[1], {self.args[2]: index}), (index, self.args[3])


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


def summands(expression: Expr, expand: Callable[[Expr], bool]) -> list[Expr]:
    """`expression` as a list of terms; sums among the factors for which `expand` holds are multiplied out.

    Raises TooLargeError.
    """
    if isinstance(expression, Add):
        return [term for argument in expression.args for term in summands(argument, expand)]
    if isinstance(expression, (Mul, Pow)):
        kept, sums = [], []
        for factor in Mul.make_args(expression):
            base, exponent = factor.as_base_exp()
            if isinstance(base, Add) and exponent.is_Integer and 1 <= exponent <= 6 and expand(base):
                sums += [summands(base, expand)] * int(exponent)
            else:
                kept.append(factor)
        size = 1
        for terms in sums:
            size *= len(terms)
        if size > MAX_SUMMANDS:
            raise TooLargeError
        if sums:
            spend(size * len(sums))
            # multiplied terms can hold new products of sums, so each is looked at again
            products = (Mul(*kept, *choice) for choice in itertools.product(*sums))
            merged = Add(*products)
            return [merged] if merged == expression else summands(merged, expand)
    return [expression]


def _must_expand(indices: set[Basic]) -> Callable[[Expr], bool]:
    # Sums of plain coordinates are left alone: |x - c|^2 expanded would lose digits in float32.
    return lambda base: bool(indices & base.free_symbols) and base.has(Partial, Delta, Noise, Tensor, S.ImaginaryUnit)


def _contract_product(term: Expr, limits: list[tuple[Dummy, Expr]]) -> Expr:
    """Σ of one product over `limits`, in normal form."""
    if term == 0:
        return S.Zero
    indices = {index for index, _ in limits}
    outside, inside = [], []
    for factor in Mul.make_args(term):
        if not indices & factor.free_symbols:
            outside.append(factor)
        elif isinstance(factor, Contraction):
            body, inner = factor.opened()
            limits = limits + inner
            inside += Mul.make_args(body)
        else:
            inside.append(factor)
    for delta in inside:
        if isinstance(delta, Delta):
            for index, count in limits:
                target = _solved(delta, index, count, limits)
                if target is not None:
                    body = Mul(*(factor for factor in inside if factor != delta)).xreplace({index: target})
                    return Mul(*outside, contract(body, *(limit for limit in limits if limit[0] != index)))
    # multiplied at once: 2*(N - 1) alone would become 2*N - 2, and the form depend on the order of the indices
    counts = [count for index, count in limits if not any(index in factor.free_symbols for factor in inside)]
    return Mul(*outside, *counts, *(_closed(Mul(*factors), own) for factors, own in _components(inside, limits)))


def _solved(delta: Delta, index: Dummy, count: Expr, limits: list[tuple[Dummy, Expr]]) -> Axis | None:
    """What `index` must be for `delta` to be one, if that lies in the range of `index` for certain; else None.

    Every axis in an expression lies in 1 … N, so an index with the full range can always be solved for.
    """
    for mine, other in (delta.args, delta.args[::-1]):
        symbol, offset = split_axis(mine)
        if symbol != index or index in other.free_symbols:
            continue
        target = other - offset
        other_symbol, other_offset = split_axis(target)
        if count == DIM and other_offset >= (0 if other_symbol is not None else 1):
            return target
        if other_symbol is None and count.is_Integer and 1 <= other_offset <= count:
            return target
        counts = dict(limits)
        if other_symbol in counts and other_offset >= 0:
            slack = count - counts[other_symbol] - other_offset
            if slack.is_nonnegative:
                return target
    return None


def _components(
    factors: list[Expr], limits: list[tuple[Dummy, Expr]]
) -> Iterator[tuple[list[Expr], list[tuple[Dummy, Expr]]]]:
    """Factors grouped so that groups share no index: Σ_i Σ_j a_i b_j = (Σ_i a_i)(Σ_j b_j)."""
    remaining = list(factors)
    for index, _ in limits:
        group = [factor for factor in remaining if index in factor.free_symbols]
        if not group:
            continue
        own = {index}
        while True:
            own = {i for i, _ in limits if any(i in factor.free_symbols for factor in group)}
            larger = [factor for factor in remaining if own & factor.free_symbols]
            if len(larger) == len(group):
                break
            group = larger
        remaining = [factor for factor in remaining if factor not in group]
        yield group, [limit for limit in limits if limit[0] in own]


def _height(expression: Expr) -> int:
    """The largest number of a bound index inside."""
    numbers = [int(str(i.name)[2:]) for c in expression.atoms(Contraction) for i, _ in c.limits]
    numbers += [int(str(e.args[2].name)[2:]) for e in expression.atoms(Extreme)]
    return max(numbers, default=0)


def _closed(body: Expr, limits: list[tuple[Dummy, Expr]]) -> Contraction:
    """A Contraction node whose indices are named canonically: the least, in SymPy's order, of all namings."""
    if len(limits) > MAX_INDICES:
        raise TooLargeError
    first = _height(body) + 1
    candidates = []
    for order in _orders(body, limits):
        names = {index: bound(first + k) for k, (index, _) in enumerate(order)}
        counts = Tuple(*(Tuple(names[index], count) for index, count in order))
        candidates.append((renamed(body, names), counts, names))
    if len(limits) == 1:
        ((best, counts, _),) = candidates
    else:
        _, counts, names = min(candidates, key=lambda c: (default_sort_key(c[0]), default_sort_key(c[1])))
        best = body.xreplace(names)  # here the order of the names can decide between cos(a - b) and cos(b - a)
    return Basic.__new__(Contraction, best, *counts)


def _orders(body: Expr, limits: list[tuple[Dummy, Expr]]) -> Iterator[list[tuple[Dummy, Expr]]]:
    """The orders of the indices among which a canonical naming is chosen: only those that play the same part in `body`
    can change places."""
    indices = {index for index, _ in limits}
    parts: dict[tuple[str, str], list[tuple[Dummy, Expr]]] = {}
    for index, count in limits:
        part = _part(body, index, indices) if len(limits) > 1 else ""
        parts.setdefault((str(count), part), []).append((index, count))
    alike = [parts[key] for key in sorted(parts)]
    for orders in itertools.product(*(itertools.permutations(part) for part in alike)):
        yield [limit for order in orders for limit in order]


def _part(expression: Basic, me: Basic, indices: set[Dummy]) -> str:
    """What `expression` looks like from one of its indices, the others being taken for one another."""
    if expression in indices:
        return "me" if expression == me else "other"
    if not expression.args:
        return str(expression)
    parts = [_part(argument, me, indices) for argument in expression.args]
    if not isinstance(expression, Pow):  # the order of the arguments may itself depend on the names
        parts.sort()
    return f"{type(expression).__name__}({','.join(parts)})"


def renamed(expression: Expr, names: Mapping[Basic, Symbol]) -> Expr:
    """`expression` with indices replaced by other names for them that it does not contain.

    What `xreplace` does too, but SymPy's functions look for simplifications each time they are made, and with a new
    name in them there are none.
    """
    if expression in names:
        return names[expression]
    if not expression.args:
        return expression
    spend()
    arguments = [renamed(argument, names) for argument in expression.args]
    if all(new is old for new, old in zip(arguments, expression.args)):
        return expression
    if isinstance(expression, Function):
        return expression.func(*arguments, evaluate=False)
    if isinstance(expression, Contraction) and len(arguments) == 2:
        return Basic.__new__(Contraction, *arguments)
    return expression.func(*arguments)


def contract(body: Expr, *limits: tuple[Basic, Expr]) -> Expr:
    """Σ body over the given (index, count) pairs, in normal form."""
    return Contraction(body, *(Tuple(index, count) for index, count in limits)) if limits else body


def at(expression: Expr, **slots: Axis) -> Expr:
    """`expression` with `s0=…`, `s1=…` put in the place of its free indices."""
    return expression.xreplace({Symbol(f"_{name}", integer=True, positive=True): axis for name, axis in slots.items()})


def rebuilt(expression: Expr, replace: Callable[[Basic], Expr | None]) -> Expr:
    """Every node for which `replace` gives a value is replaced by it, from the top down, inside sums too."""
    spend()
    new = replace(expression)
    if new is not None:
        return new
    if isinstance(expression, Contraction):
        body, limits = expression.opened()
        inner = rebuilt(body, replace)
        return expression if inner is body else contract(inner, *limits)
    if isinstance(expression, Extreme):
        body, limit = expression.opened()
        inner = rebuilt(body, replace)
        return expression if inner is body else Extreme(expression.args[0], inner, *limit)
    if isinstance(expression, Holder):
        return expression.mapped(lambda part: rebuilt(part, replace))
    if not expression.args or isinstance(expression, Leaf):
        return expression
    arguments = [rebuilt(argument, replace) for argument in expression.args]
    if all(new is old for new, old in zip(arguments, expression.args)):
        return expression
    if S.NaN in arguments or S.ComplexInfinity in arguments:
        return S.NaN  # some functions of SymPy compare their arguments, and these two cannot be compared
    return built(expression.func, *arguments)


def all_of(expression: Expr, *kinds: type[Leaf]) -> Iterable[Any]:
    """The leaves of the given kinds in `expression`, in an order that does not depend on hashing."""
    return sorted(expression.atoms(*kinds), key=default_sort_key)
