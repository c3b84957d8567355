"""Points of a step: quasi-random ones are more even, chosen ones lie where the residual is, both go on after a stop."""

import math

import pytest
import torch

import pdec
from pdec.training.balance import causal_weights
from pdec.training.collocation import Collocation, Sobol
from pdec.training.randomness import stream

CPU = torch.device("cpu")
PLAIN = {"device": CPU, "dtype": torch.float64}

BALL = """
space x in ball(3)
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = 0
boundary u = 0
train {{ method autograd; width 8; depth 2; points 256; {0} }}
"""


def collocation(more, text=BALL, **options):
    return Collocation(pdec.compile(pdec.loads(text.format(more)), **options), CPU, torch.float64)


def test_quasi_random_points_are_more_even():
    drawn = {
        name: [collocation(f"sequence {name}; seed {s}").batch(stream(s, "p"), None, 0)["domain"] for s in range(12)]
        for name in ("random", "sobol")
    }
    for statistic, truth in ((lambda p: p[:, 3].exp(), math.e - 1), (lambda p: p[:, :3].square().sum(1), 3 / 5)):
        spread = {
            name: math.sqrt(sum((statistic(p).mean().item() - truth) ** 2 for p in every) / 12)
            for name, every in drawn.items()
        }
        assert spread["sobol"] < 0.4 * spread["random"]
        assert spread["random"] < 0.05


def test_quasi_random_points_keep_their_law():
    batch = collocation("sequence sobol").batch(stream(0, "p"), None, 0)
    assert batch["boundary"][:, :3].norm(dim=1) == pytest.approx(1)
    assert torch.equal(batch["initial"][:, 3], torch.zeros(256, dtype=torch.float64))
    assert (batch["domain"][:, :3].norm(dim=1) <= 1).all()
    # another step has other points, and they continue the sequence: 512 of them are more even still
    other = collocation("sequence sobol", points=512).batch(stream(0, "p"), None, 0)
    torch.testing.assert_close(other["domain"][:256], batch["domain"])


def test_a_law_that_throws_points_away_is_still_right():
    text = BALL.replace("ball(3)", "[0, 1]^3 - ball(3, radius=0.5)")
    points = collocation("sequence sobol", text).batch(stream(0, "p"), None, 0)["domain"]
    assert (points[:, :3].norm(dim=1) >= 0.5 - 1e-6).all()


def test_a_sequence_goes_on():
    options = pdec.compile(pdec.loads(BALL.format(""))).options

    def draw(sobol, n):
        return sobol.points(lambda n, **given: torch.rand(n, 2, **given), n, generator=stream(0, "p"), **PLAIN)

    one, two = Sobol(options, "domain"), Sobol(options, "domain", 8)
    draw(one, 8)
    torch.testing.assert_close(draw(one, 8), draw(two, 8), rtol=0, atol=0)


def test_points_are_chosen_by_their_residuals():
    found = collocation("resample 5")
    calls = []

    def squares(pool):
        calls.append(len(pool["domain"]))
        return {"domain": (pool["domain"][:, 3] > 0.75).double()}

    first = found.batch(stream(0, "p"), squares, 0)
    assert calls == [8 * 256]
    # a quarter has weight 1 + 4, the rest 1: five eighths of what is chosen lie late
    assert (first["domain"][:, 3] > 0.75).double().mean().item() == pytest.approx(5 / 8, abs=0.1)
    second = found.batch(stream(1, "p"), squares, 1)
    assert torch.equal(second["domain"], first["domain"])
    assert not torch.equal(second["initial"], first["initial"])
    again = collocation("resample 5")
    again.restore(found.state())
    assert torch.equal(again.batch(stream(1, "p"), squares, 4)["domain"], first["domain"])
    assert not torch.equal(again.batch(stream(1, "p"), squares, 5)["domain"], first["domain"])


