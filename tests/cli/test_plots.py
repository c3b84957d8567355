"""The pictures: the right panels for each dimension, and no trace in Matplotlib's global state."""

import sys

import pytest

import pdec
from pdec.cli import plots

QUICK = {"steps": 2, "width": 8, "depth": 2, "samples": 4, "points": 5, "test_points": 10, "test_samples": 4}
TIMELESS = """
problem timeless
dim N = 1
space x in {domain}
unknown u(x)
equation lap(u) = 1
boundary u = 0
{exact}
"""
HEAT = """
problem heat
dim N = 1
space x in ball(N)
time t in [0, 1]
unknown u(x, t)
equation u_t = lap(u)
initial u = |x|^2/(2*N)
boundary u = t + 1/(2*N)
{exact}
"""


def panels(text, dim):
    solution = pdec.solve(pdec.loads(text, dim=dim), **QUICK).solution
    figure = plots.draw(solution)
    return [axes.get_title() for part in figure.subfigs for axes in part.axes if axes.get_title()]


@pytest.mark.parametrize(
    ("text", "dim", "titles"),
    [
        (TIMELESS.format(domain="[0, 1]^N", exact="exact u = x[1]*(x[1] - 1)/2"), 1, ["u", "|error| of u", "loss"]),
        (TIMELESS.format(domain="[0, 1]^N", exact=""), 1, ["u", "loss"]),
        (TIMELESS.format(domain="[0, 1]^N", exact=""), 2, ["u, solution"]),
        (
            TIMELESS.format(domain="ball(N)", exact="exact u = (|x|^2 - 1)/(2*N)"),
            2,
            ["u, known", "u, solution", "|error|"],
        ),
        (
            TIMELESS.format(domain="annulus(N) - [0, 2]^N", exact="exact u = log(|x|)"),
            2,
            ["u, known", "u, solution", "|error|"],
        ),
        (HEAT.format(exact="exact u = t + |x|^2/(2*N)"), 1, ["u, known", "u, solution", "|error|"]),
        (HEAT.format(exact="exact u = t + |x|^2/(2*N)"), 2, ["u, predicted", "u on a line", "loss"]),
        (HEAT.format(exact=""), 5, ["u on a line", "loss"]),
    ],
)
def test_panels(text, dim, titles):
    found = panels(text, dim)
    assert len(found) == len(titles)
    assert all(title.startswith(start) for title, start in zip(found, titles))


def test_what_is_cut_out_of_the_domain_is_left_white():
    text = TIMELESS.format(domain="[0, 1]^N - [0.5, 1]^N", exact="")
    solution = pdec.solve(pdec.loads(text, dim=2), **QUICK).solution
    _, _, points = plots.mesh(solution)
    inside = plots.within(solution, points)
    assert inside.double().mean().item() == pytest.approx(0.75, abs=0.02)
    assert not inside[((points > 0.51) & (points < 0.99)).all(dim=1)].any()


@pytest.mark.parametrize("dim", [1, 2])
def test_places_beyond_single_precision(dim):
    problem = pdec.loads(TIMELESS.format(domain="[0, 1e300]^N", exact=""), dim=dim)
    solution = pdec.solve(problem, dtype="float64", method="taylor", **QUICK).solution
    assert plots.draw(solution).subfigs


def test_no_global_state():
    assert "matplotlib.pyplot" not in sys.modules
