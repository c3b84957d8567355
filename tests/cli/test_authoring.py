"""`pdec new`, `pdec fmt`, and `pdec explain` of a code."""

import io
import json
import os
import re
from pathlib import Path

import pytest

from pdec.cli.authoring import TEMPLATES, identifier, templates
from pdec.codes import CODES
from pdec.diagnostics import Source
from pdec.estimators import LOWERINGS
from pdec.language.layout import layout

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference.md").read_text(encoding="utf-8")
SCHEMA = REFERENCE.partition("`pdec explain FILE --json`")[2].partition("\n## ")[0]
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


# --- explain


def test_explain_as_json(run, heat):
    outcome = run("explain", heat, "--dim", 7, "--json")
    assert outcome.status == 0
    data = json.loads(outcome.out)
    assert set(data) == set(re.findall(r"^\| `(\w+)` \|", SCHEMA, re.MULTILINE))
    assert (data["name"], data["dim"], data["method"]["name"]) == ("heat", 7, "stein-antithetic")
    assert data["coordinates"] == {"space": ["x"], "vector": True, "time": "t", "interval": [0.0, 1.0]}
    equation, initial, boundary = data["equations"]
    assert (equation["type"], equation["order"], equation["linearity"]) == ("parabolic", 2, "linear")
    assert [d["text"] for d in equation["derivatives"]] == ["lap(u)", "u_t"]
    assert equation["derivatives"][0]["place"] == f"{heat}:8:17"
    assert (boundary["kind"], initial["type"]) == ("boundary", None)
    assert data["latex"] == run("explain", heat, "--dim", 7, "--latex").out.rstrip("\n")
    assert data["latex"].startswith("\\begin{align*}")


@pytest.mark.parametrize("lowering", LOWERINGS.values(), ids=LOWERINGS)
def test_explain_says_why(run, tmp_path, lowering):
    file = tmp_path / "all.pde"
    file.write_text(
        "dim N = 3\nspace x in [0, 1]^N\ntime t in [0, 1]\nunknown u\nlet A[i, j] = x[i] + x[j]\n"
        "equation u_t = lap(u) + u_x1x2 + dot(x, grad(u)) + |grad(u)|^2 + (A : hess(u)) + tr(dot(hess(u), hess(u)))\n"
        "initial u = 0\n"
    )
    outcome = run("explain", file, "--json", "--method", lowering.name)
    derivatives = [d for e in json.loads(outcome.out)["equations"] for d in e["derivatives"]]
    assert len(derivatives) > 6
    assert all(bool(d["why"]) == (d["order"] > 0 or lowering.smoothed) for d in derivatives)
    assert derivatives[0]["why"].split()[0] in run("explain", file, "--method", lowering.name).out


@pytest.mark.parametrize("flag", ["--json", "--latex"])
def test_explain_of_a_wrong_file(run, broken, flag):
    outcome = run("explain", broken, flag)
    assert (outcome.status, outcome.out) == (1, "")
    assert "error[E101]" in outcome.err


# --- new


@pytest.mark.parametrize("name", sorted(path.stem for path in TEMPLATES.glob("*.pde")))
def test_a_template_is_a_sound_file(run, name, tmp_path):
    assert run("new", name).out.startswith(f"{name}.pde: from the template {name}; ")
    file = tmp_path / f"{name}.pde"
    text = file.read_text(encoding="utf-8")
    assert layout(Source(file.name, text)) == text
    outcome = run("check", "--strict", file)
    assert (outcome.status, outcome.err) == (0, "")
    assert f": ok: {identifier(name)}, dimension " in outcome.out
    assert run("compile", file, "-o", tmp_path / "loss.py").status == 0


def test_the_templates_are_listed(run):
    outcome = run("new", "--list")
    assert outcome.status == 0
    assert len(outcome.out.splitlines()) == len(templates())
    for name in ("heat", "poisson", "hjb", "black-scholes", "allen-cahn", "wave", "burgers", "navier-stokes"):
        assert f"{name} " in outcome.out


def test_new_names_the_problem_and_its_file(run, tmp_path):
    assert run("new", "my-first.pde", "--template", "wave").status == 0
    assert "problem my_first\n" in (tmp_path / "my-first.pde").read_text()
    assert run("new", "other", "-o", tmp_path / "here.pde").out.startswith(
        f"{tmp_path}/here.pde: from the template heat"
    )
    assert "problem other\n" in (tmp_path / "here.pde").read_text()
    assert run("new", "3d", "-o", "-").out.splitlines()[1] == "problem p3d"
    assert run("new", "space", "-o", "-").out.splitlines()[1] == "problem space_problem"


def test_new_does_not_overwrite(run, tmp_path):
    (tmp_path / "heat.pde").write_text("mine")
    assert run("new", "heat") == (1, "", "pdec: error: heat.pde: File exists\n")
    assert (tmp_path / "heat.pde").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("new",), "say what the problem is called"), (("new", "a", "--template", "wav"), "did you mean `wave`?")],
)
def test_new_wrongly_used(run, arguments, message):
    outcome = run(*arguments)
    assert outcome.status == 2
    assert message in outcome.err
