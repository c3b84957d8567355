"""Equations of textbooks get the names that textbooks give them; algebra and numbers agree."""

import time

import pytest

import pdec
from pdec.symbolic.classify import classify

PLANE = "space (x, y) in [-1, 1]^2 unknown u equation "
LINE = "space x in [-1, 1] time t in [0, 1] unknown u equation "
SHEET = "space (x, y) in [-1, 1]^2 time t in [0, 1] unknown u equation "
MANY = "dim N = {} space x in [1, 2]^N time t in [0, 1] unknown u equation "
FLUID = "space (x, y) in [0, 1]^2 time t in [0, 1] unknown u: vector(2), p equation "


def kinds(text, **arguments):
    problem = pdec.loads(text, **arguments)
    return [kind.name_in_full for kind in classify(problem)]


@pytest.mark.parametrize(
    ("text", "name", "linearity"),
    [
        (PLANE + "lap(u) = 0", "elliptic", "linear"),
        (PLANE + "lap(u) + 9*u = sin(x)", "elliptic", "linear"),
        (PLANE + "bilap(u) = 1", "elliptic", "linear"),
        (PLANE + "-div((2 + sin(x))*grad(u)) = 1", "elliptic", "linear"),
        (PLANE + "u_xx + u_xy + u_yy = 0", "elliptic", "linear"),
        (PLANE + "lap(u) = exp(u)", "elliptic", "semilinear"),
        (PLANE + "(1 + u_y^2)*u_xx - 2*u_x*u_y*u_xy + (1 + u_x^2)*u_yy = 0", "elliptic", "quasilinear"),
        (PLANE + "div(grad(u)/sqrt(1 + |grad(u)|^2)) = 0", "elliptic", "quasilinear"),
        (PLANE + "u_xx*u_yy - u_xy^2 = 1 exact u = (x^2 + y^2)/2", "elliptic", "fully nonlinear"),
        (PLANE + "u_xx*u_yy - u_xy^2 = 1", "mixed", "fully nonlinear"),
        (PLANE + "u_xx*u_yy - u_xy^2 = -1 exact u = x*y", "hyperbolic", "fully nonlinear"),
        (PLANE + "y*u_xx + u_yy = 0", "mixed", "linear"),
        (PLANE + "u_xx + x*u_yy = 0", "mixed", "linear"),
        (PLANE + "u_xx + 2*u_xy + u_yy = u_x", "parabolic", "linear"),
        (PLANE + "u_x = u_yy", "parabolic", "linear"),
        (PLANE + "u_xy = 0", "hyperbolic", "linear"),
        (PLANE + "u_xx - 2*u_yy = u", "hyperbolic", "linear"),
        (PLANE + "|grad(u)|^2 = 1", "hyperbolic", "fully nonlinear"),
        (PLANE + "x*u_x + y*u_y = 0", "hyperbolic", "linear"),
        (PLANE + "u_xx + u^2 = 1", "ordinary", "semilinear"),
        (PLANE + "u^2 = x", "algebraic", "fully nonlinear"),
        ("space (a, b, c, e) in [0, 1]^4 unknown u equation u_aa + u_bb = u_cc + u_ee", "ultrahyperbolic", "linear"),
        ("space x in [0, 1] unknown u equation u_xx = 1", "ordinary", "linear"),
        (LINE + "u_t = u_xx", "parabolic", "linear"),
        (LINE + "-2*u_t + exp(x)*u_xx = u", "parabolic", "linear"),
        (LINE + "u_t + u_xx = 0", "backward parabolic", "linear"),
        (LINE + "u_t + u*u_x = 0.1*u_xx", "parabolic", "semilinear"),
        (LINE + "u_t + u*u_x = 0", "hyperbolic", "quasilinear"),
        (LINE + "u_t = (u^2*u_x^2 + 1)*u_xx", "parabolic", "quasilinear"),
        (LINE + "u_t + 6*u*u_x + u_xxx = 0", "dispersive", "semilinear"),
        (LINE + "u_t + u*u_x + u_xx + u_xxxx = 0", "parabolic", "semilinear"),
        (LINE + "u_t = u_xxxx", "backward parabolic", "linear"),
        (LINE + "u_tt = 4*u_xx", "hyperbolic", "linear"),
        (LINE + "u_tt + 2*u_t = u_xx + sin(u)", "hyperbolic", "semilinear"),
        (LINE + "u_tt + u_xx = 0", "elliptic", "linear"),
        (LINE + "u_tt + u_xxxx = 0", "dispersive", "linear"),
        (LINE + "u_tt = u_xxxx", "ill-posed", "linear"),
        (LINE + "d(u, x, t) = sin(u)", "hyperbolic", "semilinear"),
        (LINE + "u_tt + 3*d(u, x, t) + u_xx = 0", "hyperbolic", "linear"),
        (LINE + "u_tt + d(u, x, t) + u_xx = 0", "elliptic", "linear"),
        (LINE + "u_t = u^2 - u", "ordinary", "semilinear"),
        (LINE + "u_xx = t", "ordinary", "linear"),
        (LINE + "u_t + max(u_xx, 2*u_xx) = 0", "backward parabolic", "fully nonlinear"),
        (SHEET + "u_t = u_xx - u_yy", "ill-posed", "linear"),
        (SHEET + "u_t = u_xx + x*u_yy", "ill-posed", "linear"),
        (SHEET + "u_t = u_xx + x*u_y", "parabolic", "linear"),
        (SHEET + "u_t = u_xx + u_xy + u_yy", "parabolic", "linear"),
        (SHEET + "lap(u) = t", "elliptic", "linear"),
        (SHEET + "u_tt = lap(u)", "hyperbolic", "linear"),
        (SHEET + "u_t + y*u_x = 0", "hyperbolic", "linear"),
        (MANY.format(7) + "u_t + 0.02*sum(i, x[i]^2*d(u, x[i], 2)) = 0.05*(u - dot(x, grad(u)))", "backward parabolic",
         "linear"),
        (MANY.format(100000) + "u_t + lap(u) - |grad(u)|^2 = 0", "backward parabolic", "semilinear"),
        (MANY.format(4) + "u_t = (outer(x, x) : hess(u)) + lap(u)", "parabolic", "linear"),
    ],
)  # fmt: skip
def test_scalar_equations(text, name, linearity):
    problem = pdec.loads(text)
    (kind,) = classify(problem)
    assert kind.name_in_full == name, kind.text
    assert problem.equations[0].linearity == linearity


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (FLUID + "m: u_t + advect(u, u) + grad(p) = 0.01*lap(u) equation div(u) = 0", ["parabolic"] * 2),
        (FLUID + "m: lap(u) = grad(p) equation div(u) = 0", ["elliptic"] * 2),
        (FLUID + "m: u_t + grad(p) = 0 equation p_t + div(u) = 0", ["hyperbolic"] * 2),
        (FLUID + "m: u_tt = lap(u) + grad(div(u)) equation p = div(u)", ["hyperbolic"] * 2),
        (SHEET.replace("unknown u", "unknown u, v") + "u_t = lap(u) + u^2*v equation v_t = 3*lap(v) - u^2*v",
         ["parabolic"] * 2),
        (SHEET.replace("unknown u", "unknown u, v") + "u_t = lap(u) - div(u*grad(v)) equation v_t = lap(v) + u",
         ["parabolic"] * 2),
        (LINE.replace("unknown u", "unknown u, v") + "u_t = -v_xx + u equation v_t = u_xx", ["dispersive"] * 2),
        (LINE.replace("unknown u", "unknown u, v") + "u_t = u_xx + v equation v_t = u - v", ["parabolic", "ordinary"]),
        (LINE.replace("unknown u", "unknown u, v") + "u_t = v_x equation v_t = -u_x", ["ill-posed"] * 2),
        (LINE.replace("unknown u", "unknown u, v") + "u_t = u_xx + 2*v_xx equation v_t = v_xx - 2*u_xx",
         ["parabolic"] * 2),
        (LINE.replace("unknown u", "unknown u, m") + "-u_t - u_xx + u_x^2/2 = m equation m_t - m_xx = d(m*u_x, x)",
         ["backward parabolic", "parabolic"]),
        (LINE.replace("unknown u", "unknown r, u, p") + "r_t + d(r*u, x) = 0 equation u_t + u*u_x + p_x/r = 0 "
         "equation p_t + u*p_x + 1.4*p*u_x = 0", ["mixed"] * 3),
        (LINE.replace("unknown u", "unknown r, u, p") + "r_t + d(r*u, x) = 0 equation u_t + u*u_x + p_x/r = 0 "
         "equation p_t + u*p_x + 1.4*p*u_x = 0 exact r = 2 + x exact u = 1 exact p = 3", ["hyperbolic"] * 3),
        ("space x in [0, 1]^3 time t in [0, 1] unknown E: vector(3), B: vector(3) equation B_t = -curl(E) "
         "equation E_t = curl(B) equation div(E) = 0 equation div(B) = 0", ["hyperbolic"] * 4),
        (LINE.replace("unknown u", "unknown u, v") + "u_t = u_xx + 9*v_xx equation v_t = v_xx", ["parabolic"] * 2),
        (LINE.replace("unknown u", "unknown u, v, w") + "u_t = -u_xx + v equation v_t = v_xx + w_xx + u_x "
         "equation w_t = w_xx + u_xx", ["backward parabolic", "parabolic", "parabolic"]),
        (LINE.replace("unknown u", "unknown u, v") + "u_t = u_xx + v_xxxx equation v_t = v_xx + 4*u",
         ["ill-posed"] * 2),
        (PLANE.replace("unknown u", "unknown u, v") + "u_x = v_y equation u_y = -v_x", ["elliptic"] * 2),
        (PLANE.replace("unknown u", "unknown u, v") + "lap(u) = v equation lap(v) = u", ["elliptic"] * 2),
    ],
)  # fmt: skip
def test_systems(text, names):
    assert kinds(text) == names


