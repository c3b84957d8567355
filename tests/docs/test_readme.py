"""The README's tour of the language is written in the language."""

import re
from pathlib import Path

import pytest

from pdec.diagnostics import Source
from pdec.language.keywords import RESERVED
from pdec.language.parser import parse

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
TOUR = README.partition("| in the paper | in the file |")[2].partition("\n\n")[0]
SNIPPETS = [
    snippet
    for row in TOUR.splitlines()
    for snippet in re.findall(r"`([^`]+)`", re.split(r"(?<!\\)\|", row, maxsplit=2)[-1])
]


def test_the_tour_is_found():
    assert len(SNIPPETS) > 30


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippet(snippet):
    text = snippet.replace("\\|", "|").removesuffix(" …")
    if text.split()[0] in RESERVED:
        text += " 1" if text.endswith("=") else ""
    else:
        text = f"equation {text}" if not re.match(r"\[|annulus|ball", text) else f"space x in {text}"
    assert parse(Source("README.md", text)).statements
