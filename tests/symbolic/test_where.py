"""Domains, regions and parts of boundaries, from text to points: where they lie, how many of them, which normal."""

import math

import pytest
import torch
from sympy import Integer
from sympy.core.symbol import Str

import pdec
from pdec.codegen.laws import LawWriter
from pdec.domains import Annulus, Ball, Box, Difference, Intersection, Product, Sphere, Union, WholeSpace
from pdec.domains.sample import depth_at
from pdec.runtime import geometry, sampling
from pdec.symbolic.atoms import Partial
from pdec.symbolic.prove import prove

N = 20_000
HOLE = "region hole = ball(2, radius=0.2, center=[0.5, 0.5]) space (x, y) in [0, 1]^2 - hole unknown u "


def compiled(text, **options):
    return pdec.compile(pdec.loads(text), **{"method": "autograd", "dtype": "float64", "points": N, **options})


def batch(loss, dtype=torch.float64):
    return loss.sample(generator=torch.Generator().manual_seed(0), dtype=dtype)


def assert_share(chosen, expected):
    """How many of the points are chosen, within five standard errors."""
    assert abs(chosen.double().mean().item() - expected) < 5 * (expected * (1 - expected) / len(chosen)) ** 0.5


def assert_mean(values, expected):
    """The mean of independent values, within five standard errors."""
    assert abs(values.mean() - expected) < 5 * values.std() / len(values) ** 0.5


def normals(loss, name, points):
    """The normal at points of a condition `dn(u) = 0`, from the generated code: dn of each coordinate."""
    columns = range(loss.problem.dim)
    return torch.stack([loss.condition(name, lambda x, k=k: x[:, k : k + 1], points) for k in columns], 1).detach()


def test_a_square_with_a_hole():
    loss = compiled(
        HOLE + "equation lap(u) = 0 boundary whole: dn(u) = 0 boundary ring: dn(u) = 0 on hole "
        "boundary left: dn(u) = 0 on x = 0 boundary corner: u = 0 on x = 0, y = 1"
    )
    points = batch(loss)
    x, ring = points["domain"], points["ring"] - 0.5
    assert (x - 0.5).norm(dim=1).min() >= 0.2
    assert_share(x[:, 0] < 0.3, 0.3 / (1 - math.pi / 25))
    assert (ring.norm(dim=1) - 0.2).abs().max() < 1e-12
    assert_mean(ring[:, 0], 0)
    assert torch.allclose(normals(loss, "ring", points["ring"]), -ring / 0.2)
    whole = points["whole"]
    on_ring = ((whole - 0.5).norm(dim=1) - 0.2).abs() < 1e-9
    assert_share(on_ring, 0.4 * math.pi / (4 + 0.4 * math.pi))
    found = normals(loss, "whole", whole)
    assert torch.allclose(found[on_ring], (0.5 - whole[on_ring]) / 0.2)
    outer = whole[~on_ring]
    assert torch.allclose(found[~on_ring], (outer == 1).double() - (outer == 0).double())
    assert (points["left"][:, 0] == 0).all()
    assert torch.equal(normals(loss, "left", points["left"][:5]), torch.tensor([[-1.0, 0.0]] * 5, dtype=torch.float64))
    assert torch.equal(points["corner"], torch.tensor([[0.0, 1.0]] * N, dtype=torch.float64))


def test_an_l_shape_has_no_boundary_inside_and_its_own_at_the_notch():
    loss = compiled(
        "space (x, y) in [0, 1]^2 - [0.5, 1]^2 unknown u equation lap(u) = 0 boundary whole: dn(u) = 0 "
        "boundary notch: dn(u) = 0 on x = 0.5 boundary inside: u = 0 on x = 0.25"
    )
    points = batch(loss)
    whole = points["whole"]
    assert not (whole > 0.5).all(dim=1).any()
    assert not ((whole > 0) & (whole < 0.5)).all(dim=1).any()
    for place, share in (((0, 0.0), 1 / 4), ((0, 1.0), 1 / 8), ((0, 0.5), 1 / 8), ((1, 0.0), 1 / 4), ((1, 0.5), 1 / 8)):
        assert_share(whole[:, place[0]] == place[1], share)
    notch = points["notch"]
    assert notch[:, 1].min() >= 0.5
    assert_mean(notch[:, 1], 0.75)
    assert torch.equal(normals(loss, "notch", notch[:3]), torch.tensor([[1.0, 0.0]] * 3, dtype=torch.float64))
    assert_mean(points["inside"][:, 1], 0.5)


