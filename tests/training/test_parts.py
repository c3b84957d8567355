"""What several processes evaluate adds up to what one evaluates: values, gradients, random numbers."""

from dataclasses import replace

import pytest
import torch

import pdec
from pdec.training.network import network_for
from pdec.training.parts import part, squares
from pdec.training.ranks import Ranks

HEAT = """
dim N = 7
space x in ball(N, radius=1)
time t in [0, 1]
unknown u
equation u_t = lap(u) + |grad(u)|^2
initial u = |x|^2
boundary u = t
"""
INVERSE = """
space (x, y) in [0, 1]^2
unknown u
unknown param k = 2
equation u_xx + k*u_yy = x
boundary u = 0 on y = 0
periodic x
data u = "d.csv"
"""
# at places of each point, at nodes that all points have in common, at one place; with sums, integrals, means
ELSEWHERE = """
space x in [0, 1]
time t in [0, 1]
unknown u
equation u_t = u_xx + u(x/2, t) + u(0.5, t)*u + integral(s in 0..x, s*u(s, t))
equation gauge: mean(u^2) = E[z ~ normal(3)] u(x + z[1]*z[2], t)
boundary u = 0
"""
VECTOR = """
space (x, y) in [0, 1]^2
unknown v: vector(2), p
equation momentum: (v.grad)v + grad(p) = lap(v)
equation mass: div(v) = 0
boundary v = [y, 0]
"""


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        (HEAT, ("stein", "stein-chi", "stein-quadrature", "stein-cv", "taylor", "autograd")),
        (INVERSE, ("stein-chi", "stein-antithetic", "autograd")),
        (ELSEWHERE, ("stein", "stein-antithetic", "autograd")),
        (VECTOR, ("stein-radial", "stein-vanilla")),
    ],
    ids=["heat", "inverse", "elsewhere", "vector"],
)
def test_parts_add_up(tmp_path, text, methods):
    (tmp_path / "d.csv").write_text("\n".join(["x,y,u", *(f"{k / 14},{k * k % 15 / 14},{k}" for k in range(15))]))
    problem = pdec.loads(text, folder=tmp_path)
    small = {"samples": 12, "points": 15, "share": 3, "width": 8, "depth": 3, "mean_points": 22, "quadrature": 5}
    for method in methods:
        loss = pdec.compile(problem, method=method, dtype="float64", embedding="none", **small)
        net = network_for(problem, loss.options)
        batch = loss.sample(generator=torch.Generator().manual_seed(1))
        parameters = loss.parameters()
        trained = [*net.parameters(), *parameters.values()]

        def evaluated(ranks, loss=loss, net=net, batch=batch, parameters=parameters, trained=trained):
            generator = torch.Generator().manual_seed(2)
            given = {"parameters": parameters} if parameters else {}
            found = squares(loss, net, batch, ranks, generator=generator, **given)
            slopes = torch.autograd.grad(sum(v.sum() for v in found.values()), trained, allow_unused=True)
            slopes = [torch.zeros_like(p) if s is None else s for p, s in zip(trained, slopes)]
            return {label: v.detach() for label, v in found.items()}, slopes, generator.get_state()

        whole, slopes, state = evaluated(Ranks())
        draw = loss.module.__dict__.get("draw")
        for size in (2, 3, 7):
            parts = [evaluated(Ranks(rank, size)) for rank in range(size)]
            assert all(torch.equal(own, state) for _, _, own in parts)
            assert list(parts[0][0]) == list(whole)
            for label, values in whole.items():
                torch.testing.assert_close(sum(own[label] for own, _, _ in parts), values, rtol=1e-8, atol=1e-12)
            for k, slope in enumerate(slopes):
                scale = slope.abs().max().item()
                torch.testing.assert_close(sum(own[k] for _, own, _ in parts), slope, rtol=0, atol=1e-8 * scale)
        assert loss.module.__dict__.get("draw") is draw  # as it was


@pytest.mark.parametrize(("count", "size"), [(1, 2), (2, 2), (3, 4), (7, 3), (8, 4), (9, 8), (100, 7)])
def test_every_point_has_one_process(count, size):
    parts = [part(count, Ranks(rank, size)) for rank in range(size)]
    own = [n for each in parts if each.own for n in range(each.first, each.last)]
    assert own == list(range(count))
    assert all(each.size >= min(2, count) for each in parts)
    # a process without points evaluates those of the first one
    assert all(each == replace(parts[0], own=False) for each in parts if not each.own)
