"""Determinants of polynomial matrices, their Newton polygons and the roots on its edges."""

from fractions import Fraction

import pytest

from pdec.symbolic.growth import determinant, edges


def polynomial(**powers):
    """`s1l2=3` is 3 s λ^2."""
    return {(int(key[1]), int(key[3])): (complex(value), abs(value), False) for key, value in powers.items()}


def test_a_determinant_without_what_cancels():
    s, third = polynomial(s1l0=1), polynomial(s0l1=1 / 3)
    found = determinant([[s, third], [third, third]])
    assert {powers: value for powers, (value, _, _) in found.items()} == {
        (1, 1): pytest.approx(1 / 3),
        (0, 2): pytest.approx(-1 / 9),
    }
    assert determinant([[third, third], [third, third]]) == {}


def test_edges_tell_growth_apart():
    (heat,) = edges(polynomial(s1l0=1, s0l2=4, s0l1=5))
    assert (heat.power, heat.roots) == (2, (-4,))
    assert heat.half_planes == {-1}
    (wave,) = edges(polynomial(s2l0=1, s1l0=3, s0l2=9))
    assert wave.power == 1
    assert sorted(z.imag for z in wave.roots) == pytest.approx([-3, 3])
    assert wave.half_planes == {0}
    slow, fast = edges(polynomial(s2l0=1, s1l2=1, s0l2=2))  # (s + λ²)(s + 2) without its last term
    assert (slow.power, fast.power) == (0, 2)
    assert (slow.roots, fast.roots) == ((-2,), (-1,))
    (half,) = edges(polynomial(s2l0=1, s0l1=1))
    assert half.power == Fraction(1, 2)
    assert edges(polynomial(s1l2=1)) == []


@pytest.mark.parametrize("roots", [(-1, -1, -1), (-1, -2, -3 + 1j, -3 - 1j), (2j, -2j, 3j, -3j), (0.5, -0.5)])
def test_roots(roots):
    coefficients = [1 + 0j]
    for root in roots:
        coefficients = [
            (coefficients[k - 1] if k else 0) - root * (coefficients[k] if k < len(coefficients) else 0)
            for k in range(len(coefficients) + 1)
        ]
    degree = len(roots)
    (edge,) = edges({(k, 2 * (degree - k)): (c, abs(c), k == 0) for k, c in enumerate(coefficients) if c})
    assert edge.power == 2
    assert edge.depends
    assert sum(edge.roots) == pytest.approx(sum(roots), abs=1e-5)
    for root in roots:
        assert min(abs(root - found) for found in edge.roots) < 1e-4
    assert edge.half_planes == {(z.real > 0) - (z.real < 0) for z in map(complex, roots)}
