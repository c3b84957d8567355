"""Hard conditions, manufactured solutions, places, periods, random parameters: from text to numbers."""

import math

import pytest
import torch

import pdec
from pdec.compiler import options_for, warnings_for
from pdec.symbolic.prove import prove

HEAT = """
dim N = 3
param T = 2
space x in ball(N) time t in [0, T] unknown u
equation u_t = lap(u)
{initial}
{boundary}
exact u = t + |x|^2/(2*N)
"""
INITIAL, BOUNDARY = "initial u = |x|^2/(2*N)", "boundary u = t + 1/(2*N)"


def batch_of(loss, seed=0):
    return loss.sample(generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def smooth(n_coords, n_unknowns):
    generator = torch.Generator().manual_seed(3)
    w = torch.randn(n_coords, 8, generator=generator, dtype=torch.float64)
    v = torch.randn(8, n_unknowns, generator=generator, dtype=torch.float64)
    return lambda x: torch.tanh(x @ w) @ v


@pytest.mark.parametrize("hard", [("hard ", ""), ("", "hard "), ("hard ", "hard ")])
@pytest.mark.parametrize("method", ["stein-antithetic", "autograd"])
def test_hard_conditions_hold_for_any_network(hard, method):
    text = HEAT.format(initial=hard[0] + INITIAL, boundary=hard[1] + BOUNDARY)
    soft = pdec.compile(pdec.loads(HEAT.format(initial=INITIAL, boundary=BOUNDARY)), samples=4)
    loss = pdec.compile(pdec.loads(text), method=method, samples=4)
    points, net = batch_of(soft), smooth(4, 1)
    for name, kind in zip(hard, ("initial", "boundary")):
        assert (kind in loss.point_sets) != bool(name)
        if name:
            values = loss.solution(net, points[kind], samples=2)[:, 0]
            assert (values - loss.known(points[kind])["u"][0]).abs().max() < 1e-12


def test_the_product_rule_gives_the_residual_of_the_whole():
    text = HEAT.format(initial="hard " + INITIAL, boundary="hard " + BOUNDARY)
    hard = pdec.compile(pdec.loads(text), method="autograd")
    soft = pdec.compile(pdec.loads(HEAT.format(initial=INITIAL, boundary=BOUNDARY)), method="autograd")
    points, net = batch_of(soft)["domain"], smooth(4, 1)
    (residual,) = hard.residual(net, points).values()
    (expected,) = soft.residual(lambda x: hard.solution(net, x), points).values()
    assert torch.allclose(residual, expected, atol=1e-12)
    assert expected.abs().max() > 0.1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hard boundary lap(u) = 0", "a hard condition gives a scalar unknown its value"),
        ("hard boundary u^2 = 1", "a hard condition gives a scalar unknown its value"),
        ("hard boundary u = 1\nhard initial u = 2", "no function was found that satisfies all hard conditions"),
    ],
)
def test_what_cannot_be_hard_is_refused(line, message):
    text = f"space (x, y) in [0, 1]^2 time t in [0, 1] unknown u\nequation u_t = lap(u)\n{line}"
    with pytest.raises(pdec.PdeError, match=message):
        pdec.loads(text)


TWO_BODY = """
dim N = 6
param c: vector(N-1) ~ normal(0, 2, seed=7)
space x in ball(N) unknown u
let S = sum(i in 1..N-1, c[i]*sin(x[i] + cos(x[i+1]) + x[i+1]*cos(x[i])))
equation lap(u) + sin(u) = 0
boundary u = 0
manufacture u = (1 - |x|^2)*S
"""


def test_a_manufactured_solution_solves_the_equation():
    problem = pdec.loads(TWO_BODY)
    assert [verdict.text for verdict in prove(problem)] == ["holds for all N", "holds for all N"]
    loss = pdec.compile(problem, method="autograd")
    points = batch_of(loss)["domain"]
    (residual,) = loss.residual(lambda x: loss.known(x)["u"][0][:, None], points).values()
    assert residual.abs().max() < 1e-10
    (residual,) = loss.residual(lambda x: 1.01 * loss.known(x)["u"][0][:, None], points).values()
    assert residual.abs().max() > 1e-2


