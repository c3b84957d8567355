"""Every file of the gallery against numbers that were computed without pdec.

`probes.json` holds, for each problem that comes from another project, smooth test fields (sums of sines and cosines of
linear forms), points, and the values there of the residual as that project states it.
"""

import json
import runpy
import time
from pathlib import Path

import pytest
import torch

import pdec
from pdec.cli.app import main
from pdec.symbolic.prove import prove, refutations

torch.set_num_threads(1)
HERE = Path(__file__).parent
GALLERY = HERE.parents[1] / "examples" / "gallery"
NAMES = sorted(file.stem for file in GALLERY.glob("*.pde"))
PROBES = json.loads((HERE / "probes.json").read_text())
OURS = {"laplace_annulus", "laplace_lshape", "heat_cylinder", "two_materials", "flow_around_disk"}
OURS |= {"elastic_bar", "fokker_planck_ou", "ginzburg_landau", "helmholtz_impedance", "kovasznay", "maxwell"}
OURS |= {"merton_jump", "minimal_surface", "heat_source", "stefan"}
"""Problems that come from no other project: they have an exact solution in place of a probe."""


def text_of(name, folder=GALLERY):
    return (folder / f"{name}.pde").read_text()


def problem_of(name, text=None):
    """The problem at the dimension of its probe."""
    return pdec.loads(text or text_of(name), dim=PROBES.get(name, {}).get("dim"), folder=GALLERY)


def loss_of(name, text=None):
    """Its loss, with the random parameters of its probe."""
    loss = pdec.compile(problem_of(name, text), method="autograd")
    for vector, values in PROBES.get(name, {}).get("vectors", {}).items():
        setattr(loss.module, vector, torch.tensor(values, dtype=torch.float64))
    return loss


def field_of(name):
    """The test fields of a probe, one column for each unknown; of a problem of ours, some other smooth functions."""
    if name in OURS:
        n_unknowns = problem_of(name).n_unknowns
        return lambda x: torch.stack(
            [(1.3 * x.sum(-1) + k).sin() + k * (0.7 * x[..., 0]).cos() for k in range(n_unknowns)], -1
        )

    def value(field, x):
        waves = (
            amplitude * getattr(torch, function)(x @ torch.tensor(slope, dtype=x.dtype) + phase)
            for function, amplitude, slope, phase in field["waves"]
        )
        return field["constant"] + sum(waves)

    return lambda x: torch.stack([value(field, x) for field in PROBES[name]["fields"]], dim=-1)


def exact_of(loss):
    return lambda x: torch.cat([values.reshape(len(x), -1) for values, _ in loss.known(x).values()], dim=1)


def network_for(loss, u):
    """The network with which the solution is `u`: hard conditions make the solution a linear function of it."""

    def constant(x, number):
        return torch.full((len(x), loss.problem.n_unknowns), number, dtype=x.dtype)

    def network(x):
        zero, one = (loss.solution(lambda p, n=n: constant(p, n), x) for n in (0.0, 1.0))
        return (u(x) - zero) / (one - zero)

    return network


def residual(loss, u, points):
    """All residuals of a solution, (B, number of equations), vector equations entry by entry."""
    true = {number.name: number.exact_value for number in loss.problem.numbers} or None
    found = loss.residual(network_for(loss, u), points, parameters=true)
    return torch.cat([values.reshape(len(points), -1) for values in found.values()], dim=1).detach()


