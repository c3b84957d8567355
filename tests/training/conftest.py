"""A hand-made loss with the interface of the compiled one: the heat equation u_t = lap(u) in the unit ball."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import sympy
import torch

from pdec.diagnostics import Source, Span
from pdec.domains import Ball
from pdec.options import Options, with_changes
from pdec.problem import Condition, Coordinates, KnownSolution, Problem, Residual, Unknown
from pdec.runtime import sampling

HERE = Span(0, 1)
QUICK = {"steps": 5, "width": 8, "depth": 2, "samples": 4, "points": 10, "test_points": 50, "test_samples": 4}


def residual(label):
    return Residual(label, sympy.Integer(0), None, (), 2, "linear", HERE, {})


def heat(dim=2, *, known=True, expectation=False, size=1):
    solution = KnownSolution("u", "exact", sympy.Integer(0), None, expectation, HERE)
    return Problem(
        name="heat",
        source=Source("heat.pde", "problem heat\n# a text with Δ in it\n"),
        dim=dim,
        dim_name="N",
        coordinates=Coordinates(("x",), True, "t", (0.0, 1.0)),
        domain=Ball(),
        unknowns=(Unknown("u", size, 0, size == 1),),
        constants={"N": dim},
        equations=(residual("equation"),),
        conditions=(Condition("initial", "initial", residual("initial")),),
        solutions=(solution,) if known else (),
        settings={},
        warnings=(),
    )


@dataclass
class FakeLoss:
    problem: Problem
    options: Options
    source: str = "# no source\n"
    point_sets: tuple = ("domain", "initial")
    smooth: bool = True
    scale: float = 1.0
    equation_sets: ClassVar[dict] = {"domain": ("equation",)}

    def points(self, n, name="domain", *, generator=None, device=None, dtype=None):
        kwargs = {"generator": generator, "device": device, "dtype": dtype}
        x = sampling.uniform_ball(n, self.problem.dim, radius=1.0, center=0.0, **kwargs)
        return torch.cat([x, sampling.uniform_times(n, 0.0, float(name == "domain"), **kwargs)], dim=1)

    def sample(self, *, generator=None, device=None, dtype=None):
        kwargs = {"generator": generator, "device": device, "dtype": dtype}
        return {name: self.points(self.options.points_of(name), name, **kwargs) for name in self.point_sets}

    def __call__(self, net, batch, *, generator=None):
        return self.weighted(self.terms(net, batch, generator=generator))

    def terms(self, net, batch, *, generator=None):
        x = batch["initial"]
        wrong = self.solution(net, x, samples=4, generator=generator) - self.truth(x)
        return {
            "equation": self.scale * self.residual(net, batch["domain"])["equation"].square().mean(),
            "initial": wrong.square().mean(),
        }

    def weighted(self, terms):
        return sum(
            self.options.weight_of(name, "domain" if name == "equation" else name) * value
            for name, value in terms.items()
        )

    def residual(self, net, points, *, generator=None):
        x = points.detach().requires_grad_()
        d = self.problem.dim
        u = net(x)[:, 0]
        (du,) = torch.autograd.grad(u.sum(), x, create_graph=True)
        lap = sum(torch.autograd.grad(du[:, i].sum(), x, create_graph=True)[0][:, i] for i in range(d))
        return {"equation": du[:, d] - lap}

    def solution(self, net, points, *, samples, generator=None):
        if not self.smooth:
            return net(points)
        noise = torch.randn(samples, *points.shape, generator=generator, dtype=points.dtype, device=points.device)
        return net(points + self.options.space_sigma * noise).mean(dim=0)

    network = solution

    def truth(self, points):
        u = points[..., -1:] + points[..., :-1].square().sum(dim=-1, keepdim=True) / (2 * self.problem.dim)
        return u.expand(*u.shape[:-1], self.problem.n_unknowns)

    def known(self, points, *, samples, generator=None):
        spread = (
            torch.full((len(points), 1), 0.01)
            if self.problem.solutions and self.problem.solutions[0].expectation
            else None
        )
        return {"u": (self.truth(points), spread)} if self.problem.solutions else {}


@pytest.fixture
def make_loss():
    """Builds the loss above from a problem, with options for a quick run and any others on top."""

    def make(problem=None, *, smooth=True, scale=1.0, **options):
        settings = with_changes(Options(), {**QUICK, **options})
        return FakeLoss(problem or heat(), settings, smooth=smooth, scale=scale)

    return make


@pytest.fixture
def make_heat():
    return heat
