"""What is missing, and what is too much: warned of where textbooks do, and nowhere else."""

import time
from pathlib import Path

import pytest

import pdec
from pdec.symbolic.analysis import analyse

ROOT = Path(__file__).parents[2]
GALLERY = sorted((ROOT / "examples").rglob("*.pde"))

LINE = "space x in [0, 1] time t in [0, 1] unknown u "
PLANE = "space (x, y) in [0, 1]^2 unknown u "
SHEET = "space (x, y) in [0, 1]^2 time t in [0, 1] unknown u "
BALL = "dim N = 3 space x in ball(N) unknown u "
EDGES = "boundary u = 0 on x = 0 boundary u = 0 on x = 1 "


def codes(text, **arguments):
    return [warning.code for warning in analyse(pdec.loads(text, **arguments)).warnings]


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_the_gallery_is_quick_and_without_warnings(path):
    problem = pdec.load(path)
    start = time.process_time()
    assert not analyse(problem).warnings
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        LINE + "equation u_t = u_xx initial u = 0 boundary u = 0",
        LINE + "equation u_t = u_xx initial u = 0 boundary dn(u) = u",
        LINE + "equation u_t = u_xx initial u = x " + "boundary u = 0 on x = 0 boundary u_x = 1 on x = 1",
        LINE + "equation u_t = u_xx initial u = sin(2*pi*x) periodic x",
        LINE + "equation u_t + u_xx = 0 terminal u = 0 boundary u = 0",
        LINE + "equation u_tt = u_xx initial u = 0 initial u_t = 0 boundary u = 0",
        LINE + "equation u_tt = u_xx terminal u = 0 terminal u_t = 0 boundary u = 0",
        LINE + "equation u_tt + u_xx = 0 initial u = 0 terminal u = 0 boundary u = 0",
        LINE + "equation u_t + u_x = 0 initial u = 0 boundary u = 0 on x = 0",
        LINE + "equation u_t + u*u_x = 0 terminal u = 0",
        LINE + "equation u_t + u_x + u_xxx = 0 initial u = 0 boundary u = 0 boundary u_x = 0 on x = 1",
        LINE + "equation u_t = -u_xxxx initial u = 0 boundary u = 0 boundary u_xx = 0",
        LINE + "equation u_t = x*(1 - x)*u_xx initial u = x",
        LINE + "equation u_t + 0.1*x^2*u_xx = 0 terminal u = x boundary u = 1 on x = 1",
        LINE + "equation u_t = u_xx equation more: u_tt = u_xxt initial u = 0 boundary u = 0",
        LINE + "unknown v equation u_t = u_xx + v equation v_t = u - v initial u = 0 initial v = 0 boundary u = 0",
        LINE + "unknown v equation u_t = -v_xx equation v_t = u_xx initial u = 0 initial v = 0 periodic x",
        LINE + "unknown v equation a: u_t = u_xx equation b: v_t + v_xx = u initial u = 0 terminal v = 0 "
        "boundary u = 0 boundary v = 0",
        SHEET + "equation u_t = u_xx initial u = x*(1 - x) " + EDGES,
        SHEET + "equation u_t = lap(u) initial u = 0 " + EDGES + "periodic y",
        SHEET + "equation u_t = lap(u) initial u = 1 boundary u = 1 on x = 0 boundary u_x = 0 on x = 1 "
        "boundary dn(u) = 0 on y = 0 boundary dn(u) = u - 1 on y = 1",
        SHEET + "equation lap(u) = t boundary u = 0",
        SHEET + "equation u_t + y*u_x = 0 initial u = 0 boundary u = 0 on x = 0",
        SHEET + "equation u_t + (y - 1/2)*u_x = 0 initial u = 0",
        SHEET + "equation 2*u_t - exp(y)*u_x + u_y = u initial u = 0 boundary u = 0 on x = 1 boundary u = 0 on y = 0",
        SHEET + "equation u_t + u_x = 0 terminal u = 0 boundary u = 0 on x = 1",
        SHEET + "equation u_t + u_x = 0 initial u = 0 boundary u = 0 exact u = 0*x",
        SHEET + "equation u_t + u_x + u_y = 0 initial u = 0 periodic x, y",
        PLANE + "equation lap(u) = 0 boundary u = x*y",
        PLANE + "equation lap(u) = 0 boundary u = 0 on y = 0 boundary u = x on y = 1 boundary u = 0 on x = 0 "
        "boundary u = y on x = 1",
        PLANE + "equation bilap(u) = 0 boundary u = 0 boundary dn(u) = 0",
        PLANE + "unknown v equation lap(u) + u = 0 equation lap(v) + v = 0 boundary dn(u) = v boundary dn(v) = -u",
        "space (x, y) in ball(2) unknown u, v equation lap(u) = v equation lap(v) = 0 boundary u = v "
        "boundary dn(u) + v = 0",
        PLANE + "equation lap(u) = u boundary dn(u) = 0",
        "space (x, y) in [-1, 1]^2 unknown u equation y*u_xx + u_yy = 0 boundary u = x on y = 1",
        PLANE + "equation x*u_x + y*u_y = 0 boundary u = 0",
        PLANE + "equation lap(u) = 1 periodic x, y boundary u = 0 on x = 0, y = 0",
        BALL + "equation lap(u) = 0 boundary u = x[1]",
        BALL + "equation lap(u) = 0 hard boundary u = x[1]",
        BALL + "unknown v: vector(N) equation lap(u) = div(v) equation lap(v) = grad(u) boundary u = 0 boundary v = 0",
        "dim N = 50 space x in R^N ~ normal(0, 1) unknown u equation lap(u) = u",
        "dim N = 50 space x in R^N ~ normal(0, 1) time t in [0, 1] unknown u equation u_t = lap(u) initial u = 0",
        "space x in [0, 1] unknown u equation u_x = u boundary u = 1 on x = 0",
        "space x in [0, 1] unknown u equation u_xx = u boundary u = 1",
        "space x in [0, 1] unknown u equation u_xx = u periodic x",
        "space x in [0, 1] unknown u equation u_xx = cos(2*pi*x) periodic x boundary u = 0 on x = 0",
        "space x in [0, 1] unknown u equation u_xx + u = 0 boundary u = 1 on x = 0 boundary u_x = 0 on x = 0",
        "space x in [0, 1] time t in [0, 1] unknown u equation u_t = -u initial u = x",
        "space x in [0, 1] unknown u unknown param k = 1 equation u_xx = k boundary u = 0 boundary u_x = 1 on x = 0",
        "space x in [0, 1] unknown u equation u_xx = 2 boundary u = x boundary dn(u) = 2*x - (1 - x) exact u = x^2",
    ],
)  # fmt: skip
def test_what_is_well_posed_is_not_warned_of(text):
    found = analyse(pdec.loads(text)).warnings
    assert not found, "\n".join(warning.render() for warning in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (LINE + "equation u_t = u_xx boundary u = 0", ["W405"]),
        (LINE + "equation u_t = u_xx initial u = 0", ["W405"]),
        (LINE + "equation u_t = u_xx", ["W405", "W405"]),
        (LINE + "equation u_t = u_xx initial u = 0 boundary u = 0 on x = 0", ["W405"]),
        (LINE + "equation u_t = -u_xxxx initial u = 0 boundary u = 0", ["W405"]),
        (LINE + "equation u_t = x*u_xx initial u = 0", ["W405"]),
        (LINE + "equation u_tt + u_xx = 0 initial u = 0 boundary u = 0", ["W405"]),
        (LINE + "equation u_t = u_xx terminal u = 0 boundary u = 0", ["W408"]),
        (LINE + "equation u_t = u_xxxx initial u = 0 boundary u = 0 boundary u_x = 0", ["W408"]),
        (LINE + "equation u_t = u_xx initial u = 0 terminal u = 0 boundary u = 0", ["W406"]),
        (SHEET + "equation u_t = (1 - 2*x)*u_xx + u_yy initial u = 0 boundary u = 0", ["W409"]),
        (PLANE + "equation lap(u) = 0 periodic x, y", ["W410"]),
        (PLANE + "equation lap(u) = 0 boundary u = 0 periodic x", ["W406"]),
        (PLANE + "unknown v equation lap(u) = v boundary u = 0", ["W410"]),
        (SHEET + "unknown v: vector(2) equation v_t = lap(v) boundary v = 0 equation lap(u) = 0 boundary u = 0",
         ["W405"]),
        (LINE + "equation u_t + u_x = 0 initial u = 0", ["W405"]),
        (LINE + "equation u_t = u_x initial u = 0 boundary u = 0 on x = 0", ["W405", "W406"]),
        (LINE + "equation u_t + u_x = 0 initial u = 0 boundary u = 0", ["W406"]),
        (BALL + "equation lap(u) = exp(u)", ["W405"]),
        ("space x in [0, 1] unknown u equation u_x = u", ["W405"]),
        ("space x in [0, 1] unknown u equation u_xx = 1 periodic x", ["W410"]),
        ("space x in [0, 1] unknown u equation u_x = u boundary u = 1", ["W406"]),
    ],
)  # fmt: skip
def test_what_is_not_is(text, wanted):
    assert codes(text) == wanted