def test_random_parameters_are_the_same_for_the_same_seed():
    same, again, other = (
        pdec.compile(pdec.loads(text), samples=4).module.c
        for text in (TWO_BODY, TWO_BODY, TWO_BODY.replace("seed=7", "seed=8"))
    )
    assert same.shape == (5,)
    assert torch.equal(same, again)
    assert not torch.equal(same, other)
    many = pdec.compile(pdec.loads(TWO_BODY, dim=4001), samples=4).module.c
    assert abs(many.std() - 2) < 5 * 2 / math.sqrt(8000)


def test_conditions_on_places():
    problem = pdec.loads(
        """space (x, y) in [0, 1]*[0, 2] time t in [0, 1] unknown u
        equation u_t = lap(u)
        boundary left: u_x = y on x = 0
        boundary corner: u = 1 on x = 1, y = 2
        initial u = x on y = 1.5"""
    )
    loss = pdec.compile(problem, method="autograd")
    batch = batch_of(loss)
    assert (batch["left"][:, 0] == 0).all()
    assert batch["left"][:, 1].std() > 0.1
    assert (batch["corner"][:, :2] == torch.tensor([1.0, 2.0])).all()
    assert (batch["initial"][:, 1:] == torch.tensor([1.5, 0.0])).all()

    def f(x):
        return (x[:, 0] * x[:, 1] + 3 * x[:, 2])[:, None]

    assert loss.condition("left", f, batch["left"]).abs().max() < 1e-12
    assert torch.allclose(loss.condition("corner", f, batch["corner"]), 1 + 3 * batch["corner"][:, 2])


@pytest.mark.parametrize("method", ["stein-antithetic", "stein-vanilla", "autograd"])
def test_periodic_conditions_compare_the_two_ends(method):
    problem = pdec.loads(
        """space (x, y) in [-1, 3]*[0, 1] unknown u, v: vector(2)
        equation a: lap(u) = div(v)
        equation b: lap(v) = 0
        periodic x
        train { weight periodic 5; points periodic 7 }"""
    )
    loss = pdec.compile(problem, method=method, samples=64, sigma=0.01)
    names = ["periodic_x_u", "periodic_x_u_x", "periodic_x_v", "periodic_x_v_x"]
    assert [name for name in loss.point_sets if name != "domain"] == names
    batch = batch_of(loss)
    assert batch["periodic_x_v"].shape == (7, 2)
    assert (batch["periodic_x_v"][:, 0] == -1).all()

    def f(x):
        wave = torch.sin(math.pi / 2 * x[..., :1])
        return torch.cat([wave, wave**2, x[..., :1]], dim=-1)

    noise = loss.draw(batch, generator=torch.Generator().manual_seed(1))
    terms = loss.terms(f, batch, noise=noise)
    assert terms["periodic_x_u"] < 1e-20
    assert terms["periodic_x_u_x"] < 1e-20
    assert abs(terms["periodic_x_v"] - 16) < 1e-9  # the second component is x, which differs by 4
    if method != "stein-vanilla":  # whose noise is that of the values, which differ by 4
        assert terms["periodic_x_v_x"] < 1e-3
    assert loss.module.WEIGHTS["periodic_x_u"] == 5


def test_a_periodic_solution_is_proved():
    problem = pdec.loads(
        "space x in [-1, 1] unknown u equation u_xx = -pi^2*sin(pi*x) periodic x boundary u = 0 on x = -1 "
        "exact u = sin(pi*x)"
    )
    assert {verdict.status for verdict in prove(problem)} == {"proved"}


def test_the_radial_law_of_a_ball():
    text = "dim N = 50 space x in ball(N) ~ radial unknown u equation lap(u) = 0 boundary u = 1"
    batch = batch_of(pdec.compile(pdec.loads(text), samples=4, points=4000))
    radius = batch["domain"].norm(dim=1)
    assert abs(radius.mean() - 0.5) < 5 * math.sqrt(1 / 12 / 4000)
    assert torch.allclose(batch["boundary"].norm(dim=1), torch.ones(4000, dtype=torch.float64))
    with pytest.raises(pdec.PdeError, match="drawn by the law uniform or radial"):
        pdec.loads(text.replace("radial", "normal(0, 1)"))


