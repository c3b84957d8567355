"""Several processes train as one does: the same numbers, the same end, nothing lost when one is killed."""

import importlib.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pdec
from pdec.training import checkpoint

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("together", HERE / "together.py")
together = importlib.util.module_from_spec(spec)
spec.loader.exec_module(together)


def launch(size, *arguments, restarts=0, folder):
    """torchrun, on this machine: status, standard output, standard error."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(size)]
    command += ["--max-restarts", str(restarts), "--monitor-interval", "0.1", *map(str, arguments)]
    root = Path(pdec.__file__).parents[1]
    path = os.pathsep.join([str(root), str(folder), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": path}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def alone():
    return {name: together.made(name) for name in together.CASES}


def close(one, other):
    """Equal texts, numbers to 1e-6."""
    if isinstance(one, list):
        return len(one) == len(other) and all(map(close, one, other))
    return one == other if isinstance(one, str) else math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("size", "names"),
    [(2, tuple(together.CASES)), (4, ("groups", "few points", "one point", "few adversaries"))],
    ids=["two", "four"],
)
def test_the_numbers_of_one_process(tmp_path, alone, size, names):
    outcome = launch(size, HERE / "together.py", tmp_path, *names, folder=tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    found = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in range(size)]
    assert all(each["size"] == size for each in found)
    for name in names:
        expected = alone[name]
        for each in found:
            assert each[name]["notes"] == expected["notes"], name
            assert close(each[name]["history"], expected["history"]), name
            assert close(each[name]["weights"], expected["weights"]), name
            assert each[name]["random"] == expected["random"], name  # the streams are where one process has them
        assert all(each[name] == found[0][name] for each in found), name  # to the last bit
    assert all(each[key] == found[0][key] for each in found for key in ("networks", "errors", "resumed", "clock"))
    assert found[0]["resumed"][:2] == [6, 7]
    assert not (tmp_path / "run-1").exists()  # the first one alone writes
    assert [each["stopped"] for each in found] == [[3, rank != 1] for rank in range(size)]
    others = f"{size - 1} of {size} processes have other problems, options or checkpoints than the first one"
    assert [each["seeds"] for each in found] == [others] * size
    assert found[0]["dropout"] == "a network with Dropout draws numbers that processes do not share"
    assert "No such file" in found[0]["checkpoint"]
    assert found[1]["checkpoint"] == "the first process could not read what all need"


NETWORK = """
import os, signal, torch
from pdec.training import launch

class Doomed(torch.nn.Sequential):
    calls = 0

    def forward(self, x):
        Doomed.calls += 1
        if launch.rank() == 1 and launch.restarts() == 0 and Doomed.calls == 3 * 7:
            os.kill(os.getpid(), signal.SIGKILL)  # three calls a step: at the seventh
        if launch.rank() == 1 and launch.restarts() == 1 and Doomed.calls == 3 * 3:
            os.kill(os.getpid(), signal.SIGTERM)  # gently: the process ends, and the others with it
        return super().forward(x)

def net(problem, options):
    torch.manual_seed(0)
    return Doomed(torch.nn.Linear(problem.n_coords, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
"""


def test_a_killed_process_and_a_signal_to_one(tmp_path):
    (tmp_path / "mine.py").write_text(NETWORK)
    (tmp_path / "heat.pde").write_text(f"problem heat\n{together.HEAT}")
    options = {"method": "stein-antithetic", "points": 8, "samples": 4, "steps": 20, "dtype": "float64"}
    flags = [text for name, value in options.items() for text in (f"--{name}", value)]
    few = ["--test-points", 20, "--checkpoint-steps", 2, "--net", "mine:net"]
    command = ["-m", "pdec", "solve", "heat.pde", *flags, *few]
    outcome = launch(2, *command, restarts=1, folder=tmp_path)
    # killed in step 7, it goes on after step 6; told to end in the third step from there, all end with it
    assert "terminated after 9 steps; evaluating what was reached" in outcome.stderr
    assert outcome.stdout.count("u: relative L1 error") == 2  # one table: a row for each law of the points
    result = json.loads((tmp_path / "runs/heat/result.json").read_text())
    assert result["steps"] == 9
    assert checkpoint.read(tmp_path / "runs/heat").step == 9
    sys.path.insert(0, str(tmp_path))
    try:
        run = pdec.solve(pdec.load(tmp_path / "heat.pde"), net="mine:net", **options)
    finally:
        sys.path.remove(str(tmp_path))
    expected = [run.advance().loss for _ in range(9)]
    solution = pdec.open(tmp_path / "runs/heat", net=run.net)
    assert close([step.loss for step in solution.history], expected)
