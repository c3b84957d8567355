"""What several processes evaluate adds up to what one evaluates: values, gradients, random numbers."""

from dataclasses import replace
from functools import partial

import pytest
import torch

import pdec
from pdec.bench.meter import peak_bytes
from pdec.training.network import network_for
from pdec.training.parts import in_pieces, part, pieces, squares
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


@pytest.mark.parametrize("number", [2, 3, 20])
@pytest.mark.parametrize("method", ["stein", "stein-antithetic", "taylor"])
def test_pieces_give_the_gradients_of_the_whole(number, method):
    given = {"method": method, "dtype": "float64", "width": 6, "samples": 8, "points": 11, "share": 4}
    whole = pdec.compile(pdec.loads(HEAT), **given)
    net = network_for(whole.problem, whole.options)
    batch = whole.sample(generator=torch.Generator().manual_seed(0))
    generator, other = (torch.Generator().manual_seed(1) for _ in range(2))
    expected = whole(net, batch, generator=generator)
    expected.backward()
    wanted = [parameter.grad for parameter in net.parameters()]
    net.zero_grad()
    cut = pdec.compile(whole.problem, **given, pieces=number)
    value, terms = in_pieces(cut, net, batch, Ranks(), other, pieces(cut))
    for parameter, gradient in zip(net.parameters(), wanted):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(value, whole.weighted(terms))
    torch.testing.assert_close(value, expected.detach())
    assert torch.equal(generator.get_state(), other.get_state())


@pytest.mark.parametrize(
    "changes", [{}, {"finish": 2}, {"optimiser": "lbfgs", "steps": 1}, {"resample": 2}, {"unbiased": True}]
)
def test_training_in_pieces_is_training(changes):
    problem = pdec.loads(HEAT.replace(" + |grad(u)|^2", ""))
    given = {"steps": 4, "dtype": "float64", "width": 6, "samples": 16, "points": 9, "test_points": 5, **changes}
    one, other = (pdec.solve(problem, **given, pieces=number).solution for number in (1, 3))
    for mine, yours in zip(one.net.parameters(), other.net.parameters()):
        torch.testing.assert_close(mine, yours, rtol=1e-6, atol=1e-6)


def test_only_what_asks_much_of_the_network_is_cut():
    problem = pdec.loads(HEAT, dim=50)
    taken = pieces(pdec.compile(problem, method="taylor", points={"domain": 64}, pieces=6))
    assert taken == {"domain": 6, "initial": 1, "boundary": 1}
    taken = pieces(
        pdec.compile(problem, method="taylor", points={"domain": 1, "initial": 25, "boundary": 99}, pieces=6)
    )
    assert taken["domain"] > taken["initial"] > 1


def test_values_at_other_places_are_cut():
    text = "space x in [0, 1] time t in [0, 1] unknown u equation u_t = u_xx initial u = x "
    text += "boundary u = integral(s in 0..1, u(s, t))"
    peaks = []
    for number in (1, 4):
        loss = pdec.compile(pdec.loads(text), method="taylor", width=64, points=200, pieces=number)
        assert pieces(loss) == {"domain": number, "initial": 1, "boundary": number}
        net, generator = network_for(loss.problem, loss.options), torch.Generator().manual_seed(0)
        work = partial(in_pieces, loss, net, loss.sample(generator=generator), Ranks(), generator, pieces(loss))
        peaks.append(peak_bytes(work, torch.device("cpu")))
    assert peaks[1] < peaks[0] / 2


def test_pieces_need_less_memory():
    problem, peaks = pdec.loads(HEAT, dim=50), []
    for number in (1, 4):
        loss = pdec.compile(problem, method="taylor", width=64, points=64, pieces=number)
        net, generator = network_for(problem, loss.options), torch.Generator().manual_seed(0)
        batch = loss.sample(generator=generator)
        work = partial(in_pieces, loss, net, batch, Ranks(), generator, pieces(loss))
        peaks.append(peak_bytes(work, torch.device("cpu")))
    assert peaks[1] < peaks[0] / 2


@pytest.mark.parametrize("changes", [{"causal": 1}, {"balance": "gradient-norm"}, {"compile": "yes"}])
def test_what_weighs_points_or_terms_takes_them_whole(changes):
    with pytest.raises(pdec.OptionError, match="pieces"):
        pdec.solve(pdec.loads(HEAT), steps=1, width=4, samples=4, points=4, pieces=2, **changes).solution  # noqa: B018
