"""Every Stein lowering against closed-form smoothed derivatives. A new one is tested by being in the table."""

import dataclasses
import math

import pytest
import torch
from analytic import Bell, Function, Power, Product, Step, Wave
from checks import Functional, Setting, assert_unbiased, over, trace
from hypothesis import given, settings
from hypothesis import strategies as st

import pdec
from pdec.estimators import LOWERINGS

STEIN = [name for name, lowering in LOWERINGS.items() if lowering.smoothed]
APPROXIMATE = {"stein-radial": 0.2, "stein-quadrature": 0.5}
"""Methods with a bias of a high order in sigma, and the share of a sigma at which it is less than 0.5 % here."""
WEIGHED = {"grad(u_tx1)", "sum(i, x[i]*d(u, x[i], 3))"}
"""Functionals that every Stein method weighs by Hermite polynomials: unbiased, and loud where sigma is small."""
UNBIASED = [name for name in STEIN if name not in (*APPROXIMATE, "stein")]


EXACT = 0.55
"""The sigma from which on `stein` has no bias."""


def check(functional, setting, method):
    """`assert_unbiased`, with a smaller sigma where the method is exact only for small ones."""
    share = APPROXIMATE.get(method)
    if method == "stein" and setting.sigma < EXACT:
        share = APPROXIMATE["stein-radial"]
    if share is None or functional.text in WEIGHED:
        return assert_unbiased(functional, setting, method)
    sigma_t = None if setting.sigma_t is None else share * setting.sigma_t
    smaller = dataclasses.replace(setting, sigma=share * setting.sigma, sigma_t=sigma_t)
    return assert_unbiased(functional, smaller, method, allowed=0.005)


