"""Signs read off expressions, and eigenvalues, against what is known."""

import random

import pytest
from sympy import Integer

import pdec
from pdec.symbolic.definite import Sign, definite, eigenvalues, sign_of
from pdec.symbolic.symbol import symbol_of

TEXT = "dim N = 3 param p = 2, q = -2 space x in {} time t in [0, 1] unknown u equation u_t = {} exact u = {}"


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        ("p", 2), ("q", -2), ("p*q", -2), ("q^2", 2), ("N", 2), ("exp(-x[1])", 2), ("x[1]^2", 2), ("x[1]", 2),
        ("-t", -2), ("(x[1] - x[2])^2", 1), ("1 + |x|^2", 2), ("sqrt(x[1] - x[2])", 1), ("2 + sin(x[1])", 2),
        ("sin(x[1]) - 2", -2), ("1 + sin(x[1])", None), ("sin(x[1])", None), ("x[1] - x[2]", None), ("1 - x[1]", None),
        ("abs(q)", 2), ("max(x[1] - x[2], 1)", 2), ("min(x[1], x[2])", 2), ("min(x[1] - x[2], -1)", -2),
        ("max(x[1] - x[2], -1)", None), ("1/(x[1] - x[2])^2", 2), ("sum(i, x[i]^2*exp(x[i]))", 2), ("p - q", 2),
        ("where(x[1] < x[2], 1, 3)", 2), ("where(x[1] < x[2], 0, 3)", 1), ("where(x[1] < x[2], -1, 3)", None),
        ("-where(x[1] < x[2], 0, 3)", -1),
        ("(x[1] - x[2])^N", None), ("(x[1] - x[2])^p", None), ("(1 + x[1])^N", 2),
        ("tanh(p)", 2), ("-cosh(x[1] - x[2])", -2), ("x[1]^3", 2), ("-1/x[2]", -2), ("(x[1] - x[2])^4*q", -1),
    ],
)  # fmt: skip
def test_signs(expression, sign):
    stated = pdec.loads(TEXT.format("[0, 1]^N", "0", expression))
    assert sign_of(stated.solutions[0].expression, stated) == (None if sign is None else Sign(sign))


def test_a_coordinate_has_a_sign_in_a_box_alone():
    def sign(domain):
        stated = pdec.loads(TEXT.format(domain, "0", "x[2]"))
        return sign_of(stated.solutions[0].expression, stated)

    assert sign("[0, 1]^N") is Sign.POSITIVE
    assert sign("[0, 1]*[-1, 0]*[0, 1]") is Sign.NEGATIVE
    assert sign("[-1, 1]^N") is None
    assert sign("ball(N)") is None


@pytest.mark.parametrize(
    ("part", "sign", "whole"),
    [
        ("lap(u)", 2, True),
        ("-3*lap(u)", -2, True),
        ("sum(i, x[i]^2*d(u, x[i], 2))", 1, False),
        ("sum(i, (1 + x[i]^2)*d(u, x[i], 2))", 1, True),
        ("sum(i in 1..N-1, d(u, x[i], 2))", 1, False),
        ("u_x1x1 + u_x2x2", 1, False),
        ("u_x1x1 + 2*u_x2x2 + exp(x[1])*u_x3x3", 1, True),
        ("lap(u) + (outer(x, x) : hess(u))", 1, True),
        ("(outer(x, x) : hess(u))", 1, False),
        ("sum(i, sum(j, where(i == j, 1, 0.3)*d(u, x[i], x[j])))", 1, True),
        ("where(x[1] < 0, 1, 2)*lap(u)", 2, True),
        ("u_x1x1 - u_x2x2", None, False),
        ("u_x1x2", None, False),
    ],
)
def test_forms(part, sign, whole):
    stated = pdec.loads(TEXT.format("[-1, 1]^N", part, "0*t"))
    form = symbol_of(-stated.equations[0].expression, "u", Integer(1), (2, 0))
    found, everywhere = definite(form, stated)
    assert everywhere == whole
    assert (found is None) == (sign is None)
    assert sign is None or (found > 0) == (sign > 0)


def test_eigenvalues():
    generator = random.Random(1)
    wanted = sorted([-2.0, -2.0, 0.0, 1e-3, 7.0])
    matrix = {(i, j): wanted[i] * (i == j) for i in range(5) for j in range(i, 5)}
    for _ in range(4):  # turned by reflections, which leave the eigenvalues as they are
        v = [generator.gauss(0, 1) for _ in range(5)]
        square = sum(entry**2 for entry in v)
        full = [[matrix[min(i, j), max(i, j)] for j in range(5)] for i in range(5)]
        h = [[(i == j) - 2 * v[i] * v[j] / square for j in range(5)] for i in range(5)]
        left = [[sum(h[i][k] * full[k][j] for k in range(5)) for j in range(5)] for i in range(5)]
        matrix = {(i, j): sum(left[i][k] * h[k][j] for k in range(5)) for i in range(5) for j in range(i, 5)}
    assert eigenvalues(matrix, 5) == pytest.approx(wanted, abs=1e-13)
    assert eigenvalues({(0, 0): -3.0}, 1) == [-3.0]
    assert eigenvalues({(0, 0): 0.0, (0, 1): 0.0, (1, 1): 0.0}, 2) == [0.0, 0.0]
