"""`pdec solve` that is interrupted and goes on: exit status, files, messages."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from pdec.training import checkpoint
from pdec.training.step import Stepper


def history(folder):
    """Rows of history.csv without the clock."""
    return [line.rsplit(",", 1)[0] for line in (folder / "history.csv").read_text().splitlines()]


@pytest.fixture
def stops(monkeypatch):
    """Sends a signal to this process when a run has made so many steps."""

    def at(step, number=signal.SIGTERM, times=1):
        make = Stepper.step

        def step_and_signal(self, before, share):
            made = make(self, before, share)
            if before + 1 == step:
                for _ in range(times):
                    os.kill(os.getpid(), number)
            return made

        monkeypatch.setattr(Stepper, "step", step_and_signal)

    return at


@pytest.mark.parametrize(
    ("number", "status", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_saves_and_shows_what_there_is(run, heat, quick, tmp_path, stops, monkeypatch, number, status, word):
    assert run("solve", heat, "--dim", 3, *quick, "--steps", 6, "--out", tmp_path / "whole").status == 0
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    stops(4, number)
    outcome = run("solve", heat, "--dim", 3, *quick, "--steps", 6, "--out", tmp_path / "run")
    assert outcome.status == status
    assert outcome.err == f"pdec: error: {word} after 4 steps; evaluating what was reached\n"
    assert "u: relative L1 error" in outcome.out
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert checkpoint.read(tmp_path / "run").step == 4
    monkeypatch.undo()
    outcome = run("solve", "--resume", tmp_path / "run")  # neither file nor dimension nor options
    assert outcome.status == 0, outcome.err
    assert history(tmp_path / "run") == history(tmp_path / "whole")
    results = [json.loads((tmp_path / name / "result.json").read_text()) for name in ("run", "whole")]
    assert results[0]["errors"] == results[1]["errors"]
    assert results[0]["steps"] == 6


def test_the_second_signal_ends_at_once(run, heat, quick, tmp_path, stops):
    stops(2, times=2)
    outcome = run("solve", heat, "--dim", 3, *quick, "--checkpoint-steps", 1)
    assert outcome.status == 143
    # the step that was broken off is not in the checkpoint
    assert checkpoint.read(tmp_path / "runs" / "heat").step == 1


def test_a_new_run_keeps_the_checkpoint_of_one_that_was_broken_off(run, heat, quick, tmp_path, stops, monkeypatch):
    stops(2)
    run("solve", heat, "--dim", 3, *quick)
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    outcome = run("solve", heat, "--dim", 3, *quick)
    assert (
        "runs/heat holds a run that ended at step 2 of 3: its checkpoint is now runs/heat/checkpoint-1.safe"
        in outcome.err
    )
    assert checkpoint.read(tmp_path / "runs/heat/checkpoint-1.safetensors").step == 2
    assert checkpoint.read(tmp_path / "runs/heat").step == 3
    assert "holds a run" not in run("solve", heat, "--dim", 3, *quick).err
    outcome = run("solve", "--resume", "runs/heat/checkpoint-1.safetensors", "--out", "other")
    assert outcome.status == 0
    assert history(tmp_path / "other") == history(tmp_path / "runs/heat")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("HEAT", "--resume", "runs/nothing"), 1, "runs/nothing: No such file or directory"),
        (("HEAT", "--resume", "."), 1, "there is no checkpoint.safetensors in .: nothing to continue"),
        (("OTHER", "--resume", "runs/heat"), 1, "or its data is not what runs/heat/checkpoint.safetensors was trained"),
        (("--resume", "runs/heat", "--dim", 4), 1, "runs/heat/checkpoint.safetensors is of dimension 3, not 4"),
        (("--resume", "runs/heat", "--width", 9), 2, "`width` cannot change in a run that goes on (8 so far)"),
    ],
)
def test_what_cannot_go_on_is_one_line(run, heat, quick, tmp_path, arguments, status, message):
    run("solve", heat, "--dim", 3, *quick, "--quiet")
    before = (tmp_path / "runs" / "heat" / "checkpoint.safetensors").read_bytes()
    (tmp_path / "other.pde").write_text(heat.read_text().replace("time  t in [0, 1]", "time  t in [0, 2]"))
    names = {"HEAT": heat, "OTHER": tmp_path / "other.pde"}
    outcome = run("solve", *(names.get(argument, argument) for argument in arguments))
    assert outcome.status == status
    assert outcome.err.startswith("pdec: error: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert (tmp_path / "runs" / "heat" / "checkpoint.safetensors").read_bytes() == before


def test_rolling_back_is_said(run, heat, quick):
    outcome = run("solve", heat, "--dim", 3, *quick, "--weight", "initial=1e300", "--on-nan", "rollback")
    assert outcome.status == 1
    assert outcome.err.startswith("pdec: error: the loss is not finite at step 1")
    assert "the weighted sum is inf; smaller weights may help" in outcome.err


@pytest.mark.parametrize(
    ("space", "source", "advice"),
    [
        ("R ~ sde(-10, sqrt(x), start=1)", "0", "points of `domain` are not finite: see the law"),
        (
            "[-1, 1]",
            "sqrt(x)",
            "no step was made yet, so look at the equations: a root, a quotient, a large power",
        ),
    ],
)
def test_what_to_try_where_the_loss_is_not_finite(run, tmp_path, quick, space, source, advice):
    path = tmp_path / "bad.pde"
    path.write_text(f"space x in {space} time t in [0, 1] unknown u equation u_t = u_xx + {source}")
    outcome = run("solve", path, *quick)
    assert outcome.status == 1
    assert f"not finite at step 1: `equation` is nan; {advice}" in outcome.err


def test_a_picture_of_points_that_are_not_finite(run, tmp_path, quick):
    path = tmp_path / "far.pde"
    path.write_text("space x in R ~ sde(100*x, x, start=1) time t in [0, 1] unknown u equation u_t = u_xx")
    outcome = run("solve", path, *quick, "--optimiser", "adam", "--steps", 1, "--out", tmp_path / "run")
    assert outcome.status == 0, outcome.err
    assert (tmp_path / "run" / "solution.png").exists()


def test_a_process_that_is_terminated(heat, quick, tmp_path):
    command = [sys.executable, "-m", "pdec", "solve", str(heat), "--dim", "2", *quick, "--out", str(tmp_path / "run")]
    process = subprocess.Popen(
        [*command, "--steps", "1000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "run" / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 143, err
    assert "u: relative L1 error" in out
    assert "terminated after" in err


def test_the_same_training_without_equations_is_a_row(run, heat, quick, tmp_path):
    outcome = run("solve", heat, "--dim", 3, *quick, "--without-equations")
    assert outcome.status == 0, outcome.err
    assert "u: trained without equations" in outcome.out
    rows = json.loads((tmp_path / "runs/heat/result.json").read_text())["baselines"]["u"]
    assert list(rows) == ["best constant", "fit of 1, t, |x|²", "trained without equations"]
    assert "points of uniform radius" in outcome.out


@pytest.mark.parametrize(
    ("space", "equation", "options"),
    [
        ("x in R^2 ~ sde(-x, 1, start=1e300)", "u_t + lap(u) = 0", ()),
        ("x in R^2 ~ sde(-x, 1, start=1e300)", "u_t + lap(u) = 0", ("--optimiser", "lbfgs")),
        ("x in [0, 1e300]", "u_t + lap(u) = 0", ()),
        ("x in [0, 1]", "u_t + lap(u) = max(u, 1e39)", ()),
    ],
)
def test_numbers_beyond_the_type_are_answered(run, tmp_path, space, equation, options):
    condition = "terminal u = 0" if "R^2" in space else "boundary u = 0"
    path = tmp_path / "large.pde"
    path.write_text(f"space {space}\ntime t in [0, 1]\nunknown u\nequation {equation}\n{condition}\n")
    outcome = run("solve", path, "--steps", 1, "--width", 8, *options)
    assert outcome.status == 1
    assert "a number of this problem is beyond the type of its numbers" in outcome.err
    assert "Traceback" not in outcome.err