def batch_of(loss):
    return loss.sample(generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def probe_of(name):
    points, values = (torch.tensor(PROBES[name][key], dtype=torch.float64) for key in ("points", "residuals"))
    return points, values


MENDED = ("poisson_threebody", "poisson_inverse")
"""Files whose probe is of the problem as it was published, which contradicts itself."""


def test_every_file_has_a_probe_or_a_solution():
    assert set(NAMES) - set(PROBES) == OURS
    assert set(SOLVED) >= OURS


@pytest.mark.parametrize("name", [name for name in NAMES if name in PROBES and name not in MENDED])
def test_residual(name):
    points, values = probe_of(name)
    torch.testing.assert_close(residual(loss_of(name), field_of(name), points), values, rtol=1e-9, atol=0)


def test_the_complex_equation_is_the_pair_of_real_ones():
    """i·h_t + h_xx/2 + |h|²h for h = u + i·v has the real part -(v_t - u_xx/2 - …), that of `imaginary` turned round,
    and the imaginary part u_t + v_xx/2 + …, that of `real`."""
    points, _ = probe_of("schrodinger_1d")
    whole, pair = (
        residual(loss_of(f"schrodinger_{name}"), field_of("schrodinger_1d"), points) for name in ("complex", "1d")
    )
    torch.testing.assert_close(whole, torch.stack([-pair[:, 1], pair[:, 0]], dim=1), rtol=1e-12, atol=0)


SOLVED = [name for name in NAMES if "\nexact" in text_of(name) or "\nmanufacture" in text_of(name)]


@pytest.mark.parametrize("name", SOLVED)
def test_exact_solution(name):
    loss = loss_of(name)
    exact, points = exact_of(loss), loss.points(100, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert residual(loss, exact, points).abs().max() < 1e-9
    assert residual(loss, lambda x: exact(x) * (1 + 0.1 * x[:, :1]), points).abs().max() > 1e-3
    verdicts = prove(pdec.load(GALLERY / f"{name}.pde"))
    assert {verdict.status for verdict in verdicts if verdict.kind != "data"} <= {"proved", "holds"}
    assert {verdict.status for verdict in verdicts if verdict.kind == "data"} <= {"compared"}
    assert len(verdicts) == len(loss.problem.equations) + len(loss.problem.conditions)


@pytest.mark.parametrize("name", [*SOLVED, "hjb_lqg"])
def test_conditions_of_the_exact_solution(name):
    loss = loss_of(name)
    soft = loss_of(name, text_of(name).replace("hard ", ""))
    exact, network = exact_of(loss), field_of(name)

    def solution(x):
        return loss.solution(network, x)

    for condition, points in batch_of(soft).items():
        if condition in soft.equation_sets or points.shape[1] > loss.problem.n_coords:
            continue  # equations, and data, which are measured with noise
        values = soft.condition(condition, solution, points)
        assert soft.condition(condition, exact, points).abs().max() < 1e-9
        if condition in loss.point_sets:
            assert values.abs().max() > 1e-2
            assert (loss.condition(condition, network, points) - values).abs().max() < 1e-9
        else:
            assert values.abs().max() < 1e-9


# Values that conditions give to problems without a solution in closed form; `x` are the points, `r` is |x|^2.
GIVEN = {
    ("allen_cahn", "terminal"): lambda x, r: 0.5 / (1 + 0.2 * r),
    ("sine_gordon_time", "terminal"): lambda x, r: 15 / (10 + 2 * r),
    ("hjb_lqg", "terminal"): lambda x, r: torch.log((1 + r) / 2),
    ("different_rates", "terminal"): lambda x, r: (
        (x[:, :3].amax(1) - 120).clamp(min=0) - 2 * (x[:, :3].amax(1) - 150).clamp(min=0)
    ),
    ("kuramoto_sivashinsky", "initial"): lambda x, r: x[:, 0].cos() * (1 + x[:, 0].sin()),
    ("schrodinger_1d", "initial1"): lambda x, r: 2 / x[:, 0].cosh(),
    ("schrodinger_1d", "initial2"): lambda x, r: 0 * r,
    ("schrodinger_complex", "initial"): lambda x, r: torch.stack([2 / x[:, 0].cosh(), 0 * r], dim=1),
    ("lid_driven_cavity", "lid"): lambda x, r: torch.stack([4 * x[:, 0] * (1 - x[:, 0]), 0 * r], dim=1),
    ("lid_driven_cavity", "left"): lambda x, r: torch.zeros(len(x), 2, dtype=x.dtype),
    ("lid_driven_cavity", "pressure"): lambda x, r: 0 * r,
    ("brusselator", "initial1"): lambda x, r: 0 * r + 1,
}


@pytest.mark.parametrize(("name", "condition"), GIVEN)
def test_what_conditions_give(name, condition):
    loss = loss_of(name)
    points = batch_of(loss)[condition]
    r = points[:, : loss.problem.dim].square().sum(1)
    columns = loss.problem.n_unknowns
    values = loss.condition(condition, lambda x: 7 + torch.zeros(len(x), columns, dtype=x.dtype), points)
    torch.testing.assert_close(7 - values, GIVEN[name, condition](points, r), rtol=1e-9, atol=1e-12)


# Solutions of the equations that do not meet the conditions of the file: what to write in the place of what.
ELSEWHERE = {
    "schrodinger_1d": (
        "periodic             x",
        "let D = cosh(4*x) + 4*cosh(2*x) + 3*cos(4*t)\n"
        "exact u = 4*(cos(t/2)*cosh(3*x) + 3*cos(9*t/2)*cosh(x))/D\n"
        "exact v = 4*(sin(t/2)*cosh(3*x) + 3*sin(9*t/2)*cosh(x))/D",
    ),
    "cahn_hilliard": (
        "initial   c = (cos(pi*x/8) + cos(pi*(x + y)/8))/10\nperiodic  x, y",
        "exact c = tanh(x/sqrt(2*gam))",
    ),
    "brusselator": ("initial   v = b/a + noise", "initial v = b/a exact u = a exact v = b/a"),
    "rayleigh_benard": (
        "initial             b = Lz - z + noise*z*(Lz - z)",
        "initial b = Lz - z exact p = z - z^2/2 - 1/3 exact b = Lz - z exact U = [0, 0]",
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_exact_solution_under_other_conditions(name):
    text = text_of(name)
    assert ELSEWHERE[name][0] in text
    text = text.replace(*ELSEWHERE[name]).split("train {")[0]
    verdicts = prove(problem_of(name, text))
    assert len(verdicts) >= 1
    assert {verdict.status for verdict in verdicts} <= {"proved", "holds"}
    loss = loss_of(name, text)
    assert residual(loss, exact_of(loss), probe_of(name)[0]).abs().max() < 1e-9


# What is wrong in a problem as it was published, and what is right.
CORRECTIONS = {
    "poisson_threebody": (
        "(1 - |x|^2)*3*S - 4*sum(i in 1..N-2, c[i]*exp(x[i]*x[i+1]*x[i+2])*(x[i] + x[i+1] + x[i+2])) - 2*N*S",
        "(1 - |x|^2)*sum(i in 1..N-2, c[i]*exp(x[i]*x[i+1]*x[i+2])"
        "*((x[i]*x[i+1])^2 + (x[i]*x[i+2])^2 + (x[i+1]*x[i+2])^2))"
        " - 12*sum(i in 1..N-2, c[i]*exp(x[i]*x[i+1]*x[i+2])*x[i]*x[i+1]*x[i+2]) - 2*N*S",
    ),
    "poisson_inverse": (
        "(2*x + 1)*cos(pi*x)*sin(pi*y) + (2*y + 1)*sin(pi*x)*cos(pi*y)",
        "(2*x - 1)*cos(pi*x)*sin(pi*y) + (2*y - 1)*sin(pi*x)*cos(pi*y)",
    ),
    "kdv": ("cosh(t)*sinh(x)", "3*a*sech(sqrt(a/nu)/2*(x - a*t))^2"),
}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_contradiction_is_found(name, capsys):
    published = text_of(name, HERE / "published")
    assert CORRECTIONS[name][0] in published
    problem, mended = (pdec.loads(text) for text in (published, published.replace(*CORRECTIONS[name])))
    wrong, right = prove(problem), prove(mended)
    assert [verdict.status for verdict in wrong if verdict.kind == "equation"] == ["violated"]
    assert [finding.code for finding in refutations(problem, wrong)] == ["E207"]
    assert {verdict.status for verdict in right} <= {"proved", "holds"}
    assert main(["check", str(HERE / "published" / f"{name}.pde")]) == 1
    assert "does not satisfy" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["poisson_threebody", "poisson_inverse"])
def test_residual_as_published(name):
    points, values = probe_of(name)
    loss = loss_of(name, text_of(name, HERE / "published"))
    torch.testing.assert_close(residual(loss, field_of(name), points), values, rtol=1e-9, atol=0)


def test_the_manufactured_source_is_the_right_one():
    name = "poisson_threebody"
    points, _ = probe_of(name)
    mended = loss_of(name, text_of(name, HERE / "published").replace(*CORRECTIONS[name]))
    values = residual(mended, field_of(name), points)
    torch.testing.assert_close(residual(loss_of(name), field_of(name), points), values, rtol=1e-9, atol=0)


def test_the_mended_inverse_problem_has_the_residual_worked_out_by_sympy():
    points, _ = probe_of("poisson_inverse")
    wanted = torch.tensor(PROBES["poisson_inverse"]["mended"], dtype=torch.float64)
    found = residual(loss_of("poisson_inverse"), field_of("poisson_inverse"), points)
    torch.testing.assert_close(found, wanted, rtol=1e-9, atol=0)


def test_the_data_files_are_those_of_the_script():
    script = runpy.run_path(str(GALLERY / "generate_data.py"))
    found = {path.name: path.read_text(encoding="utf-8") for path in GALLERY.glob("*.csv")}
    assert found == script["files"]()


@pytest.mark.parametrize(("name", "size"), [("poisson_inverse", 0.1), ("heat_inverse", 0.01)])
def test_the_exact_solution_differs_from_the_data_by_their_noise(name, size):
    loss = pdec.compile(problem_of(name), method="autograd", points=10_000)
    rows = batch_of(loss)["data"]
    values = loss.condition("data", exact_of(loss), rows)
    assert len(rows) == (2500 if name == "poisson_inverse" else 200)
    assert values.square().mean().sqrt().item() == pytest.approx(size, rel=0.1)


def test_tabulated_initial_data():
    loss = loss_of("burgers_2d")
    points = torch.tensor([[1.0, 0.0, 0.0], [0.125, 4.0, 0.0]], dtype=torch.float64)
    zero = torch.zeros(2, 2, dtype=torch.float64)
    u = -loss.condition("initial1", lambda x: zero, points)
    v = -loss.condition("initial2", lambda x: zero, points)
    x = points[:, 0] * torch.pi / 2
    torch.testing.assert_close(u, x.sin(), atol=1e-6, rtol=0)
    torch.testing.assert_close(v, x.cos() / 2, atol=1e-6, rtol=0)


def test_the_reference_solution_of_hjb_has_the_value_of_quadrature():
    loss = pdec.compile(pdec.load(GALLERY / "hjb_lqg.pde"), samples=2)
    points = torch.zeros(1, 251, dtype=torch.float64)
    value, error = loss.known(points, samples=20_000, generator=torch.Generator().manual_seed(0))["u"]
    assert error < 1e-3
    assert abs(value - 5.51545917) < 5 * error


@pytest.mark.parametrize("name", NAMES)
def test_commands(name, capsys):
    path = GALLERY / f"{name}.pde"
    assert main(["check", str(path)]) == 0
    printed = capsys.readouterr()
    assert "warning" not in printed.out + printed.err
    problem = pdec.load(path)
    assert problem.name == name
    assert not problem.warnings
    assert str(pdec.explain(problem))
    assert "stein-antithetic" in pdec.compile(problem, method="stein-antithetic").source
    if problem.dim_name:
        start = time.process_time()
        assert pdec.load(path, dim=100_000).dim == 100_000
        assert time.process_time() - start < 5  # generous: machines differ, and what is meant is "not in N"
