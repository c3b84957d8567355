"""Values that disagree where sets meet, and those that only look as if they did."""

import pytest

import pdec
from pdec.symbolic.corners import contradictions

LINE = "space x in [0, 1] time t in [0, 1] unknown u equation u_t = u_xx "
PLANE = "space (x, y) in [0, 2]^2 unknown u equation lap(u) = 0 "
BALL = "dim N = 20 param T = 1 space x in ball(N, radius=2) time t in [0, T] unknown u equation u_t = lap(u) "


def found(text):
    return [(w.code, w.source.slice(w.span)) for w in contradictions(pdec.loads(text))]


@pytest.mark.parametrize(
    "text",
    [
        LINE + "initial u = sin(pi*x) boundary u = 0",
        LINE + "initial u = x/3 boundary u = 0 on x = 0 boundary u = 0.3333333333 on x = 1",
        LINE + "initial u = x boundary u_x = 7 on x = 0 boundary dn(u) = 0 on x = 1",
        LINE + "initial u = 0 terminal u = 1",
        LINE + "initial u = sin(2*pi*x) + cos(4*pi*x) periodic x",
        LINE + "initial u = x boundary u = x + t",
        LINE.replace("[0, 1]", "[-10, 10]", 1) + "initial u = sech(2*x) boundary u = 0",
        PLANE + "boundary u = x on y = 0 boundary u = x + 2 on y = 2 boundary u = y on x = 0 "
        "boundary 2*u = 4 + 2*y on x = 2",
        PLANE + "boundary u = 1 on x = 0 boundary u = 2 on x = 2",
        PLANE + "boundary u = 1 on x = 1 boundary u = 3 on x = 0.5",
        LINE + "boundary u = 0 boundary sensor: u = 1 on x = 0.5",
        PLANE + "boundary u = 0 boundary sensor: u = 1 on x = 0.5, y = 1",
        BALL + "initial u = |x|^2/(2*N) boundary u = t + 2/N",
        BALL + "terminal u = |x|^2 boundary u = 4 + (T - t)*x[1]",
        "space (x, y) in [0, 1]^2 unknown v: vector(2) equation lap(v) = 0 boundary v = [y, 0] on x = 0 "
        "boundary v = [1, x] on y = 1",
    ],
)  # fmt: skip
def test_agreement(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (LINE + "initial u = sin(pi*x) + 1e-6 boundary u = 0", "boundary u = 0"),
        (LINE + "initial u = 1 initial u = 2", "initial u = 2"),
        (LINE + "initial u = x periodic x", "initial u = x"),
        (LINE + "initial u = cos(pi*x/2) boundary 2*u = 2 on x = 0 boundary u = t + 1 on x = 1",
         "boundary u = t + 1 on x = 1"),
        (PLANE + "boundary u = x on y = 0 boundary u = 1 on x = 0", "boundary u = 1 on x = 0"),
        (PLANE + "boundary u = x boundary u = 1 on x = 0", "boundary u = 1 on x = 0"),
        (PLANE + "boundary u = 0 boundary corner: u = 1 on x = 0, y = 1", "boundary corner: u = 1 on x = 0, y = 1"),
        (BALL + "terminal u = |x|^2 boundary u = 4 + t*x[1]", "boundary u = 4 + t*x[1]"),
        ("dim N = 100000 space x in [0, 1]^N time t in [0, 1] unknown v: vector(N) equation v_t = lap(v) initial v = x "
         "boundary v = 0", "boundary v = 0"),
        ("space (x, y) in [0, 1]^2 unknown v: vector(2) equation lap(v) = 0 boundary v = [y, 0] on x = 0 "
         "boundary v = [0, 1 + x] on y = 1", "boundary v = [0, 1 + x] on y = 1"),
    ],
)  # fmt: skip
def test_contradiction(text, where):
    assert found(text) == [("W407", where)]


def test_the_message_has_the_place_and_both_numbers():
    (warning,) = contradictions(pdec.loads(LINE + "initial u = 0.25 boundary left: u = 0.75 on x = 0"))
    assert warning.message == "`u` is 0.75 here, but 0.25 by `initial`, at x = 0, t = 0"
