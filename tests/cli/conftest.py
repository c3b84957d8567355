"""The command line in process: `run("solve", …)` gives the exit status and what was printed."""

from collections import namedtuple
from pathlib import Path

import pytest

from pdec.cli.app import main

EXAMPLES = Path(__file__).parents[2] / "examples"
QUICK = ("--steps", "3", "--samples", "4", "--width", "8", "--depth", "2", "--points", "5", "--test-points", "20")

Outcome = namedtuple("Outcome", "status out err")


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capsys.readouterr())

    return call


@pytest.fixture
def heat():
    return EXAMPLES / "heat.pde"


@pytest.fixture
def quick():
    return QUICK


@pytest.fixture
def broken(tmp_path):
    file = tmp_path / "broken.pde"
    file.write_text("problem broken\nspace x in [0, 1]\nunknown u(x)\nequation lap(v) = 0\n")
    return file
