"""Training by a compiled loss: the numbers of eager training; what happens where torch cannot compile."""

import functools

import pytest
import torch

import pdec
from pdec.options import OptionError
from pdec.training.errors import TrainingError
from pdec.training.graph import Terms, compilable, pays

TEXT = """
dim N = 3
space x in ball(N)
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = |x|^2
boundary u = 1
"""
SMALL = {"width": 8, "depth": 2, "steps": 5, "points": 6, "samples": 8, "dtype": "float64", "test_points": 50}


def history(**changes):
    return [(p.loss, p.terms) for p in pdec.solve(pdec.loads(TEXT), **{**SMALL, **changes})]


def test_compiled_training_has_the_numbers_of_eager_training(monkeypatch):
    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend="eager"))
    for method in ("stein", "stein-antithetic", "hutchinson", "taylor"):
        plain, compiled = history(method=method, compile="no"), history(method=method, compile="yes")
        assert [loss for loss, _ in compiled] == pytest.approx([loss for loss, _ in plain], rel=1e-9)


def test_auto_compiles_long_runs_without_back_propagation_alone(monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "compile", lambda function, **_: asked.append(1) or function)
    for method, steps, count in (
        *(("stein", 9_999, 0), ("autograd", 10_000, 0), ("stein", 10_000, 1)),
        *(("taylor", 9_999, 1), ("taylor", 10_000, 2), ("hutchinson", 10_000, 3)),
    ):
        next(iter(pdec.solve(pdec.loads(TEXT), **{**SMALL, "steps": steps, "method": method})))
        assert len(asked) == count


def test_auto_compiles_short_runs_in_very_many_dimensions():
    source = "dim N = 100 space x in ball(N) unknown u hard boundary u = 0 equation lap(u) = u^3 manufacture u = "
    source += "(1 - |x|^2)*sum(i in 1..N-1, sin(x[i] + x[i+1]))"
    cases = ((100_000, 200, True), (100_000, 199, False), (1_000, 9_999, False), (1_000, 10_000, True))
    for dim, steps, paying in cases:
        problem = pdec.loads(source, dim=dim)
        loss = pdec.compile(problem, method="hutchinson", width=2, points=100, steps=steps)
        assert pays(loss) is paying
    # the points that meet the source count, here those of the boundary, and no word in a comment
    edge = (
        "dim N = 1000 space x in ball(N) unknown u equation lap(u) = 0 boundary u = sum(i in 1..N-1, sin(x[i]*x[i+1]))"
    )
    for domain, boundary, paying in ((1, 1000, True), (1000, 1, False)):
        points = {"": domain, "boundary": boundary}
        loss = pdec.compile(pdec.loads("# by_rows(\n" + edge), method="hutchinson", points=points, steps=2_000)
        assert pays(loss) is paying


def test_where_torch_cannot_compile(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no working C++ compiler\nfound")

    plain = history(method="stein", compile="no")
    monkeypatch.setattr(torch, "compile", lambda *_, **__: broken)
    monkeypatch.setattr("pdec.training.graph.PAYS_FROM", 1)
    assert history(method="stein") == plain
    with pytest.raises(TrainingError, match=r"no working C\+\+ compiler found\); try --compile no"):
        history(method="stein", compile="yes")
    with pytest.raises(OptionError, match="`autograd` differentiates by back-propagation"):
        history(method="autograd", compile="yes")


def test_what_is_differentiated_backward_in_part_is_not_compiled():
    """A mixed derivative is carried along one axis only."""
    text = "space x in [0, 1] time t in [0, 1] unknown u equation u_xt = 0 boundary u = 0 initial u = 0"
    for method, able in (("stein", True), ("taylor", False)):
        assert compilable(pdec.compile(pdec.loads(text), method=method)) is able


@pytest.mark.parametrize(
    ("options", "why"), [({"causal": 1.0}, "`causal` weights"), ({"optimiser": "lbfgs"}, "`lbfgs`")]
)
def test_what_would_not_be_compiled_is_refused_where_it_is_asked_for(options, why):
    with pytest.raises(OptionError, match=f"`compile` cannot be `yes` in a training with {why}"):
        history(method="stein", compile="yes", **options)
    with pytest.raises(OptionError, match="by several processes"):
        Terms(pdec.compile(pdec.loads(TEXT), method="stein", compile="yes"), alone=False)
