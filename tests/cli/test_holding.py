"""`pdec eval`, `plot`, `export`, `compare`."""

import csv
import io
import json
import re

import pytest
import torch

import pdec


@pytest.fixture
def folder(run, heat, quick, tmp_path):
    assert run("solve", heat, "--dim", 2, *quick, "--quiet").status == 0
    return tmp_path / "runs" / "heat"


def test_eval(run, folder, tmp_path):
    (tmp_path / "points.csv").write_text("t,x2,x1,name_of_more\n0.5,0.1,0.2,7\n0,0,0,7\n")
    outcome = run("eval", folder, "points.csv")
    assert outcome.status == 0, outcome.err
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert list(rows[0]) == ["x1", "x2", "t", "u"]
    assert [float(rows[0][name]) for name in ("x1", "x2", "t")] == [0.2, 0.1, 0.5]
    assert float(rows[0]["u"]) == pytest.approx(pdec.open(folder)([[0.2, 0.1, 0.5], [0, 0, 0]])[0].item())
    outcome = run("eval", folder, "points.csv", "--grad", "-o", "values.csv")
    assert outcome == (0, "", "")
    rows = list(csv.DictReader((tmp_path / "values.csv").open()))
    assert list(rows[0]) == ["x1", "x2", "t", "u", "u_x1", "u_x2", "u_t"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x1,x2\n0,0\n", "points.csv has no column t; the coordinates are x1, x2, t"),
        ("x1,x2,t\n", "there are no rows"),
        ("x1,x2,t\n0,0,blue\n", "points.csv:2"),
    ],
)
def test_points_that_cannot_be_used(run, folder, tmp_path, text, message):
    (tmp_path / "points.csv").write_text(text)
    outcome = run("eval", folder, "points.csv")
    assert outcome.status == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_plot(run, folder, tmp_path):
    (folder / "solution.png").unlink()
    assert run("plot", folder) == (0, "", "")
    assert (folder / "solution.png").read_bytes().startswith(b"\x89PNG")
    assert run("plot", folder, "-o", "other.png").status == 0
    assert (tmp_path / "other.png").exists()


def test_export(run, folder):
    outcome = run("export", folder)
    assert outcome.status == 0, outcome.err
    module = torch.export.load(folder / "solution.pt2").module()
    points = torch.rand(4, 3)
    torch.testing.assert_close(module(points), pdec.open(folder)(points), atol=1e-2, rtol=0)
    assert run("export", folder, "--format", "jax").status == 2


def test_what_is_no_run(run, tmp_path):
    outcome = run("plot", tmp_path)
    assert outcome.status == 1
    assert "there is no result.json in" in outcome.err
    assert run("eval", tmp_path / "nowhere", "points.csv").status == 2


def test_compare(run, heat, quick, tmp_path):
    options = [*quick[:2], *quick[4:]]  # the samples come with the methods
    outcome = run("compare", heat, "--dim", 3, *options, "--methods", "stein-chi:8,autograd", "--without-equations")
    assert outcome.status == 0, outcome.err
    head, rule, *rows = outcome.out.splitlines()
    assert head.startswith("| method | unknown | L1 | L2 | gradient | RMS residual |")
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    assert [row[0] for row in cells[:2]] == ["stein-chi:8", "autograd"]
    assert [row[0] for row in cells[2:]] == ["trained without equations", "best constant", r"fit of 1, t, \|x\|²"]
    assert all(len(row) == len(rule.split("|")) - 2 for row in cells)
    assert all(all(row) for row in cells[:3])
    data = json.loads((tmp_path / "runs/heat-compare/compare.json").read_text())
    assert data["stein-chi:8"]["options"]["samples"] == 8
    assert pdec.open(tmp_path / "runs/heat-compare/autograd").options.method == "autograd"
    assert run("compare", heat, "--methods", "magic").status == 2
