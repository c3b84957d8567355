"""Unknown numbers: symbols that no coordinate moves, with true values where a solution is known."""

import math

import pytest
import sympy

import pdec
from pdec.symbolic.atoms import Coefficient, Partial
from pdec.symbolic.prove import prove

DECAY = """
dim N = 3
space x in ball(N)
time t in [0, 1]
unknown u(x, t)
unknown param k = 0.5 in [0, 3], lambda = 0
param half = 1/2
equation u_t = div(k*grad(u)) + lambda*u
initial u = |x|^2
{tail}
"""


def problem(tail="", **options):
    return pdec.loads(DECAY.format(tail=tail), **options)


def statuses(loaded):
    return [verdict.status for verdict in prove(loaded)]


def test_numbers_are_declared_with_start_bounds_and_truth():
    k, growth = problem("exact k = half\nexact u = |x|^2 exact lambda = pi").numbers
    assert (k.name, k.start, k.bounds, k.exact_value) == ("k", 0.5, (0.0, 3.0), 0.5)
    assert (growth.name, growth.start, growth.bounds) == ("lambda", 0.0, None)
    assert growth.exact == sympy.pi
    assert growth.exact_value == pytest.approx(math.pi)


def test_a_number_is_constant_in_space_and_time():
    (equation,) = problem().equations
    numbers = {leaf.name for leaf in equation.expression.atoms(Coefficient)}
    assert numbers == {"k", "lambda"}
    assert equation.linearity == "linear"
    # div(k*grad(u)) is k*lap(u): nothing is left of the derivative of k
    assert {len(partial.axes) for partial in equation.expression.atoms(Partial)} == {0, 1, 2}


def test_a_flag_moves_the_start():
    assert problem(params={"k": 2}).numbers[0].start == 2
    with pytest.raises(pdec.PdeError, match="outside its bounds"):
        problem(params={"k": 4})
    with pytest.raises(pdec.OptionError, match="it has k, lambda, half"):
        problem(params={"z": 4})


@pytest.mark.parametrize(("k", "status"), [("1/(2*N)", "proved"), ("1/6", "holds"), ("1/5", "violated")])
def test_the_true_value_stands_in_the_equation(k, status):
    # u_t = 1 and lap(u) = 2*N
    assert statuses(problem(f"exact u = |x|^2 + t exact lambda = 0 exact k = {k}"))[0] == status


def test_without_a_true_value_nothing_is_claimed():
    verdicts = prove(problem("exact u = |x|^2 + t exact lambda = 0"))
    assert [verdict.status for verdict in verdicts] == ["unknown", "proved"]
    assert "true value of `k` is not given" in verdicts[0].text


def test_a_manufactured_source_holds_the_true_value():
    loaded = problem("manufacture u = sin(x[1])*t exact k = 2 exact lambda = 1")
    assert statuses(loaded)[0] == "proved"
    (equation,) = loaded.equations
    sources = [term.coefficient for term in equation.terms if not term.factors]
    assert sources
    assert not any(source.has(Coefficient) for source in sources)


def test_unused_numbers_are_named():
    (warning,) = pdec.loads("space x in [0, 1] unknown u unknown param k = 1 equation u_xx = 1").warnings
    assert (warning.code, warning.message) == ("W401", "`k` is never used")


def test_explained():
    (equation, _) = pdec.explain(problem(), method="autograd").equations
    assert equation.text == "-k*lap(u) + u_t - lambda*u = 0"
