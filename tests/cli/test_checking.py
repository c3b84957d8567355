"""`pdec check`: which findings count, which are left away, and the same as JSON."""

import json

import pytest


@pytest.fixture
def doubtful(tmp_path):
    file = tmp_path / "doubtful.pde"
    file.write_text("space x in [0, 1]\nunknown u(x)\nparam a = 1\nequation u_xx = 0\nboundary u = 0\n")
    return file


def test_warnings_fail_where_they_are_to(run, doubtful):
    outcome = run("check", doubtful)
    assert outcome.status == 0
    assert f"{doubtful}:3:7: warning[W401]" in outcome.err
    assert run("check", doubtful, "--strict").status == 1
    assert run("check", doubtful, "--strict", "--ignore", "W402,w401") == (0, outcome.out, "")
    assert run("check", doubtful, "--strict", "--ignore", "W402", "--ignore", "W401").status == 0


@pytest.mark.parametrize("code", ["E101", "W999", "nonsense"])
def test_only_warnings_are_ignored(run, doubtful, code):
    outcome = run("check", doubtful, "--ignore", code)
    assert outcome.status == 2
    assert code.upper() in outcome.err


def test_a_wrong_exact_solution_is_ignored_and_said(run, tmp_path):
    text = "space x in [0, 1]\nunknown u(x)\nequation u_xx = 0{}\nboundary u = x\nexact u = x^2\n"
    file = tmp_path / "wrong.pde"
    file.write_text(text.format(""))
    assert run("check", file).status == 1
    outcome = run("check", file, "--ignore", "E207")
    assert outcome.status == 0
    assert "exact solution in equation: ignored: the residual is 2 at x = " in outcome.out
    file.write_text(text.format("  # pdec: ignore E207"))
    outcome = run("check", file)
    assert (outcome.status, outcome.err) == (0, "")
    assert "in equation: ignored: " in outcome.out


def test_json(run, doubtful, heat, broken):
    outcome = run("check", heat, doubtful, broken, "--json")
    assert (outcome.status, outcome.err) == (1, "")
    found = json.loads(outcome.out)
    first, second, third = found["files"]
    assert [found["ok"], first["ok"], second["ok"], third["ok"]] == [False, True, True, False]
    assert (first["problem"], first["dim"]) == ("heat", 100)
    assert first["equations"][0]["linearity"] == "linear"
    assert [verdict["status"] for verdict in first["verdicts"]] == ["proved"] * 3
    (diagnostic,) = second["diagnostics"]
    assert (diagnostic["line"], diagnostic["col"], diagnostic["code"]) == (3, 7, "W401")
    assert diagnostic["severity"] == "warning"
    assert third["diagnostics"][0]["severity"] == "error"
    assert json.loads(run("check", doubtful, "--json", "--strict").out)["ok"] is False
