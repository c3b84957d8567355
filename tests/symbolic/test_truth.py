"""Conditions and pieces: what is known of them, and what is proved with them."""

import pytest
from sympy import Dummy, Integer, S, Symbol, log, sqrt

import pdec
from pdec.symbolic.atoms import DIM, Coordinate, Delta
from pdec.symbolic.calculus import derive
from pdec.symbolic.prove import prove
from pdec.symbolic.show import show
from pdec.symbolic.sums import contract
from pdec.symbolic.truth import AllOf, AnyOf, Equal, Less, Not, Where, guarded, pieces

X, Y = Coordinate(Integer(1)), Coordinate(Integer(2))
INSIDE = Less(X, S.Half)


def test_what_is_known_is_decided():
    assert Where(Less(S.Half, S.One), X, Y) == X
    assert Where(Less(S.One, S.One), X, Y) == Y
    assert Where(INSIDE, X, X) == X
    assert Where(Not(INSIDE), X, Y) == Where(INSIDE, Y, X)
    assert Not(Not(INSIDE)) == INSIDE
    assert AllOf(INSIDE, S.One) == INSIDE
    assert AllOf(INSIDE, S.Zero) == 0
    assert AnyOf(INSIDE, S.One, Less(Y, X)) == 1
    assert AllOf(AllOf(INSIDE, Less(Y, X)), INSIDE) == AllOf(INSIDE, Less(Y, X))
    mu = Symbol("mu", real=True)
    assert Less(mu, 1).xreplace({mu: S.Half}) == 1


def test_equal_indices_are_deltas_where_both_values_exist():
    i, j = (Dummy(name, integer=True, positive=True) for name in "ij")
    assert pieces(Equal(i, j), S.One, S(3) / 10, True) == Delta(i, j) + 3 * (1 - Delta(i, j)) / 10
    # 0·(1/0) would not be zero
    assert isinstance(pieces(Equal(i, j), S.Zero, 1 / (Coordinate(i) - Coordinate(j)), True), Where)
    assert isinstance(pieces(Equal(i + 1, j), S.One, S.Zero, False), Where)
    correlation = pieces(Equal(i, j), S.One, S(3) / 10, True)
    total = contract(correlation * Coordinate(j), (j, DIM))
    assert total.expand() == 7 * Coordinate(i) / 10 + 3 * contract(Coordinate(j), (j, DIM)) / 10


def test_derivatives_are_taken_piece_by_piece():
    assert derive(Where(INSIDE, X**2, Y), Integer(1)) == Where(INSIDE, 2 * X, 0)
    assert derive(Where(INSIDE, 1, 2), Integer(1)) == 0


def test_what_may_be_infinite_is_guarded():
    assert guarded(X**2, INSIDE) == X**2
    assert guarded(1 / X, INSIDE) == 1 / Where(INSIDE, X, 1)
    assert guarded(sqrt(X), INSIDE) == sqrt(Where(INSIDE, X, 1))
    assert guarded(log(1 / X), INSIDE) == log(Where(INSIDE, 1 / Where(INSIDE, X, 1), 1))


PRINTED = {
    "where(x < 1/2, u_xx, u)": "linear",
    "where(x < 1/2 and (t <= 1/2 or u < 1), u_xx, 2 < t, u, 3)": "quasilinear",
    "where(u_xx < 1/2, u_xx, 2*u_xx)": "fully nonlinear",
    "where(x < 1/2, u*u_xx, t < 1/3, u^2, u_t)": "quasilinear",
}


@pytest.mark.parametrize("text", PRINTED)
def test_pieces_are_shown_as_they_are_written(text):
    problem = pdec.loads(f"space x in [0, 1] time t in [0, 1] unknown u equation {text} = 0")
    (equation,) = problem.equations
    assert show(equation.expression, problem.coordinates, frozenset("u")) == text
    assert equation.linearity == PRINTED[text]


LAYER = """
space x in [-1, 1] unknown u
let k = where(x < 0, 1, 3)
equation (k*u_x)_x = {source}
boundary u = where(x < 0, -1, 1/3)
exact u = where(x < 0, x, x/3)
"""


def test_an_exact_solution_in_pieces_is_proved():
    text = LAYER.replace("(k*u_x)_x", "d(k*u_x, x)")
    assert {verdict.status for verdict in prove(pdec.loads(text.format(source=0)))} == {"proved", "holds"}
    assert prove(pdec.loads(text.format(source="where(x < 1/4, 0, 1)")))[0].status == "violated"


def test_a_seam_is_no_mistake():
    text = "space x in [0, 1] unknown u equation u = where(x <= 0.1 + 0.2, 1, 2) boundary u = 1 on x = 0.3 "
    verdicts = prove(pdec.loads(text + "exact u = where(x < 0.3, 1, 2)"))
    assert [verdict.status for verdict in verdicts] == ["holds", "violated"]
    verdicts = prove(pdec.loads(text + "exact u = where(x <= 0.3, 1, 2)"))
    assert [verdict.status for verdict in verdicts] == ["proved", "proved"]
