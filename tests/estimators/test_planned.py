"""What `stein` plans: decisions as data, and that its predictions come true."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pdec
from pdec.choice import prospect, settled
from pdec.compiler import options_for, warnings_for
from pdec.estimators import LOWERINGS
from pdec.estimators.cost import Shape, cost
from pdec.estimators.noise import frame_share, spread
from pdec.estimators.smoothing import chosen_sigma
from pdec.options import Options
from pdec.plan import plan

TERMS = [
    "u",
    "lap(u)",
    "u_x1",
    "u_x1x1",
    "u_x1x2",
    "bilap(u)",
    "|grad(u)|^2",
    "dot(x, grad(u))",
    "sum(i, d(u, x[i], 4))",
]


def problem(text, dim=10, time=False):
    when = "time t in [0, 1]" if time else ""
    return pdec.loads(f"dim N = {dim} space x in [0, 1]^N {when} unknown u equation {text} = 0 boundary u = 0")


def planned(text, dim=10, time=False, **options):
    """The outlook of the equation, and of the condition."""
    found = problem(text, dim, time)
    chosen = options_for(found, {"method": "stein", **options})
    return prospect(found, plan(found, chosen), chosen).outlooks


def estimators(text, **options):
    return [(row.estimator, row.nodes, row.shared) for row in planned(text, **options)[0].forecasts]


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("lap(u)", {}, [("radial", 8, False)]),  # corners of six of ten directions, and the point
        ("lap(u)", {"dim": 100}, [("radial", 16, False)]),
        ("lap(u) + u", {"dim": 100}, [("radial", 16, False), ("radial", 16, True)]),
        ("lap(u)", {"sigma": 1.0, "samples": 16}, [("chi", 16, False)]),
        ("lap(u) - u_t", {"time": True, "samples": 12}, [("radial", 2, False), ("radial", 10, False)]),
        ("u_x1x1", {"dim": 1, "sigma": 0.4}, [("quadrature", 8, False)]),
        ("u + u_x1", {"sigma": 0.001}, [("the network", 1, False), ("radial", 2, False)]),
        ("u + u_x1", {"sigma": 0.05}, [("pairs", 2, False), ("radial", 2, False)]),
        ("lap(u) + |grad(u)|^2", {"samples": 40}, [("chi", 40, False), ("chi", 40, True)]),
    ],
)
def test_decisions(text, options, expected):
    assert estimators(text, **options) == expected


@pytest.mark.parametrize("text", TERMS)
@pytest.mark.parametrize("sigma", [0.05, 1.0])
@pytest.mark.parametrize("dim", [2, 7])
def test_more_samples_are_not_noisier(text, sigma, dim):
    options = {"sigma": sigma, "dtype": "float64", "dim": dim}
    noise = [planned(text, samples=2**k, **options)[0].deviation for k in range(3, 10)]
    assert all(after <= before * (1 + 1e-9) for before, after in itertools.pairwise(noise))


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(st.lists(st.sampled_from(TERMS), min_size=1, max_size=3), st.integers(100, 400), st.sampled_from([0.05, 0.5]))
def test_a_budget_is_kept(terms, samples, sigma):
    outlook, _ = planned(" + ".join(terms), samples=samples, sigma=sigma, dtype="float64", dim=4)
    assert outlook.evaluations <= samples


@pytest.mark.parametrize("accuracy", [0.5, 0.2, 0.05])
@pytest.mark.parametrize("dim", [10, 1000])
def test_an_accuracy_is_reached_with_the_fewest_evaluations(accuracy, dim):
    outlook, condition = planned("lap(u)", dim=dim, accuracy=accuracy)
    assert outlook.deviation <= accuracy
    assert condition.evaluations <= 2
    less, _ = planned("lap(u)", dim=dim, samples=outlook.evaluations - 2)
    assert less.deviation > accuracy


def test_samples_are_the_most_for_an_accuracy():
    assert planned("lap(u)", dim=1000, accuracy=0.01, samples=100)[0].evaluations == 100


def test_the_plan_is_what_the_network_is_asked_for():
    found = problem("lap(u) + u_t + u", 20, time=True)
    calls = []

    def net(points):
        calls.append(points.shape[:-1].numel())
        return points.sum(-1, keepdim=True)

    for options in ({}, {"samples": 30}, {"sigma": 0.7, "samples": 64}, {"accuracy": 0.1}):
        calls.clear()
        chosen = options_for(found, {"method": "stein", **options})
        loss = pdec.compile(found, **chosen.to_json())
        loss.residual(net, torch.zeros(3, 21))
        assert calls == [3 * prospect(found, plan(found, chosen), chosen).outlooks[0].evaluations]


@pytest.mark.parametrize("dim", [3, 30])
@pytest.mark.parametrize("text", ["lap(u)", "bilap(u)"])
def test_the_variance_over_directions_is_that_of_a_wave(text, dim):
    order = {"lap(u)": 2, "bilap(u)": 4}[text]
    generator = torch.Generator().manual_seed(0)
    w = torch.nn.functional.normalize(torch.randn(dim, generator=generator, dtype=torch.float64), dim=0)
    points = (w * math.pi / 4).expand(20_000, dim)
    few = {"lap(u)": 3, "bilap(u)": 5}[text]
    found = pdec.estimate(
        text, lambda p: (p @ w).sin()[..., None], points, method="stein-radial", sigma=0.02, samples=few,
        generator=generator,
    )  # fmt: skip
    assert found.var() * 2 == pytest.approx(spread(dim, order), rel=0.2)


@pytest.mark.parametrize("kind", ["quadratic", "network"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize(("dim", "samples"), [(5, 4), (30, 3), (30, 21), (100, 33)])
def test_predicted_deviations_come_true(kind, dtype, dim, samples):
    """Within a factor 2, in units of |H|, at the sigma that is chosen."""
    torch.manual_seed(dim)
    matrix = torch.randn(dim, dim, dtype=dtype)
    net = torch.nn.Sequential(torch.nn.Linear(dim, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1)).to(dtype)

    def quadratic(p):
        return torch.einsum("...i,ij,...j->...", p, matrix, p)[..., None] / dim

    f = quadratic if kind == "quadratic" else net
    point = torch.rand(dim, dtype=dtype)
    hessian = torch.func.hessian(lambda p: f(p)[0])(point)
    with torch.no_grad():
        found = pdec.estimate("lap(u)", f, point.expand(2000, dim), method="stein", samples=samples)
    predicted = planned("lap(u)", dim=dim, samples=samples, dtype=str(dtype).removeprefix("torch."))[0].deviation
    assert 0.5 < predicted / float(found.double().std() / hessian.norm()) < 2


def test_orthogonal_directions():
    assert frame_share(10, 1) == 1
    assert frame_share(10, 10) == frame_share(10, 20) == 0
    assert frame_share(10, 5) == pytest.approx(5 / 9 / 5)
    assert frame_share(10, 15) == pytest.approx(1 / 9 / 9)


@pytest.mark.parametrize("method", LOWERINGS)
def test_every_method_has_an_outlook(method):
    text = "u + lap(u) + |grad(u)|^2 + u_x1x1 + contract(hess(u), hess(u)) + bilap(u)"
    found = problem(text)
    options = options_for(found, {"method": method, "sigma": 0.2, "dtype": "float64"})
    made = prospect(found, plan(found, options), options)
    assert [len(o.forecasts) for o in made.outlooks] == [len(s.derivatives) for s in plan(found, options).sections]
    assert all(math.isfinite(row.deviation) for outlook in made.outlooks for row in outlook.forecasts)
    assert made.cost.step > 0
    assert made.cost.bytes > 0


def test_sigma_balances_rounding_and_bias():
    assert [chosen_sigma(order, "float32") for order in (1, 2, 3, 4)] == [0.0098, 0.041, 0.093, 0.16]
    assert all(chosen_sigma(order, "float64") < chosen_sigma(order, "float32") / 10 for order in (1, 2, 3, 4))


def test_sigma_is_chosen_where_none_is_given():
    found = problem("lap(u)")
    assert options_for(found, {"method": "stein"}).sigma == chosen_sigma(2, "float32")
    assert options_for(found, {"method": "stein-chi", "dtype": "float64"}).sigma == chosen_sigma(2, "float64")
    assert options_for(found, {"method": "stein", "sigma": 0.3}).sigma == 0.3
    assert options_for(found, {"method": "stein-antithetic"}).space_sigma == 0.01
    short = pdec.loads("space x in [0, 1] time t in [0, 0.1] unknown u equation u_t = u_xx initial u = 0")
    assert options_for(short, {"method": "stein"}).time_sigma == pytest.approx(0.005)


def test_at_the_sigma_chosen_rounding_is_small():
    """Against the same estimate in float64."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(20, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
    points = torch.rand(500, 20)
    errors = {}
    for sigma in (None, 0.001):
        try:
            found = pdec.estimate("lap(u)", net, points, method="stein", sigma=sigma, samples=41)
        except pdec.PdeError as error:
            assert error.diagnostics[0].code == "E303"  # noqa: PT017
            continue
        exact = pdec.estimate("lap(u)", net, points, method="autograd")
        errors[sigma] = float((found - exact).std() / exact.std())
    assert list(errors) == [None]
    assert errors[None] < 0.02


