"""Runs that stop and go on: bit for bit, after any kill; and what cannot be continued is told, and left as it was."""

import contextlib
import dataclasses
import errno
import math
import multiprocessing
import os
import random
import signal
import time

import pytest
import torch

import pdec
from pdec.options import OptionError
from pdec.training import checkpoint
from pdec.training.errors import TrainingError
from pdec.training.loop import Run

WAVE = """
problem wave
space x in [0, 1]
unknown u
unknown param k = 2
equation u_xx = -k*u
boundary u = 0 on x = 0
boundary slope: u_x = 1 on x = 0
train { method stein-antithetic; samples 8; sigma 0.1; width 8; depth 3; points 7; steps 12; test_points 10 }
"""


def numbers(run):
    """The history without the clock."""
    return [(p.step, p.steps, p.loss, p.terms, p.lr, p.parameters) for p in run.history]


@pytest.mark.parametrize("stop", [0, 1, 7, 12])
def test_a_run_goes_on_bit_for_bit(tmp_path, stop):
    problem = pdec.loads(WAVE)
    whole = pdec.solve(problem)
    weights = whole.solution.net.state_dict()
    run = pdec.solve(problem, folder=tmp_path)
    for _ in range(stop):
        next(run)
    run.save_checkpoint()
    again = pdec.solve(problem, resume=tmp_path)
    assert len(again.history) == stop
    solution = again.solution
    assert numbers(again) == numbers(whole)
    assert all(torch.equal(weights[name], value) for name, value in solution.net.state_dict().items())
    assert solution.metrics == whole.solution.metrics


def test_the_end_of_a_run_is_a_checkpoint_and_more_steps_can_follow(tmp_path):
    problem = pdec.loads(WAVE)
    _ = pdec.solve(problem, folder=tmp_path).solution
    run = pdec.solve(problem, folder=tmp_path, resume=tmp_path, steps=15, lr=1e-4, schedule="constant")
    assert len(run.solution.history) == 15
    assert [p.lr for p in run.history[12:]] == [1e-4] * 3
    assert checkpoint.read(tmp_path).step == 15


def test_checkpoints_by_steps_and_by_seconds(make_loss, tmp_path):
    run = Run(make_loss(steps=100, checkpoint_steps=4), folder=tmp_path)
    seen = []
    for _ in range(10):
        next(run)
        seen.append(checkpoint.read(tmp_path).step)
    assert seen == [0, 0, 0, 0, 4, 4, 4, 4, 8, 8]
    run = Run(make_loss(steps=100, checkpoint_seconds=1e-9), folder=tmp_path / "other")
    for step in range(3):
        next(run)
        assert checkpoint.read(tmp_path / "other").step == step


def test_a_broken_step_is_not_saved(make_loss, tmp_path):
    run = Run(make_loss(steps=100), folder=tmp_path)
    next(run)
    run.save_checkpoint()

    def interrupt():
        raise KeyboardInterrupt

    run.stepper._optimisers[0].step = interrupt
    with pytest.raises(KeyboardInterrupt):
        next(run)
    run.stop()
    run.save_checkpoint()
    assert checkpoint.read(tmp_path).step == 1


def test_what_can_change_in_a_run_that_goes_on(tmp_path):
    problem = pdec.loads(WAVE)
    _ = pdec.solve(problem, folder=tmp_path, steps=1).solution
    with pytest.raises(
        OptionError, match=r"`width` cannot change in a run that goes on \(8 so far\); what can: steps, "
    ):
        pdec.solve(problem, resume=tmp_path, width=9)
    with pytest.raises(OptionError, match="`seed` cannot change"):
        pdec.solve(problem, resume=tmp_path, seed=1)
    assert pdec.solve(problem, resume=tmp_path, width=8, steps=2).loss.options.steps == 2


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (WAVE.replace("u_x = 1", "u_x = 2"), "is not what .* was trained on"),
        (WAVE.replace("problem wave", "problem string"), "is of the problem wave, not string"),
    ],
)
def test_another_problem_is_refused(tmp_path, other, message):
    run = pdec.solve(pdec.loads(WAVE), folder=tmp_path)
    next(run)
    with pytest.raises(TrainingError, match=message):
        pdec.solve(pdec.loads(other), resume=tmp_path)


