"""The reference: every example in it does what it says, and its tables are those of the program."""

import re
from pathlib import Path

import pytest
from frame import FRAME, errors, framed

from pdec.codes import CODES
from pdec.diagnostics import PdeError
from pdec.language.keywords import RESERVED, words
from pdec.options import FIELDS
from pdec.symbolic.operators import CONSTANTS, OPERATORS

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference.md").read_text(encoding="utf-8")
# (info string, text, following text block) of every fenced block
TEXT = r"((?:(?!```).*\n)*?)```\n"
BLOCKS = re.findall(rf"^```(\S.*)\n{TEXT}(?:\n```text\n{TEXT})?", REFERENCE, re.MULTILINE)
PDE = [(info.split(), text, following) for info, text, following in BLOCKS if info.split()[0] == "pde"]
RIGHT = [(info, text) for info, text, _ in PDE if "wrong" not in info]
WRONG = [(info, text, following) for info, text, following in PDE if "wrong" in info]


def whole(info: list[str], text: str) -> str:
    return framed(text) if "fragment" in info else text


def test_every_block_is_seen():
    assert len(PDE) == REFERENCE.count("\n```pde")
    assert len(RIGHT) > 10
    assert WRONG
    assert {word for info, _, _ in PDE for word in info} <= {"pde", "fragment", "wrong"}
    assert f"```pde\n{FRAME}```" in REFERENCE


@pytest.mark.parametrize(("info", "text"), RIGHT, ids=[text.strip().splitlines()[0][:40] for _, text in RIGHT])
def test_example(info, text):
    found = errors(whole(info, text), "reference.pde")
    assert not found, str(PdeError(found))


@pytest.mark.parametrize(("info", "text", "message"), WRONG, ids=[text.splitlines()[0][:40] for _, text, _ in WRONG])
def test_wrong_example(info, text, message):
    assert message, "a wrong example is followed by its message in a ```text block"
    assert f"{PdeError(errors(whole(info, text), message.partition(':')[0]))}\n" == message


def test_the_codes_are_those_of_the_table():
    listed = dict(re.findall(r"^\| ([EW][0-9]{3}) \| (.*) \|$", REFERENCE, re.MULTILINE))
    assert listed == {code: row.title for code, row in CODES.items()}


def test_every_word_is_explained():
    blocks = re.findall(r"^```.*?^```", REFERENCE, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", REFERENCE, flags=re.MULTILINE | re.DOTALL))
    known = set(re.findall(r"[^\W_]\w*", " ".join([*blocks, *inline])))
    assert RESERVED | set(words("soft")) <= known
    assert set(FIELDS) | set(OPERATORS) | set(CONSTANTS) <= known


def test_it_is_read_in_a_quarter_of_an_hour():
    """At 240 words a minute, without the rows of codes and of options, in which one looks things up."""
    prose = re.sub(r"<!--.*?-->", "", REFERENCE, flags=re.DOTALL)
    prose = re.sub(r"^\| (?:[EW][0-9]{3}|`[a-z_`, ]+`) \|.*$", "", prose, flags=re.MULTILINE)
    assert len(prose.split()) < 15 * 240