FUNCTIONALS = [
    Functional("u", lambda D, x, t, d: D()),
    Functional("u_x1", lambda D, x, t, d: D(1)),
    Functional("u_x1x1", lambda D, x, t, d: D(1, 1)),
    Functional("u_x1x2", lambda D, x, t, d: D(1, 2)),
    Functional("lap(u)", lambda D, x, t, d: trace(D, d)),
    Functional("grad(u)", lambda D, x, t, d: [D(i) for i in over(d)]),
    Functional("dot(x, grad(u))", lambda D, x, t, d: sum(x[i - 1] * D(i) for i in over(d))),
    Functional("sum(i, i*x[i]^2*d(u, x[i], 2))", lambda D, x, t, d: sum(i * x[i - 1] ** 2 * D(i, i) for i in over(d))),
    Functional(
        "sum(i, sum(j, (x[i]*x[j] + i)*d(u, x[i], x[j])))",
        lambda D, x, t, d: sum((x[i - 1] * x[j - 1] + i) * D(i, j) for i in over(d) for j in over(d)),
    ),
    Functional(
        "dot(x, dot(hess(u), x))",
        lambda D, x, t, d: sum(x[i - 1] * x[j - 1] * D(i, j) for i in over(d) for j in over(d)),
    ),
    Functional(
        "sum(i, (x[i] - 0.1)*d(u, x[i], 2))", lambda D, x, t, d: sum((x[i - 1] - 0.1) * D(i, i) for i in over(d))
    ),
    Functional(
        "u + lap(u) + dot(x, grad(u))", lambda D, x, t, d: D() + trace(D, d) + sum(x[i - 1] * D(i) for i in over(d))
    ),
    Functional("sum(i, d(u, x[i])) + u", lambda D, x, t, d: sum(D(i) for i in over(d)) + D()),
    Functional("sum(i in 1..N-1, d(u, x[i], 2))", lambda D, x, t, d: sum(D(i, i) for i in range(1, d))),
    Functional(
        "sum(i in 1..N-1, d(u, x[i], x[i+1]) + x[i+1]*d(u, x[i]))",
        lambda D, x, t, d: sum(D(i, i + 1) + x[i] * D(i) for i in range(1, d)),
    ),
]
IN_TIME = [
    Functional("u", lambda D, x, t, d: D()),
    Functional("u_t", lambda D, x, t, d: D("t")),
    Functional("u_tt", lambda D, x, t, d: D("t", "t")),
    Functional("d(u, x[1], t)", lambda D, x, t, d: D(1, "t")),
    Functional("d(u, x[1], 2, t)", lambda D, x, t, d: D(1, 1, "t")),
    Functional("u_t + lap(u) - t*u", lambda D, x, t, d: D("t") + trace(D, d) - t * D()),
    Functional("d(lap(u), t)", lambda D, x, t, d: trace(D, d, "t")),
    Functional("lap(u_tt)", lambda D, x, t, d: trace(D, d, "t", "t")),
    Functional("dot(x, grad(u_t))", lambda D, x, t, d: sum(x[i - 1] * D(i, "t") for i in over(d))),
    Functional(
        "sum(i, x[i]^2*d(u, x[i], x[i], t))", lambda D, x, t, d: sum(x[i - 1] ** 2 * D(i, i, "t") for i in over(d))
    ),
    Functional("grad(u_tx1)", lambda D, x, t, d: [D(i, 1, "t") for i in over(d)]),
    Functional("grad(u_t)", lambda D, x, t, d: [D(i, "t") for i in over(d)]),
]
HIGH = [
    Functional("u_x1x1x1", lambda D, x, t, d: D(1, 1, 1)),
    Functional("u_x1x1x2", lambda D, x, t, d: D(1, 1, 2)),
    Functional("u_x1x1x2x2", lambda D, x, t, d: D(1, 1, 2, 2)),
    Functional("d(u, x[1], 4)", lambda D, x, t, d: D(1, 1, 1, 1)),
    Functional("bilap(u)", lambda D, x, t, d: sum(trace(D, d, i, i) for i in over(d))),
    Functional("grad(lap(u))", lambda D, x, t, d: [trace(D, d, i) for i in over(d)]),
    Functional("lap(u_x1)", lambda D, x, t, d: trace(D, d, 1)),
    Functional("dot(hess(u), x)", lambda D, x, t, d: [sum(D(i, j) * x[j - 1] for j in over(d)) for i in over(d)]),
    Functional("sum(i, x[i]*d(u, x[i], 3))", lambda D, x, t, d: sum(x[i - 1] * D(i, i, i) for i in over(d))),
    Functional("dot(x, grad(lap(u)))", lambda D, x, t, d: sum(x[i - 1] * trace(D, d, i) for i in over(d))),
]

SPACE = {
    2: Setting(Function((Wave((1.0, 1.1), 0.4),)), (0.3, 0.4), 0.9),
    5: Setting(Function((Wave((0.9, 0.8, 0.5, 0.4, 0.2), -0.4),)), (0.5, 0.8, 0.2, 0.3, -0.6), 1.0),
}
TIME = Setting(Function((Wave((1.0, -0.8, 1.2), -0.15),)), (0.2, -0.3, 0.4), 0.9, 1.1)
WILD = Setting(Function((Wave((1.9, 1.3), 0.8),)), (0.1, 0.2), 1.0)


@pytest.mark.parametrize("method", STEIN)
@pytest.mark.parametrize("functional", FUNCTIONALS, ids=lambda f: f.text)
@pytest.mark.parametrize("dim", SPACE)
def test_first_and_second_order(method, functional, dim):
    check(functional, SPACE[dim], method)


@pytest.mark.parametrize("functional", FUNCTIONALS, ids=lambda f: f.text)
@pytest.mark.parametrize("dim", SPACE)
def test_what_is_planned_for_a_small_sigma(functional, dim):
    setting = dataclasses.replace(SPACE[dim], sigma=0.09)
    assert_unbiased(functional, setting, "stein", allowed=0.001)


