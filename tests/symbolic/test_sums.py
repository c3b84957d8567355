"""Sums over an abstract index: equal sums are equal objects, deltas are resolved, nothing is captured."""

import itertools

import pytest
from explicit import written_out
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, S, exp, sin
from sympy.core.symbol import Str

from pdec.budget import TooLargeError
from pdec.compiler import loads
from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Coordinate,
    Delta,
    Partial,
    at,
    fresh,
    slot,
    split_axis,
)
from pdec.symbolic.calculus import derive, laplacian
from pdec.symbolic.sums import MAX_INDICES, Contraction, contract, rebuilt

i, j, k = fresh(), fresh(), fresh()


def x(axis):
    return Coordinate(axis if axis == TIME else S(axis))


def u(*axes):
    return Partial(Str("u"), Integer(1), *map(S, axes))


def total(body, *indices):
    return contract(body, *((index, DIM) for index in indices))


def test_the_name_of_an_index_does_not_matter():
    assert total(x(i) * u(i), i) == total(x(j) * u(j), j)
    assert str(total(x(i) * u(i), i)) == str(total(x(j) * u(j), j))


def test_the_order_of_indices_does_not_matter():
    body = x(i) ** 2 * u(i, j) * x(j)
    exchanged = x(j) ** 2 * u(j, i) * x(i)
    assert total(body, i, j) == total(body, j, i) == total(exchanged, i, j) == total(total(body, i), j)


@pytest.mark.parametrize("order", list(itertools.permutations([i, j, k])), ids=range(6))
def test_three_indices_in_any_order(order):
    a, b, c = order
    assert total(u(a, b) * u(b, c) * x(c), *order) == total(u(i, j) * u(j, k) * x(k), i, j, k)


def test_sums_are_pulled_apart_and_factors_out():
    assert total(x(i) + u(i), i) == total(x(i), i) + total(u(i), i)
    assert total(3 * u() * x(i), i) == 3 * u() * total(x(i), i)
    assert total(x(i) * u(j), i, j) == total(x(i), i) * total(u(i), i)
    assert total(u(), i) == DIM * u()
    assert total(S.Zero, i) == 0
    assert contract(x(i), (i, Integer(3))) != total(x(i), i)


def test_nested_sums_are_one():
    outer = total(total(u(i, j) * x(j), j) * x(i), i)
    assert isinstance(outer, Contraction)
    assert len(outer.limits) == 2
    assert not outer.body.atoms(Contraction)


def test_a_sum_inside_a_function_keeps_its_own_index():
    nested = total(sin(total(x(i) * u(i), i)) * x(i), i)
    assert nested == sin(total(x(i) * u(i), i)) * total(x(i), i)
    crossed = total(sin(total(u(i, j) * x(j), j)) * x(i), i)
    assert crossed == total(sin(total(u(k, i) * x(i), i)) * x(k), k)
    assert isinstance(crossed, Contraction)


def test_deltas_are_resolved():
    assert Delta(i, i) == 1
    assert Delta(i, i + 1) == 0
    assert Delta(Integer(1), Integer(2)) == 0
    assert Delta(TIME, i) == 0
    assert Delta(TIME, TIME) == 1
    assert Delta(i, j) == Delta(j, i)
    assert Delta(i, j) ** 3 == Delta(i, j)
    assert total(Delta(i, j) * u(j), j) == u(i)
    assert total(Delta(i, Integer(1)) * x(i), i) == x(1)
    assert total(Delta(i, j) * Delta(i, j), i, j) == DIM
    assert total(Delta(i, j), i, j) == DIM


def test_a_delta_stays_where_the_range_is_shorter():
    # Σ_{i<N} δ(i, j) x_i is x_j, but 0 at j = N
    assert isinstance(contract(Delta(i, j) * x(i), (i, DIM - 1)), Contraction)
    assert contract(Delta(i, Integer(4)) * x(i), (i, Integer(3))).has(Delta)
    assert contract(Delta(i, Integer(3)) * x(i), (i, Integer(3))) == x(3)


def test_shifted_indices():
    chain = contract(x(i) * x(i + 1), (i, DIM - 1))
    assert written_out(chain, 3, {}) == sum(written_out(x(a) * x(a + 1), 3, {}) for a in (1, 2))
    # its gradient is x_{a-1} + x_{a+1}, its Laplacian 0
    for axis in (1, 2, 4):
        neighbours = [a for a in (axis - 1, axis + 1) if 1 <= a <= 4]
        assert written_out(derive(chain, Integer(axis)), 4, {}) == sum(written_out(x(a), 4, {}) for a in neighbours)
    assert laplacian(chain) == 0
    assert split_axis(i + 1) == (i, 1)
    assert split_axis(Integer(3)) == (None, 3)


def test_replacing_is_safe():
    inner = total(x(i) * u(i), i)
    assert inner.xreplace({x(1): S.Zero}) == inner
    assert inner.free_symbols == {DIM}
    row = total(u(i, j) * x(j), j)
    assert row.free_symbols == {i, DIM}
    assert row.xreplace({i: k}) == total(u(k, j) * x(j), j)
    assert row.xreplace({i: Integer(2)}) == total(u(2, j) * x(j), j)
    assert at(total(u(slot(0), j) * x(j), j), s0=Integer(2)) == total(u(2, j) * x(j), j)
    # an opened sum shares no index with another: two of them multiplied and closed are the product
    (left, left_limits), (right, right_limits) = row.opened(), row.opened()
    assert contract(left * right, *left_limits, *right_limits) == row**2


def test_limits_are_kept():
    many = [fresh() for _ in range(MAX_INDICES + 1)]
    body, sums = u(*many), S.One
    for index in many:
        body = body * x(index)
        sums = sums * sum(u(index, a) for a in range(1, 6))
    with pytest.raises(TooLargeError):
        total(body, *many)
    with pytest.raises(TooLargeError):
        total(sums * u(*many), *many)


@pytest.mark.parametrize("text", ["lap(u^2)", "sum(i, sum(j, d(u, x[i], x[j])*x[i]*x[j]))", "lap(lap(u*|x|^2))"])
def test_rebuilding_changes_nothing(text):
    expression = loads(f"dim N = 4\nspace x in ball(N)\nunknown u(x)\nequation {text} = 0\n").equations[0].expression
    assert rebuilt(expression, lambda node: None) == expression
    assert expression.func(*expression.args) == expression
    assert expression.atoms(Contraction)
    for inner in expression.atoms(Contraction):
        assert inner.func(*inner.args) == inner


FACTORS = st.lists(
    st.sampled_from([x(i), x(j), x(k), u(i), u(j), u(i, j), u(j, k), u(i, i), u(), Delta(i, j), Delta(j, k), S(2)]),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(FACTORS, st.permutations([i, j, k]), st.sampled_from([DIM, DIM - 1, Integer(2)]))
def test_a_sum_is_its_terms(factors, order, count):
    body = S.One
    for factor in factors:
        body = body * factor
    limits = [(index, count if index == i else DIM) for index in order]
    value = contract(body, *limits)
    assert value == contract(body, *limits[::-1])
    known = {"u": [exp(sum((a + 1) * written_out(x(a), 3, {}) for a in (1, 2, 3)))]}
    upper = 3 if count == DIM else 2
    terms = [
        written_out(body, 3, known, dict(zip((i, j, k), map(Integer, numbers))))
        for numbers in itertools.product(range(1, upper + 1), (1, 2, 3), (1, 2, 3))
    ]
    assert (written_out(value, 3, known) - sum(terms)).expand() == 0