def test_auto_takes_the_cheaper_of_those_as_quiet():
    for dim in (1, 3, 1000):
        found = problem("lap(u)", dim)
        steps = {}
        for method in ("stein", "hutchinson", "autograd", "taylor"):
            options = options_for(found, {"method": method})
            steps[method] = prospect(found, plan(found, options), options).cost.step
        chosen = options_for(found, {"method": "auto"}).method
        assert steps[chosen] <= 1.2 * min(steps.values())
        # of methods that cost about the same an exact one
        exact = min(steps["taylor"], steps["autograd"])
        assert (chosen in ("stein", "hutchinson")) == (exact > 1.2 * min(steps["stein"], steps["hutchinson"]))
    assert chosen != "taylor"


def test_auto_takes_what_can_do_it():
    found = problem("d(u, x[1], 6)")
    assert options_for(found, {"method": "auto"}).method == "autograd"
    assert options_for(found, {"method": "autograd", "accuracy": 0.1}).accuracy is None


@pytest.mark.parametrize("options", [{"method": "stein"}, {"method": "auto"}, {"method": "stein", "accuracy": 0.5}])
def test_what_is_planned_is_trained(options):
    few = {"steps": 3, "width": 8, "depth": 2, "points": 5, "test_points": 20}
    text = "space x in [0, 1]^3 unknown u equation lap(u) = u - x[1] boundary u = x[1] exact u = x[1]"
    solution = pdec.solve(pdec.loads(text), **options, **few).solution
    assert math.isfinite(solution.metrics.errors["u"]["l2"])
    assert solution.metrics.residuals["equation"] is not None