def test_another_dimension_parameter_or_data_file_is_refused(tmp_path):
    text = 'dim N = 2\nparam c = 1\nspace x in [0, 1]^N\nunknown u\nequation lap(u) = c\ndata u = "d.csv"'
    (tmp_path / "d.csv").write_text("x1,x2,u\n0,0,1\n1,1,0\n")

    def load(**changes):
        return pdec.loads(text, folder=tmp_path, **changes)

    next(pdec.solve(load(), folder=tmp_path / "run", method="autograd", width=4, points=3))
    found = checkpoint.read(tmp_path / "run")
    with pytest.raises(TrainingError, match="is of dimension 2, not 3"):
        checkpoint.check_problem(found, dataclasses.replace(load(), dim=3))
    with pytest.raises(TrainingError, match="has other parameters: those of the file"):
        pdec.solve(load(params={"c": 2}), resume=tmp_path / "run")
    (tmp_path / "d.csv").write_text("x1,x2,u\n0,0,1\n1,1,0.5\n")
    with pytest.raises(TrainingError, match="or its data is not what"):
        pdec.solve(load(), resume=tmp_path / "run")
    # the folder of the run has the text and the data that were used
    pdec.solve(pdec.load(tmp_path / "run" / "problem.pde"), resume=tmp_path / "run")


def test_what_is_no_checkpoint_is_refused_and_stays(tmp_path):
    problem = pdec.loads(WAVE)
    solution = pdec.solve(problem, folder=tmp_path, steps=1).solution
    solution.save(tmp_path)
    good = (tmp_path / "checkpoint.safetensors").read_bytes()
    with pytest.raises(TrainingError, match="a file of tensors, but not a checkpoint"):
        pdec.solve(problem, resume=tmp_path / "model.safetensors")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TrainingError, match=r"there is no checkpoint.safetensors in .*: nothing to continue"):
        pdec.solve(problem, resume=tmp_path / "empty")
    with pytest.raises(FileNotFoundError):
        pdec.solve(problem, resume=tmp_path / "nowhere")
    (tmp_path / "checkpoint.safetensors").write_bytes(good[:-10])
    with pytest.raises(TrainingError, match=r"checkpoint.safetensors cannot be continued: it is not a checkpoint, or"):
        pdec.solve(problem, resume=tmp_path)
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == good[:-10]


def test_another_network_is_refused(tmp_path):
    problem = pdec.loads(WAVE)
    next(pdec.solve(problem, folder=tmp_path))
    with pytest.raises(TrainingError, match="does not fit this network and optimiser"):
        pdec.solve(problem, resume=tmp_path, net=torch.nn.Linear(1, 1))


def test_a_full_disk_ends_the_run_and_leaves_the_checkpoint(make_loss, tmp_path, monkeypatch):
    run = Run(make_loss(steps=100, checkpoint_steps=2), folder=tmp_path)
    for _ in range(3):
        next(run)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: .*/checkpoint.safetensors"):
        list(run)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    monkeypatch.undo()
    assert checkpoint.read(tmp_path).step == 2


def test_a_loss_that_is_not_finite_leaves_the_step(make_loss, tmp_path):
    loss = make_loss(steps=100)
    run = Run(loss, folder=tmp_path)
    for _ in range(3):
        next(run)
    expected = checkpoint.loads(checkpoint.dumps(run.state(), loss.problem, loss.options, 3))
    loss.scale = math.nan
    with pytest.raises(TrainingError, match=r"step 4: `equation` is nan.*: --resume .*failure.safetensors makes it"):
        next(run)
    found = checkpoint.read(tmp_path / "failure.safetensors")
    assert found.step == checkpoint.read(tmp_path).step == 3
    assert set(found.state["batch"]) == {"domain", "initial"}
    again = Run(loss, start=found)
    for name, generator in again.stepper.streams.items():
        assert torch.equal(generator.get_state(), expected.state["streams"][name])
    loss.scale = 1.0  # mended: the same step, on the same points
    drawn = []
    sample = loss.sample
    loss.sample = lambda **options: drawn.append(sample(**options)) or drawn[-1]
    assert next(again).step == 4
    assert torch.equal(drawn[0]["domain"], found.state["batch"]["domain"])