@pytest.mark.parametrize("method", ["stein-antithetic", "autograd"])
def test_normal_derivatives(method):
    text = "{space} unknown u equation lap(u) = 0 boundary dn(u) + 2*u = 0"

    def f(x):
        return x[..., :1] * 3 + x[..., 1:2] * x[..., 1:2]

    for space, normal in (
        ("space (x, y) in [0, 1]*[0, 4]", lambda x: (x == torch.tensor([1.0, 4.0])) * 1.0 - (x == 0) * 1.0),
        ("dim N = 2 space x in ball(N, radius=2)", lambda x: x / 2),
    ):
        loss = pdec.compile(pdec.loads(text.format(space=space)), method=method, samples=40_000, points=50)
        x = batch_of(loss)["boundary"]
        n = normal(x)
        expected = 3 * n[:, 0] + 2 * x[:, 1] * n[:, 1] + 2 * f(x)[:, 0]
        found = loss.condition("boundary", f, x, generator=torch.Generator().manual_seed(0))
        scale = 1e-12 if method == "autograd" else 0.05
        assert (found - expected).abs().max() < scale * expected.abs().max()


def test_normal_derivative_on_a_face():
    problem = pdec.loads(
        "space (x, y) in [0, 1]^2 unknown u equation u_xx + u_yy = 2 "
        "boundary a: dn(u) = 0 on x = 0 boundary b: dn(u) = 2 on x = 1 boundary c: dn(u) = 0 on y = 1 exact u = x^2"
    )
    assert {verdict.status for verdict in prove(problem)} == {"proved"}
    with pytest.raises(pdec.PdeError, match="there is no normal here"):
        pdec.loads("space (x, y) in [0, 1]^2 unknown u equation dn(u) = 0")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sum(i, max(i, 2)*u)", lambda x, i, u: i.clamp(min=2).sum() * u),
        ("max(sum(i, max(x[i], i)), u)", lambda x, i, u: torch.maximum(torch.maximum(x, i).sum(-1), u)),
        ("sum(i, i^(log(N + 2))*u)", lambda x, i, u: (i ** math.log(6)).sum() * u),
        ("sum(i, min(cosh(i), x[1])*u)", lambda x, i, u: torch.minimum(i.cosh(), x[:, :1]).sum(-1) * u),
        ("max(largest(x) - 1, 0)*u", lambda x, i, u: (x.amax(-1) - 1).clamp(min=0) * u),
        ("smallest(2*grad(u))", lambda x, i, u: 4 * x.amin(-1)),
        ("sum(i, i*largest(x[i]*x))*u", lambda x, i, u: ((x[:, :, None] * x[:, None]).amax(-1) * i).sum(-1) * u),
    ],
)
def test_indices_and_extremes_as_numbers(expression, expected):
    x = torch.rand(5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) + 0.5

    def f(x):
        return x.square().sum(-1, keepdim=True)

    found = pdec.estimate(expression, f, x, method="autograd")
    assert torch.allclose(found, expected(x, torch.arange(1.0, 5.0, dtype=torch.float64), f(x)[:, 0]), rtol=1e-12)


def test_fourth_order_needs_four_periodic_conditions():
    problem = pdec.loads(
        "space (x, y) in [0, 1]*[0, 2] time t in [0, 1] unknown u, v equation a: u_t + u_xxxx + u_yy = v "
        "equation b: v_x = u periodic x, y"
    )
    names = [condition.name for condition in problem.conditions]
    u, v = [name for name in names if "_u" in name], [name for name in names if "_v" in name]
    assert u == [
        "periodic_x_u",
        "periodic_x_u_x",
        "periodic_x_u_xx",
        "periodic_x_u_xxx",
        "periodic_y_u",
        "periodic_y_u_y",
    ]
    assert v == ["periodic_x_v", "periodic_y_v"]