@pytest.mark.parametrize("method", STEIN)
@pytest.mark.parametrize("functional", IN_TIME, ids=lambda f: f.text)
def test_time_has_a_smoothing_of_its_own(method, functional):
    check(functional, TIME, method)


@pytest.mark.parametrize("method", STEIN)
@pytest.mark.parametrize("functional", HIGH, ids=lambda f: f.text)
def test_third_and_fourth_order(method, functional):
    check(functional, WILD, method)


VALUE, FIRST, SECOND, MIXED, LAPLACIAN, GRADIENT = FUNCTIONALS[:6]
OTHERS = {
    "polynomial": Setting(Function((Product({0: Power(2), 1: Power(1)}), Product({1: Power(2)}))), (0.9, 0.8), 0.9),
    "exponential": Setting(Function((Wave((1.0, 0.9), growing=True),)), (0.1, 0.2), 0.7),
    "Gaussian": Setting(Function((Product({0: Bell(0.2), 1: Bell(1.9)}),)), (1.1, 0.7), 0.9),
    "float32": Setting(Function((Wave((1.0, 1.1), 0.4),)), (0.3, 0.4), 0.9, dtype=torch.float32),
    "few samples": Setting(Function((Wave((1.0, 1.1), 0.4),)), (0.3, 0.4), 0.9, samples=2),
}


@pytest.mark.parametrize("method", STEIN)
@pytest.mark.parametrize("functional", [VALUE, FIRST, SECOND, MIXED, LAPLACIAN, GRADIENT], ids=lambda f: f.text)
@pytest.mark.parametrize("kind", OTHERS)
def test_other_functions(method, functional, kind):
    check(functional, OTHERS[kind], method)


@pytest.mark.parametrize("method", UNBIASED)
@pytest.mark.parametrize("functional", [VALUE, FIRST, SECOND, LAPLACIAN, GRADIENT], ids=lambda f: f.text)
@pytest.mark.parametrize("dim", [1, 3])
def test_a_step_function(method, functional, dim):
    setting = Setting(Function((Product({0: Step(0.0)}),)), (0.6, 0.1, -0.2)[:dim], 0.5)
    check(functional, setting, method)


@pytest.mark.parametrize("method", STEIN)
@pytest.mark.parametrize("functional", [VALUE, FIRST, LAPLACIAN, GRADIENT], ids=lambda f: f.text)
def test_many_dimensions(method, functional):
    """The natural scale of a Laplacian here is sqrt(2 d) f/sigma^2, ten times its value: 20 % of that must be seen."""
    f = Function((Wave((1.1, 0.9) + (0.0,) * 48, -0.2),))
    check(functional, Setting(f, (0.5, 0.5) + (0.1,) * 48, 1.0, samples=64, bias=0.2), method)


@st.composite
def cases(draw):
    """A multi-index of order 0 to 4, and a wave whose length suits it: sigma^2 w_j^2 is the order along axis j."""
    dim, timed = draw(st.integers(1, 3)), draw(st.booleans())
    columns = sorted(draw(st.lists(st.integers(0, dim - 1 + timed), max_size=4)))
    sigma, sigma_t = draw(st.floats(0.4, 1.5)), draw(st.floats(0.4, 1.5)) if timed else None
    point = tuple(draw(st.floats(-1, 1)) for _ in range(dim + timed))
    sigmas = [sigma] * dim + [sigma_t] * timed
    w = tuple(math.sqrt(columns.count(j) or 0.1) / s for j, s in enumerate(sigmas))
    phase = math.pi / 4 - sum(a * x for a, x in zip(w, point))
    axes = ["t" if column == dim else f"x[{column + 1}]" for column in columns]
    names = ["t" if column == dim else column + 1 for column in columns]
    functional = Functional(f"d({', '.join(['u', *axes])})" if axes else "u", lambda D, x, t, d: D(*names))
    return functional, Setting(Function((Wave(w, phase),)), point, sigma, sigma_t)