def test_faces_that_coincide_are_drawn_once():
    loss = compiled(
        "region a = [0, 2]*[0, 1] region b = [1, 3]*[0, 1] space (x, y) in a ∪ b unknown u equation lap(u) = 0 "
        "boundary whole: u = 0 boundary part: u = 0 on b"
    )
    points = batch(loss)
    assert_mean(points["domain"][:, 0], 1.5)
    assert_share(points["domain"][:, 0] < 1, 1 / 3)
    whole = points["whole"]
    assert_share(whole[:, 1] == 0, 3 / 8)
    low = whole[whole[:, 1] == 0]
    assert_share(low[:, 0] < 1, 1 / 3)
    assert_share(low[:, 0] > 2, 1 / 3)
    assert points["part"][:, 0].min() >= 1
    assert_share(points["part"][:, 0] == 3, 1 / 5)


@pytest.mark.parametrize("dim", [1, 2, 10_000])
def test_an_annulus(dim):
    text = "dim N = {} space x in annulus(N, inner=0.99, outer=1) unknown u equation u = 0 boundary whole: u = 0 "
    text += "boundary small: dn(u) = 0 on inner boundary large: dn(u) = 0 on outer"
    loss = compiled(text.format(dim), points=2000 if dim < 100 else 500)
    points = {name: x.double() for name, x in batch(loss).items()}
    radius = points["domain"].norm(dim=1)
    hollow = 0.99**dim
    assert_mean((radius**dim - hollow) / (1 - hollow), 0.5)
    assert_share(points["whole"].norm(dim=1) < 0.995, 0.99 ** (dim - 1) / (1 + 0.99 ** (dim - 1)))
    assert torch.allclose(points["small"].norm(dim=1), torch.tensor(0.99).double())
    assert torch.allclose(points["large"].norm(dim=1), torch.tensor(1.0).double())
    if dim < 100:
        assert torch.allclose(normals(loss, "small", points["small"]), -points["small"] / 0.99)
        assert torch.allclose(normals(loss, "large", points["large"]), points["large"])


def test_a_cylinder():
    loss = compiled(
        "space (x, y, z) in ball(2)*[0, 3] unknown u equation lap(u) = 0 boundary whole: dn(u) = 0 "
        "region mantle = sphere(2)*[0, 3] boundary side: dn(u) = 0 on mantle "
        "boundary floor: dn(u) = 0 on z = 0 periodic z"
    )
    points = batch(loss)
    whole = points["whole"]
    flat = (whole[:, 2] == 0) | (whole[:, 2] == 3)
    assert_share(flat, 2 / 8)
    found = normals(loss, "whole", whole)
    assert torch.allclose(found[~flat], torch.cat([whole[~flat, :2], torch.zeros_like(whole[~flat, :1])], 1))
    assert torch.allclose(found[flat, 2], (whole[flat, 2] - 1.5).sign())
    side = points["side"]
    assert torch.allclose(normals(loss, "side", side), side * torch.tensor([1.0, 1, 0]))
    assert_mean(side[:, 2], 1.5)
    assert (points["floor"][:, 2] == 0).all()
    assert_mean(points["floor"][:, :2].square().sum(1), 0.5)
    assert (points["periodic_z_u"][:, 2] == 0).all()


def test_interfaces_and_equations_in_regions():
    loss = compiled(
        "region core = [0, 0.5]*[0, 1] space (x, y) in [0, 1]^2 unknown u equation lap(u) = 0 "
        "equation left: u = 1 in core equation right: u = 2 outside core boundary meet: dn(u) = 0 on core"
    )
    points = batch(loss)
    assert list(points) == ["domain", "in core", "outside core", "meet"]
    assert points["in core"][:, 0].max() <= 0.5 <= points["outside core"][:, 0].min()
    assert_mean(points["outside core"][:, 0], 0.75)
    assert (points["meet"][:, 0] == 0.5).all()
    assert torch.equal(normals(loss, "meet", points["meet"][:2]), torch.tensor([[1.0, 0.0]] * 2, dtype=torch.float64))
    residual = loss.residual(lambda x: 0 * x[:, :1] + 5, points["domain"])
    assert [float(values[0].detach()) for values in residual.values()] == [0, 4, 3]
    assert set(loss.terms(lambda x: 0 * x[:, :1] + 5, points)) == {"equation1", "left", "right", "meet"}


