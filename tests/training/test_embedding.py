"""The loss in other people's loops: each example runs for a few steps, where what it needs is installed."""

import importlib.util
import runpy
from pathlib import Path

import pytest
import torch

import pdec

FOLDER = Path(__file__).parents[2] / "examples" / "embedding"
NEEDS = {"with_lightning": "lightning", "with_accelerate": "accelerate"}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.py")))
def test_example(name, monkeypatch, capsys):
    if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    monkeypatch.setattr("sys.argv", [f"{name}.py", "3"])
    state = torch.get_rng_state()
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    torch.set_rng_state(state)
    assert float(capsys.readouterr().out.split()[-1]) > 0


def test_the_network_of_the_example_by_its_name(monkeypatch):
    monkeypatch.chdir(FOLDER)
    problem = pdec.loads("space x in [0, 1] unknown u equation u_xx = 1 boundary u = 0")
    run = pdec.solve(problem, net="own_network:make", steps=2, method="autograd")
    assert type(run.net).__name__ == "Residual"
    assert len(list(run)) == 2
