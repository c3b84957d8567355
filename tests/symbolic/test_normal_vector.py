"""The outward normal: `n` in boundary conditions, `dn`, and both where surfaces are curved."""

import pytest
import torch

import pdec
from pdec.symbolic.prove import prove

PLACES = {
    "disk": ("ball(2, radius=2)", ""),
    "outer": ("annulus(2, inner=1, outer=2)", "on outer"),
    "inner": ("annulus(2, inner=1, outer=2)", "on inner"),
    "face": ("[-2, 2]^2", "on x = 2"),
    "box": ("[-2, 2]^2", ""),
}
TEXT = """
space (x, y) in {0}
unknown u, E: vector(2)
let flux = dot(grad(u), n)
equation bilap(u) = 0
equation lap(E) = 0
boundary second: dn(dn(u)) = 2 {1}
boundary given:  flux = 2*dot([x, y], n) {1}
boundary twice:  dot(dot(hess(u), n), n) + u = 2 + x^2 + y^2 {1}
boundary held:   dn(flux) + 0*u = 2 {1}
boundary slip:   dot(E, n) = x*n[2] - y*n[1] {1}
boundary summed: sum(i, n[i]*E[i]) = x*n[2] - y*n[1] {1}
exact u = x^2 + y^2
exact E = [-y, x]
"""


@pytest.mark.parametrize("place", PLACES)
def test_the_normal_is_held_fast_and_points_outward(place):
    problem = pdec.loads(TEXT.format(*PLACES[place]))
    assert {verdict.status for verdict in prove(problem)} <= {"proved", "holds"}


@pytest.mark.parametrize("place", PLACES)
def test_conditions_with_the_normal_vanish_in_generated_code(place):
    problem = pdec.loads(TEXT.format(*PLACES[place]))
    loss = pdec.compile(problem, method="autograd")

    def solution(points):
        x, y = points[..., 0], points[..., 1]
        return torch.stack([x**2 + y**2, -y, x], -1)

    batch = loss.sample(generator=torch.Generator().manual_seed(0))
    for condition in problem.conditions:
        residual = loss.condition(condition.name, solution, batch[condition.name].double())
        assert residual.abs().max() < 1e-4  # points were drawn in single precision


def test_a_file_may_call_something_else_n():
    text = "param n = 2 space x in [0, 1] unknown u equation u_xx = n boundary u = n*x exact u = x^2 + x"
    (equation, boundary) = prove(pdec.loads(text))
    assert equation.status == "holds"
    assert boundary.status == "holds"
    assert [v.status for v in prove(pdec.loads(text, params={"n": 3}))] == ["violated", "violated"]


def test_one_random_number_where_the_coordinate_is_one():
    text = "space x in R ~ normal(0, 1) unknown u equation u + {}*E[z ~ normal(1)] u(x + z) = 2*x^2 + 1 exact u = x^2"
    assert [v.status for v in prove(pdec.loads(text.format(1)))] == ["holds"]
    assert [v.status for v in prove(pdec.loads(text.format(2)))] == ["violated"]