def test_time_stands_beside_the_points_of_a_region():
    loss = compiled(
        HOLE
        + "time t in [1, 2] equation u_t = lap(u) initial u = 0 initial early: u = 1 in spot boundary u = t on hole "
        "region spot = ball(2, radius=0.1, center=[0.1, 0.1])"
    )
    points = batch(loss)
    assert points["early"].shape == (N, 3)
    assert (points["early"][:, :2] - 0.1).norm(dim=1).max() <= 0.1 + 1e-9
    assert points["early"][:, 0].min() >= 0
    assert (points["early"][:, 2] == 1).all()
    assert_mean(points["boundary"][:, 2], 1.5)


@pytest.mark.parametrize("method", ["stein-antithetic", "autograd"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_kind_compiles_and_runs(method, dtype):
    loss = compiled(
        HOLE + "region spot = annulus(2, inner=0.05, outer=0.1, center=0.15) equation lap(u) = 0 in spot "
        "equation lap(u) = 1 outside spot boundary dn(u) = u boundary inside: dn(u) = 1 on spot",
        method=method,
        points=50,
        samples=8,
        sigma=0.1,
    )
    points = batch(loss, dtype)
    assert "domain" not in points
    net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).to(dtype)
    value = loss(net, points, generator=torch.Generator().manual_seed(0))
    value.backward()
    assert value.isfinite()
    assert all(x.dtype == dtype for x in points.values())
    assert loss.points(7, dtype=dtype).shape == (7, 2)


def test_too_thin_a_set_ends_in_an_error_and_not_in_waiting():
    with pytest.raises(RuntimeError, match="5 of 5 points were not found"):
        sampling.kept(5, lambda n: torch.rand(n, 1), lambda x: x[:, 0] < 0)


RIGHT = {
    "annulus": "space (x, y) in annulus(2, inner=1, outer=2) unknown u equation lap(u) = 0 boundary u = 0 on inner "
    "boundary far: u = log(2) on outer boundary slope: dn(u) = 1/2 on outer exact u = log(x^2 + y^2)/2",
    "shell in any dimension": "dim N = 5 space x in annulus(N, inner=1, outer=2) unknown u "
    "equation lap(u) = 0 boundary u = 1 on inner boundary far: u = 2^(2 - N) on outer exact u = |x|^(2 - N)",
    "L": "space (x, y) in [-1, 1]^2 - [0, 1]*[-1, 0] unknown u equation lap(u) = 0 boundary u = x^2 - y^2 "
    "boundary notch: dn(u) = 2*x on x = 0 exact u = x^2 - y^2",
    "cylinder": "space (x, y, z) in ball(2)*[0, 1] unknown u equation lap(u) = 2 boundary u = (x^2 + y^2)/2 + z "
    "boundary top: dn(u) = 1 on z = 1 exact u = (x^2 + y^2)/2 + z",
    "two materials": "region core = ball(2, radius=0.5) space (x, y) in ball(2) unknown a, b let r2 = x^2 + y^2 "
    "equation inside: 10*lap(a) = 4 in core equation outside1: lap(b) = 4 outside core boundary meet: a = b on core "
    "boundary flux: 10*dn(a) = dn(b) on core boundary wall: b = 1 exact a = r2/10 + 0.225 exact b = r2",
    "moved": "space x in ball(3, radius=2, center=[1, 0, 0]) unknown u equation lap(u) = 6 "
    "boundary dn(u) = 4 exact u = |x - [1, 0, 0]|^2",
    "exterior": "space (x, y) in R^2 - ball(2) ~ normal(0, 2) unknown u equation lap(u) = 0 boundary dn(u) = -1 "
    "exact u = log(x^2 + y^2)/2",
    "on a sphere": "space x in sphere(3, radius=2) unknown u equation dot(x, grad(u)) = 8 exact u = |x|^2",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_proved_and_what_is_wrong_is_not(name):
    problem = pdec.loads(RIGHT[name])
    verdicts = prove(problem)
    assert len(verdicts) == len(problem.equations) + len(problem.conditions)
    assert {verdict.status for verdict in verdicts} <= {"proved", "holds"}
    head, exact, solution = RIGHT[name].rpartition("exact ")
    wrong = prove(pdec.loads(f"{head}{exact}{solution} + 1e-3*sin(3*{'x' if 'space (x' in head else 'x[1]'})"))
    assert {verdict.status for verdict in wrong} >= {"violated"}


def test_a_cylinder_without_ends_is_no_sphere():
    text = "space {} in ball(2)*R ~ normal(0, 1) unknown u equation lap(u) = 0 boundary {} exact u = {}"
    right = [("(x, y, z)", "dn(u) = 0", "z"), ("x", "dn(u) = 2*x[1]", "2*x[1]"), ("x", "u = |x|^2", "1 + x[3]^2")]
    for names, condition, solution in right:
        verdicts = prove(pdec.loads(text.format(names, condition, solution)))
        assert verdicts[1].status in ("proved", "holds")
    (_, verdict) = prove(pdec.loads(text.format("x", "u = |x|^2", "1 + 0*x[1]")))
    assert verdict.status == "violated"
    loss = compiled(text.format("x", "dn(u) = 0", "1"))
    points = batch(loss)["boundary"]
    assert torch.allclose(normals(loss, "boundary", points), points * torch.tensor([1.0, 1, 0]))


def test_no_function_is_known_for_a_lens_that_is_taken_away():
    text = "space (x, y) in [-2, 2]^2 - intersection(ball(2), ball(2, center=[1, 0])) unknown u equation lap(u) = 0 "
    with pytest.raises(pdec.PdeError, match="no function is known that vanishes on"):
        pdec.loads(f"{text} hard boundary u = 0")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("u = 0", "u = ((-1 + |x|^2)*(4 - |x|^2))*network"),
        ("u = 1 on inner", "u = 1 + (-1 + |x|^2)*network"),
        ("u = x[1] on outer", "u = x[1] + (4 - |x|^2)*network"),
    ],
)
def test_hard_conditions_on_an_annulus(condition, text):
    space = "space x in annulus(3, inner=1, outer=2) unknown u equation lap(u) = 0 "
    assert pdec.explain(pdec.loads(f"{space} hard boundary {condition}")).ansatz == (text,)