@settings(max_examples=24, derandomize=True, deadline=None, database=None)
@given(cases(), st.sampled_from(STEIN))
def test_any_direction_order_and_smoothing(case, method):
    check(*case, method)


@dataclasses.dataclass
class Spoiled:
    """A Writer that changes what a lowering writes."""

    writer: object
    change: object

    def line(self, text, comment=""):
        self.writer.line(self.change(text), comment)

    def assign(self, derivative, text):
        self.writer.assign(derivative, self.change(text))

    def __getattr__(self, name):
        return getattr(self.writer, name)


SPOILERS = {
    "weights too large by 2 %": lambda text: f"1.02 * {text}" if ".mean(0)" in text else text,
    "noise too wide by 1 %": lambda text: text.replace("step = ", "step = 1.01 * "),
    "K - 1 for K": lambda text: text.replace(".mean(0)", ".sum(0) / (len(z) - 1)"),
    "a dimension too many": lambda text: text.replace(" - N)", " - N - 0.1)"),
    "a direction too long": lambda text: text.replace("pushed(first, omega)", "1.01 * pushed(first, omega)"),
    "radii in too many dimensions": lambda text: text.replace(", N, 1)", ", N + 0.05, 1)"),
}
HONEST = {
    "a dimension too many": "stein-vanilla",
    "a direction too long": "stein-chi",
    "radii in too many dimensions": "stein-chi",
}


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_a_biased_estimator_is_caught(monkeypatch, spoiler):
    honest = LOWERINGS[HONEST.get(spoiler, "stein-cv")]

    class Biased(type(honest)):
        def write(self, derivatives, writer):
            super().write(derivatives, Spoiled(writer, SPOILERS[spoiler]))

    monkeypatch.setitem(LOWERINGS, spoiler, Biased())
    square = Function((Product({0: Power(2)}), Product({1: Power(2)})))
    setting = Setting(square, (0.6, 0.4), 1.0, bias=0.01)
    assert_unbiased(LAPLACIAN, setting, honest.name)
    with pytest.raises(AssertionError, match="biased"):
        assert_unbiased(LAPLACIAN, setting, spoiler)


@pytest.mark.parametrize(
    ("method", "text", "rows"),
    [
        ("stein-vanilla", "u", 16),
        ("stein-vanilla", "u + u_x1 + lap(u)", 16),
        ("stein-cv", "u", 16),
        ("stein-cv", "u_x1", 17),
        ("stein-cv", "u + u_x1 + lap(u)", 17),
        ("stein-antithetic", "u", 16),
        ("stein-antithetic", "u + |grad(u)|^2", 16),
        ("stein-antithetic", "u + u_x1 + lap(u)", 17),
        ("stein-antithetic", "bilap(u)", 17),
        ("autograd", "u + u_x1 + lap(u)", 1),
    ],
)
def test_k_counts_evaluations_and_the_network_is_called_once(method, text, rows):
    f = Function((Wave((1.0, 0.5)),))
    pdec.estimate(text, f, torch.zeros(3, 2), method=method, samples=16, sigma=0.1)
    assert f.rows == [3 * rows]


def test_an_odd_number_of_samples_is_rounded_down_to_pairs():
    f = Function((Wave((1.0, 0.5)),))
    pdec.estimate("u_x1", f, torch.zeros(3, 2), samples=7, sigma=0.1)
    assert f.rows == [3 * 6]


def test_order_five_is_refused_where_it_was_written():
    with pytest.raises(pdec.PdeError) as caught:
        pdec.estimate("u + d(u, x[1], 5)", Function(()), torch.zeros(3, 2))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "E302"
    assert str(caught.value).splitlines()[:3] == [
        "<expression>:1:5: error[E302]: Stein estimators go up to order 4, and this derivative has order 5",
        "    u + d(u, x[1], 5)",
        "        ^^^^^^^^^^^^^",
    ]
