"""Every wrong file gets exactly the message that lies beside it."""

import time

import pytest
from regenerate import HERE, message

WRONG = sorted(HERE.glob("*.pde"))


def test_there_are_many():
    assert len(WRONG) >= 40
    assert {path.stem for path in WRONG} == {path.stem for path in HERE.glob("*.txt")}


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_message(path):
    start = time.process_time()
    assert message(path) == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert time.process_time() - start < 2
