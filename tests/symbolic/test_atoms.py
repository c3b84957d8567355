"""The leaves of expressions: what is equal, what is no constant, what an expectation leaves alone."""

from sympy import Integer, S
from sympy.core.symbol import Str

from pdec.symbolic.atoms import DIM, TIME, Coordinate, Expectation, Noise, Partial, Tensor, fresh
from pdec.symbolic.calculus import derive

i, j = fresh(), fresh()


def u(*axes):
    return Partial(Str("u"), Integer(1), *map(S, axes))


def test_symmetry_of_derivatives():
    assert Partial(Str("u"), S.One, i, TIME, j) == Partial(Str("u"), S.One, j, i, TIME)
    assert u(10, 9) == u(9, 10)
    assert derive(derive(u(), i), TIME) == derive(derive(u(), TIME), i)


def test_leaves_are_no_constants():
    for leaf in (Coordinate(S.One), Coordinate(TIME), u(), Noise(Str("w"), S.One), Tensor(Str("a"), Str("points"))):
        assert not leaf.is_number
        assert leaf.is_real
        assert type(leaf).__name__ in str(leaf + 1)


def test_an_expectation_of_what_is_certain_is_itself():
    assert Expectation(Coordinate(i), Str("w"), DIM) == Coordinate(i)
    assert isinstance(Expectation(Noise(Str("w"), i), Str("w"), DIM), Expectation)