def test_equations_of_several_kinds_for_one_unknown():
    text = LINE + "kdv: u_t + u*u_x + u_xxx = 0 equation slope: u_xt + u_x^2 + u*u_xx + u_xxxx = 0"
    assert kinds(text) == ["dispersive", "dispersive"]
    assert kinds(LINE + "u_t + u*u_x + u_xxx = 0 also d(equation, x) = 0") == ["dispersive", "dispersive"]
    stokes = FLUID + "m: lap(u) = grad(p) equation div(u) = 0 also lap(m) = 0"
    assert kinds(stokes) == ["elliptic", "elliptic", "not decided"]


def test_reasons():
    (kind,) = classify(pdec.loads(MANY.format(9) + "u_t = lap(u)"))
    assert kind.text == (
        "parabolic: first order in t; in u_t = lap(u), the second-order part is positive definite for all N"
    )
    (kind,) = classify(pdec.loads(PLANE + "y*u_xx + u_yy = 0"))
    assert kind.reason.startswith("hyperbolic at ")
    assert kind.reason.endswith(" of 24 points")
    (kind,) = classify(pdec.loads(SHEET + "u_t = u_xx - u_yy"))
    assert kind.fault.startswith("the eigenvalues are -1 and 1 at (x, y) = (")
    (kind,) = classify(pdec.loads(PLANE + "u_xx*u_yy - u_xy^2 = 1"))
    assert not kind.sure
    assert "depends on the solution" in kind.reason


