"""Whether the solution of a problem depends on |x| and time alone."""

import pytest

import pdec
from pdec.symbolic.rotation import turned

BALL = "dim N = 5\nspace x in ball(N)\n"
SPACE = "dim N = 5\nspace x in R^N ~ normal(0, 1)\ntime t in [0, 1]\n"
FLOW = SPACE + "unknown u(x, t)\nterminal u = |x|^2\n"
STEADY = BALL + "unknown u(x)\nboundary u = 0\n"


@pytest.mark.parametrize(
    "text",
    [
        STEADY + "equation lap(u) + sin(u) = exp(-|x|)",
        STEADY + "equation lap(lap(u)) = 1\nboundary dn(u) = 1",
        STEADY + "equation |grad(u)|^2*u + dot(x, grad(u)) = sqrt(1 + |x|^2)",
        STEADY + "equation div((1 + |x|^2)*grad(u)) = u^3",
        STEADY + "equation dot(x, grad(lap(u))) + dot(grad(u), grad(|grad(u)|^2)) = 1",
        STEADY + "equation pde: lap(u) = 1\nalso grad(pde) = 0",
        "dim N = 5\nspace x in ball(N)\nunknown u(x)\nhard boundary u = 1\nequation lap(u) = u",
        "dim N = 5\nspace x in annulus(N, inner=1, outer=2)\nunknown u(x)\nboundary u = 1/|x|\nequation lap(u) = u",
        "dim N = 5\nspace x in annulus(N, inner=1, outer=2)\nunknown u(x)\nequation lap(u) = u\n"
        "boundary u = 1 on inner\nboundary u = 2 on outer",
        FLOW + "equation u_t + lap(u) = |grad(u)|^2",
        FLOW + "equation u_t + sum(i, sum(j, x[i]*x[j]*d(u, x[i], x[j]))) = t*u",
        FLOW + "equation u_t + lap(u) + E[z ~ normal(N)] (u(x + z, t)*exp(-|z|^2)) = 0",
        SPACE + "unknown u(x, t), v(x, t), s(t)\nequation u_t = lap(v)\nequation v_t = lap(u)\nequation s_t = 1",
        # neither the domain nor the equation is invariant, but the solution is
        "dim N = 5\nspace x in [0, 1]^N\nunknown u(x)\nequation d(u, x[1], 2) = 2\nboundary u = |x|^2\nexact u = |x|^2",
    ],
)
def test_problems_that_rotations_leave_as_they_are(text):
    assert turned(pdec.loads(text)) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("dim N = 5\nspace x in [0, 1]^N\nunknown u(x)\nboundary u = 0\nequation lap(u) = 1", "the domain"),
        ("dim N = 5\nspace x in ball(N, center=1)\nunknown u(x)\nboundary u = 0\nequation lap(u) = 1", "the domain"),
        (STEADY + "equation lap(u) = x[1]", "`equation`"),
        (STEADY + "equation d(u, x[1], 2) = 1", "`equation`"),
        (STEADY + "equation sum(i, x[i]^2*d(u, x[i], 2)) = 1", "`equation`"),
        (STEADY + "equation lap(u) = sum(i, x[i])", "`equation`"),
        (STEADY + "equation lap(u) = sum(i, x[i]^4)", "`equation`"),
        (STEADY + "equation lap(u) = sum(i in 1..N-1, x[i]*x[i+1])", "`equation`"),
        (STEADY + "equation lap(u) = sum(i in 1..N-1, x[i]^2)", "`equation`"),
        (STEADY + "equation lap(u) = largest(x)", "`equation`"),
        (STEADY + "param c: vector(N) ~ normal(0, 1, seed=0)\nequation lap(u) = dot(c, x)", "`equation`"),
        (SPACE + "unknown u(x, t)\nequation u_t = lap(u)\ninitial u = x[1]", "`initial`"),
        (SPACE + "unknown w(x, t): vector(N)\nequation w_t = lap(w)\ninitial w = x", "the unknown `w`"),
        (BALL + "unknown u(x), q(x1)\nequation lap(u) = q\nboundary u = 0", "the unknown `q`"),
    ],
)
def test_problems_that_rotations_change(text, what):
    assert turned(pdec.loads(text)).startswith(what)
