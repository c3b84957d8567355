"""`pdec fmt`: the layout changes nothing that is said, keeps every comment, and does not change its own work."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import files

from pdec.diagnostics import PdeError, Source
from pdec.language.format import format_file
from pdec.language.layout import layout
from pdec.language.messages import STATEMENTS
from pdec.language.parser import parse, tokenize

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.pde"))
relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def laid_out(text: str) -> str:
    return layout(Source("test.pde", text))


def scrambled(text: str, draw) -> str:
    """The same tokens with other space, line breaks and comments between them."""
    tokens, _ = tokenize(Source("test.pde", text))
    result, end = "", 0
    for number, token in enumerate(tokens):
        between = text[end : token.start_pos]
        choices = [between, between and " ", between and "\t  "]
        # a keyword that begins a statement has to begin its line, or to stay where it was
        if token.type not in STATEMENTS or "\n" in between or not result:
            choices += ["\n", "\n\n\n", " \r\n"]
            # `E[w ~` is seen as one: there is no room for comments in it
            if "EXPECT" not in {before.type for before in tokens[max(0, number - 2) : number]}:
                choices += [f" #c{number}\n", f"\n  # c{number} = (\n", f"#a{number}\n\n#b{number}\n"]
        result += draw(st.sampled_from(choices)) + text[token.start_pos : token.end_pos]
        end = token.end_pos
    return result + draw(st.sampled_from(["", "\n", " # end", "\n\n# end\n\n"]))


def holds(text: str) -> None:
    result = laid_out(text)
    assert parse(Source("test.pde", result)) == parse(Source("test.pde", text))
    assert laid_out(result) == result
    assert re.findall(r"#[^\r\n]*", result) == re.findall(r"#[^\r\n]*", text)
    assert "\n\n\n" not in result
    assert not re.search(r"[ \t\r]\n|^\n|\n\n$", result)


@relaxed
@given(files, st.data())
def test_any_file(file, data):
    holds(scrambled(format_file(file), data.draw))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_laid_out(path):
    """If this fails: `pdec fmt examples`."""
    text = path.read_text(encoding="utf-8")
    assert laid_out(text) == text


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(EXAMPLES), st.data())
def test_scrambled_examples(path, data):
    holds(scrambled(path.read_text(encoding="utf-8"), data.draw))


def test_spelling_stays():
    text = "equation  ∂u/∂t = Δu - μ*|∇u|² + ∂²v/∂x∂y·√(x) + x ** 2 − 1\n"
    assert laid_out(text) == "equation  ∂u/∂t = Δu - μ*|∇u|² + ∂²v/∂x∂y · √(x) + x**2 − 1\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n", ""),
        ("# only a comment", "# only a comment\n"),
        ("\ufeff\n# a\n\n\n#b\ndim N=2\n\n", "# a\n\n#b\ndim N = 2\n"),
        ("dim N=2 # why\nspace x in[0,1]^N", f"dim   N = 2{'# why':>40}\nspace x in [0, 1]^N\n"),
        ("problem p\ndim N=2\nunknown u", "problem p\ndim N = 2\nunknown u\n"),
        ("equation a:u=0 hard boundary u", "equation a:    u = 0\nhard boundary  u\n"),
        ("let k=1 # a\nlet longer(x)=2 # b", f"let k = 1{'# a':>40}\nlet longer(x) = 2{'# b':>32}\n"),
        ("param c:vector(N-1)~normal(0,1,seed=-7)", "param c: vector(N-1) ~ normal(0, 1, seed=-7)\n"),
        ("equation sum( i in 1 .. N - 1 , x[ i + 1 ] )", "equation  sum(i in 1..N-1, x[i+1])\n"),
        ("equation E [ w~f(1) ] w", "equation  E[w ~ f(1)] w\n"),
        ("equation ( u . grad )u+(v · ∇) w", "equation  (u.grad)u + (v·∇)w\n"),
        ("let k=where(0<x<1 and not x==2,1,2)", "let k = where(0 < x < 1 and not x == 2, 1, 2)\n"),
        ("equation a+-b-(-c)*-2^-1", "equation  a + -b - (-c)*-2^-1\n"),
        ("boundary wall:u=0 on x=0,y=1", "boundary wall:  u = 0 on x = 0, y = 1\n"),
        ("equation u=f(a,\nb+\nc)", "equation  u = f(a,\n                b +\n                c)\n"),
        ("equation u=\n1", "equation  u =\n            1\n"),
        ("equation u = f(\na # inner\n)", f"equation  u = f(\n  a{'# inner':>50}\n)\n"),
        ("train{steps 1;lr -1}", "train { steps 1; lr -1 }\n"),
        ("train{}", "train {}\n"),
        ("train {  # why\nsteps 1\n\n# own\nlr 1}", f"train {{{'# why':>44}\n  steps 1\n\n  # own\n  lr 1 }}\n"),
        ("equation # a\nu = 0", f"equation{'# a':>41}\n          u = 0\n"),
    ],
)  # fmt: skip
def test_layout(text, expected):
    assert laid_out(text) == expected


def test_what_does_not_parse_is_refused():
    with pytest.raises(PdeError, match="expected an expression"):
        laid_out("equation u = # nothing")


def test_a_long_line_does_not_move_the_comments_of_others():
    long = "let k = " + "+".join("abcdefgh" * 4)
    text = laid_out(f"let j = 1 # short\n{long} # long")
    assert text.splitlines()[0] == f"let j = 1{'# short':>44}"
    assert text.splitlines()[1].endswith("h  # long")


def test_comments_within_an_operator_of_two_tokens():
    text = "space x in [0, 1]\nunknown u\nequation (u.∇  # along u\n  # more = (\n  )u = 0\n"
    assert parse(Source("test.pde", layout(Source("test.pde", text)))) == parse(Source("test.pde", text))
