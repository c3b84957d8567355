"""Complex values against Python's own complex numbers, and complex problems with solutions in closed form."""

import cmath
import random

import pytest
import sympy

import pdec
from pdec.symbolic.atoms import Coordinate, at
from pdec.symbolic.complexes import I, NotRealError, canonical, conjugate, modulus, parts
from pdec.symbolic.evaluate import Point, evaluate
from pdec.symbolic.prove import prove

A, B = Coordinate(sympy.Integer(1)), Coordinate(sympy.Integer(2))
Z = A + I * B
CASES = {
    "z**2": lambda z: z**2,
    "z**-1": lambda z: 1 / z,
    "z**-3": lambda z: z**-3,
    "z**9": lambda z: z**9,
    "sqrt(z)": cmath.sqrt,
    "z**(2/3)": lambda z: z ** (2 / 3),
    "exp(z)": cmath.exp,
    "exp(i*z)": lambda z: cmath.exp(1j * z),
    "log(z)": cmath.log,
    "sin(z)": cmath.sin,
    "cos(z)": cmath.cos,
    "tan(z)": cmath.tan,
    "sinh(z)": cmath.sinh,
    "cosh(z)": cmath.cosh,
    "tanh(z)": cmath.tanh,
    "sech(z)": lambda z: 1 / cmath.cosh(z),
    "z**z": lambda z: z**z,
    "2**z": lambda z: 2**z,
    "(-2)**z": lambda z: (-2) ** z,
    "exp(z)/(1 + z**2) - i*conj(z)": lambda z: cmath.exp(z) / (1 + z**2) - 1j * z.conjugate(),
    "abs(z + i) + re(z*z) + i*im(exp(z))": lambda z: abs(z + 1j) + (z * z).real + 1j * cmath.exp(z).imag,
    "where(z)": lambda z: z**2 if z.real < 1 else 1j * z,
}


@pytest.mark.parametrize("text", CASES)
def test_values(text):
    source = text.replace("**", "^").replace("z", "h").replace("where(h)", "where(x < 1, h^2, i*h)")
    text_of_problem = (
        "space x in [-2, 2] time t in [-2, 2] unknown h: complex, k: complex equation a: k = {} equation b: h"
    )
    expression = pdec.loads(text_of_problem.format(source)).equations[0].expression
    draw = random.Random(1)
    for _ in range(8):
        z = complex(draw.uniform(-2, 2), draw.uniform(-2, 2))

        def unknown(name, component, axes, z=z):
            return 0.0 if name == "k" else (z.real, z.imag)[component - 1]

        point = Point([z.real], z.imag, unknown=unknown)
        found = complex(*(-evaluate(at(expression, s0=sympy.Integer(n)), point)[0] for n in (1, 2)))
        assert found == pytest.approx(CASES[text](z), rel=1e-9, abs=1e-12)


def test_parts():
    assert parts(Z * conjugate(Z)) == (A**2 + B**2, 0)
    assert modulus(Z) ** 2 == A**2 + B**2
    assert modulus(A) == sympy.Abs(A)
    assert canonical(sympy.exp(I * A)) == sympy.cos(A) + I * sympy.sin(A)
    with pytest.raises(NotRealError, match="erf"):
        parts(sympy.erf(Z))


GINZBURG_LANDAU = """
dim N = 3
param a = 1.5, b = 0.5, k = 1
let R = sqrt(1 - N*k^2/9)
let wave = R*exp(i*(k/3*sum(j, x[j]) - (b*R^2 + a*N*k^2/9)*t))
space x in [0, 1]^N time t in [0, 1]
unknown A: complex
equation A_t = A + (1 + i*a)*lap(A) - (1 + i*{b})*|A|^2*A
initial A = wave
boundary A = wave
exact A = wave
"""
OSCILLATOR = """
space x in [-4, 4] time t in [0, 1]
unknown h: complex
equation i*h_t = -h_xx/2 + x^2*h/2
initial h = exp(-x^2/2)
boundary h = exp(-x^2/2 - i*t/2)
exact h = exp(-x^2/2 - i*t/{n})
"""
HELMHOLTZ = """
param k = 3, eps = 1 + 2*i
space (x, y) in [0, 1]^2
unknown u: complex
equation lap(u) + k^2*{eps}*u = 0
boundary left: dn(u) - i*k*sqrt(eps)*u = -2*i*k*sqrt(eps)*u on x = 0
exact u = exp(i*k*sqrt(eps)*x)
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (GINZBURG_LANDAU.format(b="b"), GINZBURG_LANDAU.format(b="a")),
        (OSCILLATOR.format(n=2), OSCILLATOR.format(n=3)),
        (HELMHOLTZ.format(eps="eps"), HELMHOLTZ.format(eps="conj(eps)")),
    ],
    ids=["Ginzburg-Landau", "oscillator", "Helmholtz"],
)
def test_solutions_in_closed_form(right, wrong):
    verdicts = prove(pdec.loads(right))
    assert {verdict.status for verdict in verdicts} <= {"proved", "holds"}, verdicts
    assert "violated" in {verdict.status for verdict in prove(pdec.loads(wrong))}


def test_a_plane_wave_is_proved_by_algebra():
    text = """param k = 2 let w = k^2/2 - 1 space x in [-pi, pi] time t in [0, 1] unknown h: complex
    equation i*h_t + h_xx/2 + |h|^2*h = 0 periodic x exact h = exp(i*(k*x - w*t))"""
    assert prove(pdec.loads(text))[0].text == "holds"
    assert prove(pdec.loads(text))[0].status == "proved"


def test_one_part_that_vanishes_leaves_a_real_equation():
    problem = pdec.loads(
        """space x in [0, 1] time t in [0, 1] unknown h: complex, u
        equation a: u_t = h*conj(h) equation b: i*(u_t - u_xx) = 0 equation c: h_t = i*u equation e: |h| = 1"""
    )
    sizes = {equation.label: equation.size for equation in problem.equations}
    assert sizes == {"a": None, "b": None, "c": 2, "e": None}
    assert problem.unknowns[0].components == ("re(h)", "im(h)")
    assert (problem.n_unknowns, problem.unknowns[1].first) == (3, 2)


def test_two_dimensions_are_not_mistaken_for_two_parts():
    text = "space (x, y) in [0, 1]^2 unknown h: complex equation i*lap(h) = h boundary h = i periodic x"
    problem = pdec.loads(text)
    assert problem.equations[0].size == 2
    assert all(condition.residual.size == 2 for condition in problem.conditions)


def test_consequences_of_complex_equations():
    text = """space x in [0, 1] time t in [0, 1] unknown h: complex equation e: h_t = i*h_xx
    also e_x = 0 also im(e) = re(e)"""
    first, second, third = pdec.loads(text).equations
    assert (first.size, second.size, third.size) == (2, 2, None)
    direct = pdec.loads("space x in [0, 1] time t in [0, 1] unknown h: complex equation h_tx = i*h_xxx").equations[0]
    assert second.expression == direct.expression


def test_averages_are_taken_of_both_parts():
    header = "space x in [0, 1] time t in [0, 1] unknown h: complex equation"
    wave = "exact h = exp(i*x - t)"
    text = f"{header} h = integral(s in 0..x, i*h(s, t)) + exp(-t) {wave}"
    assert {verdict.status for verdict in prove(pdec.loads(text))} <= {"proved", "holds"}
    assert {verdict.status for verdict in prove(pdec.loads(text.replace("i*h(s", "h(s")))} == {"violated"}