@pytest.mark.parametrize(
    "space",
    [
        "annulus(2, inner=0.5, outer=1)",
        "ball(2)*[0, 1]",
        "[0, 1]^2 - ball(2, radius=0.2, center=[0.5, 0.5])",
        "intersection(ball(2), [0, 2]^2)",
        "ball(2, center=[1, 2])",
    ],
)
def test_hard_conditions_hold_on_the_boundary_and_leave_the_inside_free(space):
    text = f"space x in {space} unknown u equation lap(u) = 0 {{}}boundary u = 1 + x[1]"
    hard, soft = compiled(text.format("hard "), points=500), compiled(text.format(""), points=500)
    points, net = batch(soft), lambda x: 1 + 0 * x[:, :1]
    assert (hard.solution(net, points["boundary"])[:, 0] - 1 - points["boundary"][:, 0]).abs().max() < 1e-9
    assert ((hard.solution(net, points["domain"])[:, 0] - 1 - points["domain"][:, 0]) > 0).all()


def test_solids_of_the_runtime_and_of_the_compiler_are_the_same():
    square, ball = Box((-1.0,), (1.0,)), Ball(0.8, (0.3, 0.1, 0.0))
    tube = Product(((Annulus(0.5, 1.0), 2), (WholeSpace(), 1)))
    whole = (square, ball, Sphere(0.7), Annulus(0.3, 0.9, 0.1), tube)
    composed = (Union((square, ball)), Intersection((ball, tube)), Difference((square, ball, tube)))
    x = torch.randn(200, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for domain in (*whole, *composed):
        text = LawWriter(3, "3", {}).solid(domain.solid(3))
        depth, normal = eval(text, {**vars(geometry), "x": x})  # noqa: S307
        for k, point in enumerate(x.tolist()):
            expected, outward = depth_at(domain.solid(3), point)
            assert depth[k].item() == pytest.approx(expected, abs=1e-12)
            assert normal[k].tolist() == pytest.approx(outward, abs=1e-12)


@pytest.mark.parametrize("written", ["∂u/∂n", "d(u, n)"])
def test_the_normal_derivative_as_in_a_paper(written):
    text = "space (x, y) in ball(2) unknown u equation lap(u) = 0 boundary {} = x"
    found, wanted = (pdec.loads(text.format(part)).conditions[0].residual for part in (written, "dn(u)"))
    assert found.expression == wanted.expression
    with pytest.raises(pdec.PdeError, match="`n` is none"):
        pdec.loads(text.format("∂²u/∂n²"))
    named = "space (x, n) in [0, 1]^2 unknown u equation lap(u) = 0 boundary {} = x on x = 1"
    assert (
        pdec.loads(named.format(written))
        .conditions[0]
        .residual.expression.has(Partial(Str("u"), Integer(1), Integer(2)))
    )
