"""Every doubtful file gets exactly the warnings that lie beside it."""

import importlib.util
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("regenerate_warned", HERE / "regenerate.py")  # tests/wrong has one too
regenerate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(regenerate)

WARNED = sorted(HERE.glob("*.pde"))


def test_every_file_has_its_message():
    assert {path.stem for path in WARNED} == {path.stem for path in HERE.glob("*.txt")}


@pytest.mark.parametrize("path", WARNED, ids=lambda path: path.stem)
def test_message(path):
    start = time.process_time()
    assert regenerate.message(path) == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert time.process_time() - start < 2