@pytest.mark.parametrize("more", ["sequence sobol", "resample 3", "sequence sobol; resample 2; causal 1"])
def test_runs_go_on_bit_for_bit(tmp_path, more):
    problem = pdec.loads(BALL.format(f"{more}; steps 8").replace("points 256", "points 16"))
    run = pdec.solve(problem)
    list(run)
    half = pdec.solve(problem, folder=tmp_path)
    for _ in range(4):
        half.advance()
    half.save_checkpoint()
    again = pdec.solve(problem, resume=tmp_path)
    list(again)
    assert [(p.loss, p.terms) for p in again.history] == [(p.loss, p.terms) for p in run.history]


SPACE = """
space x in R^3 ~ normal(0, 1)
time t in [1, 3]
unknown u
equation u_t + lap(u) = 0
terminal u = 0
train {{ points 20000; diffuse 2 }}
"""


def test_points_follow_the_diffusion():
    batch = collocation("", SPACE).batch(stream(0, "p"), None, 0)
    # the variance is 1 + 2·(t - 1)·E(uniform): 3 at the last time, 2 on the mean over all
    assert batch["terminal"][:, :3].square().mean().item() == pytest.approx(3, rel=0.03)
    assert batch["domain"][:, :3].square().mean().item() == pytest.approx(2, rel=0.03)
    assert torch.equal(batch["terminal"][:, 3], torch.full((20000,), 3.0, dtype=torch.float64))
    with pytest.raises(pdec.OptionError, match="`diffuse` is for problems with time in a whole space"):
        collocation("diffuse 1")


def test_points_move_to_larger_residuals():
    found = collocation("", SPACE, adversarial=3, adversarial_step=0.5, points=8)
    batch = found.batch(stream(0, "p"), None, 0)

    def total(points):
        # larger towards the right, and later
        return sum((p[:, 0] + 2 * p[:, 3]).sum() - p[:, 1].sum() for p in points.values())

    moved = found.against(batch, total)
    for name in ("domain", "terminal"):
        torch.testing.assert_close(moved[name][:, 0], batch[name][:, 0] + 1.5)
        torch.testing.assert_close(moved[name][:, 1], batch[name][:, 1] - 1.5)
        torch.testing.assert_close(moved[name][:, 2], batch[name][:, 2])
    torch.testing.assert_close(moved["domain"][:, 3], (batch["domain"][:, 3] + 1.5).clamp(1, 3))
    assert (moved["terminal"][:, 3] == 3).all()
    with pytest.raises(pdec.OptionError, match="`adversarial` points move anywhere"):
        collocation("adversarial 2")


def test_training_against_adversaries_has_larger_losses():
    text = SPACE.replace("{{ points 20000; diffuse 2 }}", "{ method autograd; width 8; points 16; steps 2 }")
    text = text.replace("terminal u = 0", "terminal u = x[1]^2")
    plain, hard = (next(pdec.solve(pdec.loads(text), adversarial=k)) for k in (0, 5))
    assert hard.loss > plain.loss


@pytest.mark.parametrize("options", [{"resample": 1}, {"causal": 5.0}])
def test_squares_without_bias_that_are_negative_weigh_nothing(options, monkeypatch):
    """Points are chosen, and times weighed, by squared residuals, whose estimates are often negative here."""
    text = "dim N = 3 space x in ball(N) time t in [0, 1] unknown u equation u_t = lap(u) initial u = |x|^2"
    small = {"method": "stein-antithetic", "sigma": 0.01, "samples": 16, "width": 8, "depth": 2, "points": 200}
    seen = []

    def weights(squares, *args, **kwargs):
        seen.append(squares.min().item())
        return causal_weights(squares, *args, **kwargs)

    def choose(self, generator, squares):
        found = squares({"domain": self.loss.points(200, generator=generator)})
        seen.append(found["domain"].min().item())
        return chosen(self, generator, squares)

    chosen = Collocation._choose
    monkeypatch.setattr("pdec.training.step.causal_weights", weights)
    monkeypatch.setattr(Collocation, "_choose", choose)
    run = pdec.solve(pdec.loads(text), unbiased=True, steps=10, **small, **options)
    generator = torch.Generator().manual_seed(0)
    squares = run.loss.squares(run.net, run.loss.sample(generator=generator), generator=generator)
    assert (squares["equation"] < 0).any()
    assert len(list(run)) == 10
    assert len(seen) == 10
    assert min(seen) == 0