def test_a_gradient_that_no_eigenbasis_is_found_for_leaves_the_step(make_loss, tmp_path, monkeypatch):
    def broken():
        raise torch.linalg.LinAlgError("linalg.eigh: The algorithm failed to converge")

    run = Run(make_loss(steps=3), folder=tmp_path)
    monkeypatch.setattr(run.stepper._optimisers[0], "step", broken)
    with pytest.raises(TrainingError, match=r"the gradient is not finite at step 1, the loss is.*failure.safetensors"):
        next(run)


def test_rolling_back(make_loss):
    loss = make_loss(steps=10, checkpoint_steps=2, on_nan="rollback", schedule="constant", lr=0.1)
    run = Run(loss)
    for _ in range(5):
        next(run)
    loss.scale = math.nan
    terms = loss.terms

    def mended(*arguments, **options):
        loss.terms = terms
        found = terms(*arguments, **options)
        loss.scale = 1.0
        return found

    loss.terms = mended
    seen = [(p.step, p.lr) for p in run]
    assert seen == [(step, 0.05) for step in range(5, 11)]
    assert [p.lr for p in run.history] == [0.1] * 4 + [0.05] * 6
    assert run.notes == [
        "the loss is not finite at step 6: `equation` is nan; a smaller learning rate may help; "
        "back to step 4 at half the learning rate"
    ]


def test_rolling_back_ends(make_loss, tmp_path):
    run = Run(make_loss(scale=math.inf, on_nan="rollback"), folder=tmp_path)
    with pytest.raises(TrainingError, match="not finite at step 1"):
        next(run)
    assert len(run.notes) == 10


def train_and_tell(make_loss, folder, pipe):
    """In a process of its own: say every step that was made."""
    for progress in Run(make_loss(steps=10**6, checkpoint_steps=5, compile="no"), folder=folder):
        os.write(pipe, progress.step.to_bytes(4, "little"))


def killed_at_a_random_moment(make_loss, folder, seconds):
    """The steps that a run told of before it was killed."""
    here, there = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=train_and_tell, args=(make_loss, folder, there))
    process.start()
    os.close(there)
    os.read(here, 4)  # it has begun
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL, "it has ended before"
    told = 1
    with contextlib.suppress(OSError):
        while data := os.read(here, 4 * 4096):
            told = int.from_bytes(data[-4:], "little")
    os.close(here)
    return told


def check_kills(make_loss, tmp_path, times):
    draw = random.Random(0)
    lags, steps = [], []
    for k in range(times):
        folder = tmp_path / str(k)
        told = killed_at_a_random_moment(make_loss, folder, draw.uniform(0, 0.1))
        found = checkpoint.read(folder)
        lags.append(told - found.step)
        steps.append(found.step)
        run = Run(make_loss(steps=found.step + 1, compile="no"), start=found, folder=folder)
        assert len(run.solution.history) == found.step + 1
        assert not list(folder.glob(".*")), "what the killed process left is removed"
    assert max(lags) <= 5
    assert max(steps) > 0
    return lags


def test_a_kill_leaves_a_checkpoint(make_loss, tmp_path):
    check_kills(make_loss, tmp_path, 4)


@pytest.mark.slow
def test_200_kills_leave_a_checkpoint_each(make_loss, tmp_path):
    lags = check_kills(make_loss, tmp_path, 200)
    print(f"steps lost: at most {max(lags)}, interval 5")