def test_a_file_silences_warnings():
    text = "space x in [0, 1]\ntime t in [0, 1]\nunknown u\nequation u_t = u_xx{}\nboundary u = 0\n"
    assert codes(text.format("")) == ["W405"]
    assert codes(text.format("  # pdec: ignore W405")) == []


@pytest.mark.parametrize("dim", [10, 100_000])
def test_many_dimensions_cost_little(dim):
    problem = pdec.loads(
        f"dim N = {dim} space x in [0, 1]^N time t in [0, 1] unknown u equation u_t = sum(i, exp(x[i])*d(u, x[i], 2)) "
        "initial u = |x|^2 boundary u = |x|^2 + t"
    )
    start = time.process_time()
    assert not analyse(problem).warnings
    assert time.process_time() - start < 1


STRING = "space x in [0, 1] unknown u unknown param k = 5 equation e: u_xx = -k*u boundary b: u = 0 "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STRING + "equation norm: mean(u^2) = 1/2", ["W413"]),
        (STRING + "equation norm: integral(u_x^2) = 1 + k", ["W413"]),
        (STRING + "equation norm: mean(u^2) = 1/2 train { weight norm 100 }", []),
        (STRING + "equation norm: mean(u) = 1/2", []),
        (STRING + "equation norm: mean(u^2 + u) = 1/2", []),
        (STRING + "equation norm: mean(u^2) = 1/2 boundary s: u_x = 1 on x = 0", []),
        (STRING.replace("= -k*u", "= -k*u + 1") + "equation norm: mean(u^2) = 1/2", []),
        (STRING.replace("unknown param", "param") + "equation norm: mean(u^2) = 1/2", []),
        (STRING + "equation norm: sqrt(mean(u^2)) = 1/2", []),
    ],
)
def test_a_norm_that_has_no_slope_at_zero(text, expected):
    assert [code for code in codes(text) if code == "W413"] == expected
