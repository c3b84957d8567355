"""`pdec fmt`, and `pdec explain` of a code."""

import io
import os

import pytest

from pdec.codes import CODES

MESSY = "problem  heat # name\ndim N=3\nspace x in ball(N)\nunknown u\nequation lap(u)=0\n"
NEAT = f"problem heat{'# name':>40}\ndim   N = 3\nspace x in ball(N)\nunknown u\nequation  lap(u) = 0\n"


@pytest.fixture
def messy(tmp_path):
    file = tmp_path / "messy.pde"
    file.write_text(MESSY)
    return file


@pytest.fixture
def stdin(monkeypatch):
    def give(text):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return give


def test_fmt_writes_once(run, messy):
    assert run("fmt", messy) == (0, f"{messy}: formatted\n", "")
    assert messy.read_text() == NEAT
    before = os.stat(messy)
    assert run("fmt", messy) == (0, "", "")
    assert (os.stat(messy).st_ino, os.stat(messy).st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_fmt_check_and_diff_write_nothing(run, messy):
    assert run("fmt", "--check", messy) == (1, f"{messy}: would be formatted\n", "")
    outcome = run("fmt", "--diff", messy)
    assert outcome.status == 0
    assert "-dim N=3\n" in outcome.out
    assert "+dim   N = 3\n" in outcome.out
    assert run("fmt", "--diff", "--check", messy).status == 1
    assert messy.read_text() == MESSY
    run("fmt", messy)
    assert run("fmt", "--check", "--diff", messy) == (0, "", "")


def test_fmt_of_standard_input_is_on_standard_output(run, stdin):
    for text in (MESSY, NEAT):
        stdin(text)
        assert run("fmt", "-") == (0, NEAT, "")
    stdin(MESSY)
    assert run("fmt", "--check", "-") == (1, "<stdin>: would be formatted\n", "")


def test_fmt_of_a_folder_goes_on_after_a_mistake(run, messy, broken):
    (messy.parent / "more").mkdir()
    bad = messy.parent / "more" / "bad.pde"
    bad.write_text("equation u = (1\n")
    outcome = run("fmt", messy.parent)
    assert outcome.status == 1
    assert f"{bad}:1:16: error[E001]: missing `)`" in outcome.err
    assert bad.read_text() == "equation u = (1\n"
    assert messy.read_text() == NEAT


def test_fmt_refuses_what_is_no_text(run, tmp_path):
    file = tmp_path / "latin.pde"
    file.write_bytes(b"# caf\xe9\nproblem  p\n")
    assert run("fmt", file) == (1, "", f"pdec: error: {file}: is not UTF-8 text\n")
    assert file.read_bytes() == b"# caf\xe9\nproblem  p\n"


def test_fmt_of_a_missing_file(run):
    outcome = run("fmt", "missing.pde")
    assert outcome.status == 2
    assert "File 'missing.pde' does not exist" in outcome.err


@pytest.mark.parametrize("code", ["E104", "e104", "W401"])
def test_explain_a_code(run, code):
    outcome = run("explain", code)
    assert (outcome.status, outcome.err) == (0, "")
    row = CODES[code.upper()]
    assert outcome.out.startswith(f"{code.upper()}, {'a warning' if 'W' in code else 'an error'}: {row.title}\n")
    for example in (row.wrong, row.mended):
        assert all(f"      {line}\n" in outcome.out for line in example.splitlines())
    assert max(map(len, outcome.out.splitlines())) <= 100


def test_explain_an_unknown_code(run):
    outcome = run("explain", "E11")
    assert outcome.status == 2
    assert outcome.out == ""
    assert "there is no code E11: did you mean `E" in outcome.err


def test_a_file_may_have_the_name_of_a_code(run, heat, tmp_path):
    (tmp_path / "E104").write_text(heat.read_text())
    assert run("explain", "E104").out.startswith("heat: dimension 100")
