"""The normal form: collected, idempotent, the same under every hash seed; what is read off it: order and linearity."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from explicit import HEADER
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sympy import Add, Mul, expand

from pdec.compiler import loads
from pdec.diagnostics import PdeError
from pdec.symbolic.atoms import Partial
from pdec.symbolic.normal import normal_form

ROOT = Path(__file__).parents[2]


def residual(text: str):
    return loads(f"{HEADER.format(n=3)}equation {text}\n").equations[0]


KNOWN = [
    ("u_t = lap(u)", 2, "linear"),  # heat
    ("u_tt = lap(u)", 2, "linear"),  # wave
    ("lap(u) = sin(x[1])", 2, "linear"),  # Poisson
    ("lap(lap(u)) = 1", 4, "linear"),  # biharmonic
    ("u_t + dot(x, grad(u)) = |x|^2*u", 1, "linear"),  # transport
    ("sum(i, sum(j, x[i]*x[j]*d(u, x[i], x[j]))) + u = 0", 2, "linear"),  # Black and Scholes
    ("u_t = lap(u) + u - u^3", 2, "semilinear"),  # Allen and Cahn
    ("u_t + lap(u) = mu*|grad(u)|^2", 2, "semilinear"),  # Hamilton, Jacobi, Bellman
    ("u_tt = lap(u) + sin(u)", 2, "semilinear"),  # sine-Gordon
    ("u_t = lap(u^2)", 2, "quasilinear"),  # porous medium
    ("u_t + u*u_x1 = 0", 1, "quasilinear"),  # Burgers without viscosity
    ("u_t + u*u_x1 = u_x1x1", 2, "semilinear"),  # Burgers
    ("div(grad(u)/sqrt(1 + |grad(u)|^2)) = 0", 2, "quasilinear"),  # minimal surface
    ("u_t + 6*u*u_x1 + u_x1x1x1 = 0", 3, "semilinear"),  # Korteweg and de Vries
    ("u_t + lap(lap(u)) + lap(u) + |grad(u)|^2/2 = 0", 4, "semilinear"),  # Kuramoto and Sivashinsky
    ("u_x1x1*u_x2x2 - u_x1x2^2 = 1", 2, "fully nonlinear"),  # Monge and Ampère
    ("|grad(u)| = 1", 1, "fully nonlinear"),  # eikonal
    ("max(lap(u), u) = 0", 2, "fully nonlinear"),  # obstacle
    ("u = x[1]", 0, "linear"),
]


@pytest.mark.parametrize(("text", "order", "linearity"), KNOWN)
def test_order_and_linearity(text, order, linearity):
    found = residual(text)
    assert (found.order, found.linearity) == (order, linearity)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("lap(u^2)", "2*u*lap(u) + 2*|grad(u)|^2"),
        ("div(u*grad(u))", "u*lap(u) + |grad(u)|^2"),
        ("div(|x|^2*grad(u))", "|x|^2*lap(u) + 2*dot(x, grad(u))"),
        ("lap(u*w)", "u*lap(w) + w*lap(u) + 2*dot(grad(u), grad(w))"),
        ("(u + w)^2", "u^2 + 2*u*w + w^2"),
        ("(u + t)*(u - t)", "u^2 - t^2"),
        ("sin((u + t)*(u - t))*w", "w*sin(u^2 - t^2)"),
        ("lap(u)/N + u_t*t*mu", "mu*u_t*t + 1/N*lap(u)"),
        ("sum(i, sum(j, d(u, x[i], x[j])*d(w, x[i], x[j])))", "(hess(w) : hess(u))"),
        ("tr(hess(u))", "lap(u)"),
        ("div(grad(u))", "lap(u)"),
        ("lap(lap(u))", "bilap(u)"),
        ("(t + 1)^2*u - u*t^2 - 2*t*u", "u"),
        ("lap(exp(u))", "exp(u)*(lap(u) + |grad(u)|^2)"),
        ("advect(v, u)", "dot(v, grad(u))"),
        ("lap(|x|^2*u)", "2*N*u + 4*dot(x, grad(u)) + |x|^2*lap(u)"),
    ],
)
def test_one_normal_form(left, right):
    assert residual(f"{left} + u_tt = 0").expression == residual(f"{right} + u_tt = 0").expression
    assert residual(f"{left} = {right} + u_tt").expression == residual("0 = u_tt").expression


def test_like_terms_are_collected():
    found = residual("3*lap(u) + t*lap(u) - u*w + w*u + u_t = 2*lap(u)")
    assert [str(term.coefficient) for term in found.terms] == ["Coordinate(t) + 1", "1"]
    assert len(residual("(u + w)^3 = 0").terms) == 4
    # terms that differ in a power alone have an order of their own
    assert residual("u + u^2 + u^3 = 0").terms == residual("u*u^2 + u + u*u = 0").terms


EXPRESSIONS = st.recursive(
    st.sampled_from(["u", "w", "t", "x[1]", "|x|^2", "2", "mu", "u_t", "lap(u)", "div(v)", "|grad(u)|^2"]),
    lambda inner: st.one_of(
        st.builds(str.format, st.sampled_from(["({})*({})", "({}) + ({})", "({}) - ({})"]), inner, inner),
        st.builds(
            str.format,
            st.sampled_from(
                ["({})^2", "sin({})", "({})^3", "1/(3 + ({})^2)", "d({}, x[1])", "sqrt(1 + ({})^2)", "|{}|"]
            ),
            inner,
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS, EXPRESSIONS)
def test_laws(a, b):
    try:
        one, other, both = (residual(f"u_tt + {text} = 0") for text in (f"({a})", f"({b})", f"({a}) + ({b})"))
    except PdeError:
        reject()  # |u| differentiated twice
    for found in (one, other, both):
        again, terms = normal_form(found.expression)
        assert (again, terms) == (found.expression, found.terms)
        products = [Mul(term.coefficient, *(base**power for base, power in term.factors)) for term in terms]
        assert Add(*products) == found.expression
        assert not any(term.coefficient.has(Partial) or term.coefficient == 0 for term in terms)
        assert len({term.factors for term in terms}) == len(terms)
    twice = residual("u_tt = 0").expression
    # coefficients of one term alone keep the form that they have
    assert expand(normal_form(one.expression + other.expression)[0] - normal_form(both.expression + twice)[0]) == 0


SCRIPT = """
import sys
from pathlib import Path
from sympy import srepr
from pdec.compiler import generate, load, loads, options_for
for path in sorted(Path(sys.argv[1]).glob("*.pde")):
    problem = load(path)
    for method in ("stein-antithetic", "autograd"):
        print(generate(problem, options_for(problem, {"method": method})))
for text in ("lap(u^3*sin(w)) + (u + w + u_t)^3", "div(|grad(u)|^2*grad(w)) + bilap(u*w)", "|hess(u*w)|^2"):
    for term in loads(sys.argv[2] + "equation " + text + " = 0").equations[0].terms:
        print(srepr(term.coefficient), [(str(base), exponent) for base, exponent in term.factors])
"""


def test_the_same_under_any_hash_seed():
    outputs = []
    for seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", SCRIPT, str(ROOT / "examples"), HEADER.format(n=3)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
    assert len(outputs[0]) > 5000
    assert outputs[0] == outputs[1] == outputs[2]
