"""sinh, cosh, tanh: SymPy's, without the long work that SymPy does for their signs."""

import time

import pytest
import sympy
from sympy import I, Rational, Symbol, asin, log, sqrt

from pdec.symbolic.hyperbolic import cosh, sinh, tanh

x, y = Symbol("x", real=True), Symbol("y")
PAIRS = [(sinh, sympy.sinh), (cosh, sympy.cosh), (tanh, sympy.tanh)]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_they_are_what_sympy_has(ours, theirs):
    for argument in (0, x, -x, 2 * x + 1, Rational(1, 3), I * x):
        assert ours(argument).replace(ours, theirs) == theirs(argument)
    derivative = ours(x).diff(x, 3)
    assert derivative.subs(x, 0.3) == pytest.approx(theirs(x).diff(x, 3).subs(x, 0.3), rel=1e-12)
    assert all(isinstance(part, (sinh, cosh, tanh)) for part in derivative.atoms(sympy.Function))


@pytest.mark.parametrize("function", [sinh, cosh, tanh])
def test_what_is_known_of_them(function):
    positive = Symbol("a", positive=True)
    assert function(x).is_real
    assert function(x).is_finite
    assert function(positive).is_zero is False
    assert function(x).is_zero is (False if function is cosh else None)
    for unknown in (y, sqrt(x), log(x), asin(x)):
        assert function(unknown).is_real is None
        assert function(unknown).is_zero is None


@pytest.mark.parametrize("function", [sinh, cosh, tanh])
def test_nested_functions_of_what_may_be_complex_cost_nothing(function):
    start, expression = time.process_time(), log(x) + sqrt(x - 2)
    for _ in range(20):
        expression = 1 / function(expression)
        assert expression.is_zero is None or expression.is_zero is False
    assert time.process_time() - start < 2


@pytest.mark.parametrize("function", [sinh, cosh, tanh])
@pytest.mark.parametrize("number", [1, -1, Rational(1, 3)])
def test_nested_functions_of_numbers_are_not_evaluated_for_their_signs(function, number):
    """mpmath raises OverflowError for cosh(cosh(… 1)), sixteen of them."""
    expression = sympy.Integer(1) * number
    for _ in range(20):
        expression = function(expression)
        assert expression.is_positive is bool(function is cosh or number > 0)
        assert expression.is_negative is bool(function is not cosh and number < 0)
        assert expression.is_zero is False
    assert function(x).is_positive is (True if function is cosh else None)
