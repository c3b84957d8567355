"""The table of codes: every row says what it claims to."""

import re
from pathlib import Path

import pytest
from frame import errors, framed, said

from pdec.codes import CODES

ROOT = Path(__file__).parents[2]


def whole(example: str) -> str:
    """An example with its own domain is a whole file; another stands in the frame."""
    return example if "space " in example else framed(example)


@pytest.mark.parametrize("code", CODES)
def test_the_wrong_text_gets_the_code_and_the_mended_text_does_not(code):
    row = CODES[code]
    assert code in {diagnostic.code for diagnostic in said(whole(row.wrong))}
    assert code not in {diagnostic.code for diagnostic in said(whole(row.mended))}
    assert not errors(whole(row.mended))


@pytest.mark.parametrize("code", CODES)
def test_a_row_can_be_read(code):
    row = CODES[code]
    assert re.fullmatch(r"[EW][0-9]{3}", code)
    assert not row.title.endswith(".")
    assert row.why.endswith(".")
    assert len(row.title) < 80


def test_every_code_in_the_source_is_in_the_table():
    files = [path for path in (ROOT / "pdec").rglob("*.py") if path.name != "codes.py"]
    used = {code for path in files for code in re.findall(r'"([EW][0-9]{3})"', path.read_text(encoding="utf-8"))}
    assert used == set(CODES)