def test_many_dimensions_cost_as_much_as_few():
    times = []
    for dim in (10, 100_000):
        problem = pdec.loads(
            f"dim N = {dim} space x in [1, 2]^N time t in [0, 1] unknown u "
            "equation u_t = sum(i, sum(j, (1 + cos(x[i] + x[j])/N)*d(u, x[i], x[j])))"
        )
        start = time.process_time()
        (kind,) = classify(problem)
        times.append(time.process_time() - start)
        assert "for N = 3, " in kind.reason
    assert max(times) < 2
    assert times[1] < 5 * times[0] + 0.1


SHALLOW = "param g = 9.81 space (x, y) in [0, 1]^2 time t in [0, 1] unknown h, u, v "
FLAT = "initial h = 1 + x*y initial u = x initial v = -y "
CONSERVATIVE = """equation h_t + (h*u)_x + (h*v)_y = 0
    equation (h*u)_t + (h*u^2 + g*h^2/2)_x + (h*u*v)_y = 0 equation (h*v)_t + (h*u*v)_x + (h*v^2 + g*h^2/2)_y = 0 """
PRIMITIVE = """equation h_t + (h*u)_x + (h*v)_y = 0
    equation u_t + u*u_x + v*u_y + g*h_x = 0 equation v_t + u*v_x + v*v_y + g*h_y = 0 """


