"""The loop: its records, its end, its errors, and that nothing global moves."""

import math

import pytest
import torch
from torch import nn

from pdec.options import OptionError
from pdec.training.errors import TrainingError
from pdec.training.loop import Run
from pdec.training.solution import Solution


def losses(run):
    return [progress.loss for progress in run]


def test_a_record_a_step(make_loss):
    run = Run(make_loss(steps=4, lr=0.1, weight={"initial": 10}))
    records = list(run)
    assert [(p.step, p.steps) for p in records] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [p.lr for p in records] == pytest.approx([0.1, 0.075, 0.05, 0.025])
    assert [p.seconds for p in records] == sorted(p.seconds for p in records)
    for p in records:
        assert p.loss == pytest.approx(p.terms["equation"] + 10 * p.terms["initial"])


def test_training_learns(make_loss):
    run = Run(make_loss(steps=150, width=32, points=50, lr=1e-2, weight={"initial": 10}))
    before = sum(losses(run)[:5])
    assert sum(p.loss for p in run.history[-5:]) < 0.1 * before


def test_yield_from_gives_the_solution(make_loss):
    seen = []

    def watch(run):
        solution = yield from run
        seen.append(solution)

    run = Run(make_loss())
    assert len(list(watch(run))) == 5
    assert isinstance(seen[0], Solution)
    assert seen[0] is run.solution
    assert seen[0].history == tuple(run.history)


def test_solution_trains_to_the_end(make_loss):
    assert len(Run(make_loss()).solution.history) == 5


def test_no_steps_at_all(make_loss):
    solution = Run(make_loss(steps=0)).solution
    assert solution.history == ()
    assert solution.errors["u"]["l1"] > 0
    assert solution.to_json()["losses"] == {}


def test_stop_keeps_the_history(make_loss):
    run = Run(make_loss(steps=100))
    next(run)
    next(run)
    run.stop()
    assert list(run) == []
    assert len(run.solution.history) == 2


def test_an_interrupt_leaves_a_run_that_can_be_stopped(make_loss):
    loss = make_loss(steps=100)
    run = Run(loss)
    next(run)

    def interrupt(**_):
        raise KeyboardInterrupt

    loss.sample = interrupt
    with pytest.raises(KeyboardInterrupt):
        next(run)
    run.stop()
    assert run.solution.to_json()["steps"] == 1


def test_same_seed_same_numbers(make_loss):
    assert losses(Run(make_loss(seed=3))) == losses(Run(make_loss(seed=3)))
    assert losses(Run(make_loss(seed=3))) != losses(Run(make_loss(seed=4)))


def test_evaluation_does_not_move_the_training(make_loss):
    runs = [Run(make_loss(test_points=n)) for n in (10, 1000)]
    assert losses(runs[0]) == losses(runs[1])


def test_nothing_global_moves(make_loss):
    state, dtype = torch.get_rng_state(), torch.get_default_dtype()
    net = Run(make_loss(dtype="float64")).solution.net
    assert next(net.parameters()).dtype == torch.float64
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == dtype


def test_own_network(make_loss):
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    before = net[0].weight.detach().clone()
    solution = Run(make_loss(), net=net).solution
    assert solution.net is net
    assert not torch.equal(net[0].weight, before)


def test_a_loss_that_is_not_finite_stops_the_run(make_loss):
    run = Run(make_loss(scale=math.inf))
    with pytest.raises(TrainingError, match=r"not finite at step 1: `equation` is inf"):
        next(run)
    with pytest.raises(TrainingError, match="at step 1: the weighted sum is inf"):
        next(Run(make_loss(weight={"initial": 1e300})))
    assert run.history == []


@pytest.mark.parametrize("device", ["nowhere", "cuda:99", "meta"])
def test_a_device_that_cannot_be_used(make_loss, device):
    with pytest.raises(OptionError, match=f"`device` cannot be `{device}` here"):
        Run(make_loss(device=device))
