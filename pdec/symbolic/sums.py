"""Sums and extremes over an index, Σ_i and max_i, in normal form, and how to work on what stands inside them.

`lap(u)` is `Contraction(Partial(u; i, i), (i, N))`, a sum that is never written out, so nothing here depends on the
number that N stands for.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

from sympy import Add, Basic, Dummy, Expr, Function, Mul, Pow, S, Symbol, Tuple, default_sort_key
from sympy.core.symbol import Str

from pdec.budget import TooLargeError, spend
from pdec.symbolic.atoms import DIM, Axis, Delta, Holder, Leaf, Noise, Partial, Tensor, bound, fresh, split_axis
from pdec.symbolic.effort import built

MAX_SUMMANDS = 1000
MAX_INDICES = 8


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

    def __new__(cls, kind: Str, body: Expr, index: Basic, count: Expr) -> Expr:
        if index not in body.free_symbols:  # all entries are the same
            return body
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