@pytest.mark.parametrize("equations", [CONSERVATIVE, PRIMITIVE])
def test_shallow_water_is_hyperbolic_where_there_is_water(equations):
    """Under dry ground, h < 0, there is no such wave."""
    for given, name in ((FLAT, "hyperbolic"), (FLAT.replace("1 + x*y", "-1 - x*y"), "ill-posed"), ("", "mixed")):
        found = classify(pdec.loads(SHALLOW + equations + given))
        assert {kind.name for kind in found} == {name}
        words = "the values of the unknown at the first time" if given else "random values of the unknown"
        assert words in found[0].reason
        assert not found[0].sure


def test_values_at_the_first_time_decide():
    porous = "space x in [-1, 1] time t in [0, 1] unknown u equation u_t = (u*u_x)_x "
    (kind,) = classify(pdec.loads(porous + "initial u = 2 - x^2"))
    assert kind.name == "parabolic"
    assert kind.reason.endswith("at 24 points with the values of the unknown at the first time")
    assert not kind.sure
    assert [k.name for k in classify(pdec.loads(porous + "initial u = x"))] == ["mixed"]
    (kind,) = classify(pdec.loads(porous + "terminal u = 2 - x^2"))
    assert kind.reason.endswith("at the last time")


def test_the_equations_of_euler_in_conservative_form():
    text = """param gam = 1.4 space (x, y) in [0, 1]^2 time t in [0, 1] unknown rho, v: vector(2), p
    let En = p/(gam - 1) + rho*|v|^2/2
    equation rho_t + div(rho*v) = 0 equation En_t + div((En + p)*v) = 0
    equation (rho*v)_t + div(rho*outer(v, v)) + grad(p) = 0
    initial rho = 1 + x*y initial p = 1 initial v = [1, -1/2]"""
    assert {kind.name for kind in classify(pdec.loads(text))} == {"hyperbolic"}


MHD = """param gam = 5/3 space (x, y, z) in [0, 2*pi]^3 time t in [0, 1] unknown rho, v: vector(3), B: vector(3), p
    equation rho_t + div(rho*v) = 0 equation rho*(v_t + (v.grad)v) + grad(p) = curl(B) × B
    equation B_t = curl(v × B) equation p_t + (v.grad)p + gam*p*div(v) = 0 equation div(B) = 0 """


def test_eight_unknowns_together():
    start = time.process_time()
    given = "initial rho = 1 initial p = 1 initial v = [sin(y), sin(z), sin(x)] initial B = [cos(z), cos(x), cos(y)]"
    assert {kind.name for kind in classify(pdec.loads(MHD + given))} == {"hyperbolic"}
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("space (x, y) in [0, 1]^2 unknown u, k equation div(exp(k)*grad(u)) = 1", ["elliptic"]),
        ("space (x, y) in [0, 1]^2 unknown u, k equation div(k*grad(u)) = 1", ["elliptic"]),
        ("space x in [0, 1] time t in [0, 1] unknown u, q equation u_t = u_xx + q", ["parabolic"]),
        ("space x in [0, 1] time t in [0, 1] unknown u, c equation u_tt = (1 + c^2)*u_xx", ["hyperbolic"]),
        ("space x in [0, 1] time t in [0, 1] unknown u, v equation u_xx + v_xx = 0", ["not decided"]),
    ],
)
def test_coefficients_to_be_found_are_as_good_as_known(text, names):
    assert [kind.name for kind in classify(pdec.loads(text))] == names
