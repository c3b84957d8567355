"""The page on unknown parameters, data and tables: its examples load, and its limits are those of the program."""

import re
from pathlib import Path

import pytest
from frame import said

from pdec.codegen.files import MAX_INLINE
from pdec.diagnostics import PdeError
from pdec.sheets import MAX_BYTES, MAX_NUMBERS
from pdec.tables import MAX_LINEAR

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```pde\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example(text):
    found = said(text)
    assert not found, str(PdeError(found))


def test_limits():
    assert len(EXAMPLES) == 3
    assert (MAX_BYTES, MAX_NUMBERS, MAX_INLINE, MAX_LINEAR) == (32 * 2**20, 1_000_000, 1000, 6)
    for words in ("at most 32 MiB and a\nmillion numbers", "Up to 1000 numbers", "parameters six at most"):
        assert words in PAGE