@pytest.mark.parametrize("text", ["dot(x, grad(u))", "u_x1", "dot([1, 2, 3, 4, 5, 6], grad(u))"])
def test_along_one_direction_nothing_is_drawn_where_sigma_makes_no_difference(text):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    points = torch.rand(5, 6, dtype=torch.float64)
    found, again = (pdec.estimate(text, net, points, method="stein", sigma=1e-3, samples=4) for _ in range(2))
    assert torch.equal(found, again)
    torch.testing.assert_close(found, pdec.estimate(text, net, points, method="autograd"), rtol=1e-5, atol=1e-6)
    assert planned(text, dim=6, sigma=1e-3, dtype="float64")[0].numbers == 0
    assert planned(text, dim=6, sigma=0.05, dtype="float64")[0].numbers > 0


def test_settled_options_are_settled():
    found = problem("lap(u)")
    once = settled(found, Options(method="auto"))
    assert settled(found, once) == once


def test_a_step_costs_its_evaluations():
    """On a network so wide, at so many points, that nothing else counts."""
    outlooks = planned("lap(u)", dim=10, samples=21)
    each = cost([(1000, outlooks[0]), (1000, outlooks[1])], Shape(10, 1, 4096, 4), "float32", 10)
    assert each.step == pytest.approx((outlooks[0].evaluations + outlooks[1].evaluations) / 2, rel=0.02)


@pytest.mark.parametrize(
    ("sigma", "message"),
    [
        (
            "0.0005",
            "f.pde:3:14: error[E303]: lap(u) by stein has a rounding error of about 11 times the derivative "
            "(float32, sigma 0.0005)",
        ),
        (
            "0.004",
            "f.pde:3:14: warning[W414]: lap(u) by stein has a rounding error of about 0.17 times the derivative "
            "(float32, sigma 0.004)",
        ),
    ],
)
def test_what_rounding_ruins_is_refused_and_what_it_harms_is_warned_of(sigma, message):
    text = f"space x in R^9 ~ normal(0, 1)\nunknown u\nequation u = lap(u)\ntrain {{ method stein; sigma {sigma} }}"
    found = pdec.loads(text, name="f.pde")
    try:
        said = warnings_for(found, options_for(found, {}))
    except pdec.PdeError as error:
        said = error.diagnostics
    (diagnostic,) = said
    lines = diagnostic.render().splitlines()
    assert lines[0] == message
    assert lines[-1] == "    hint: rounding grows like sigma^-2: take sigma 0.041 or --dtype float64"
    assert not warnings_for(found, options_for(found, {"sigma": 0.041}))
    assert not warnings_for(found, options_for(found, {"dtype": "float64"}))