def test_hard_conditions_on_a_box_of_few_coordinates():
    text = "dim N = 3 space x in [0, 1]^N unknown u equation lap(u) = 1 hard boundary u = 0"
    loss = pdec.compile(pdec.loads(text), method="autograd")
    edge = torch.rand(20, 3, dtype=torch.float64)
    edge[:, 1] = 1
    assert loss.solution(smooth(3, 1), edge).abs().max() < 1e-14
    with pytest.raises(pdec.PdeError, match="a factor for every coordinate"):
        pdec.loads(text, dim=9)


def test_a_reference_may_be_approximate():
    text = "space x in [0, 1] unknown u equation u_xx = u periodic x {kind} u = exp(x)"
    assert prove(pdec.loads(text.format(kind="reference"))) == ()
    assert {verdict.status for verdict in prove(pdec.loads(text.format(kind="exact")))} == {"proved", "violated"}


def test_explanations_read_like_the_file():
    problem = pdec.loads(
        "param a = 2 space (x, y) in [0, 1]^2 unknown v: vector(2), p equation m: lap(v) = grad(p) "
        "equation c: div(v) = 0 boundary v = [a*x, 0] boundary w: dn(p) = 0 hard boundary p = x on y = 0"
    )
    texts = {report.label: report.text for report in pdec.explain(problem).equations}
    assert texts["c"] == "div(v) = 0"
    assert texts["w"] == "dn(p) = 0"
    assert texts["boundary1"] == "[-a*x + v[1], v[2]] = 0"
    assert pdec.explain(problem).ansatz == ("p = x + (y)*network",)


def test_a_place_outside_the_domain_is_warned_of():
    problem = pdec.loads(
        "space x in [0, 1] unknown u equation u_xx = 0 boundary u = 7 on x = 3 boundary u = 0 on x = 0"
    )
    assert [warning.code for warning in problem.warnings] == ["W402"]


@pytest.mark.parametrize(
    ("equation", "options", "warned"),
    [
        ("u_xxx = u", {"method": "stein-antithetic"}, True),
        ("lap(lap(u)) = u", {"method": "stein-antithetic", "sigma": 0.1}, True),
        ("u_xxx = u", {"method": "stein-antithetic", "sigma": 1.0}, False),
        ("u_xxx = u", {"method": "autograd"}, False),
        ("u_xxx = u", {}, False),
        ("lap(u) = u_x", {}, False),
    ],
)
def test_noise_beyond_use_is_warned_of(equation, options, warned):
    problem = pdec.loads(f"space x in [0, 1] unknown u equation {equation}")
    found = warnings_for(problem, options_for(problem, options))
    assert [warning.code for warning in found] == ["W403"] * warned


def test_the_warning_of_noise_is_at_the_equation_that_has_the_derivative():
    text = "space x in [0, 1]^3 unknown p, E: vector(3) equation first: lap(p) = 1 equation second: Δ²E + grad(p) = 0"
    problem = pdec.loads(text)
    (warning,) = warnings_for(problem, options_for(problem, {"method": "stein-antithetic"}))
    assert text[warning.span.start : warning.span.end] == "Δ²E"


def test_with_hard_conditions_derivatives_are_those_of_the_network():
    problem = pdec.loads("dim N = 3 space x in ball(N) unknown u equation lap(u) = 1 hard boundary u = 0")
    (report,) = pdec.explain(problem).equations
    assert [atom.text for atom in report.atoms] == ["dot(x, grad(net_u))", "lap(net_u)", "net_u"]
    assert "lap_net_u = " in pdec.compile(problem).source


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        ("div(|grad(u)|^2*grad(u)) = |x|", "|grad(u)|^2*lap(u)"),
        ("|grad(u)| = 1", "|grad(u)| - 1 = 0"),
        ("|grad(u)|^3 + 1/|x| = 0", "|grad(u)|^3 + |x|^(-1) = 0"),
        ("|x|^q*lap(u) = 0", "|x|^q*lap(u) = 0"),
        ("|x|^(q - 2)*lap(u) = 0", "|x|^(-2 + q)*lap(u) = 0"),
    ],
)
def test_powers_of_norms_read_as_norms(equation, text):
    problem = pdec.loads(f"param q = 3 dim N = 3 space x in ball(N) unknown u equation {equation}")
    assert text in pdec.explain(problem).equations[0].text
