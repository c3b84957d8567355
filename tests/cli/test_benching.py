"""`pdec bench`: table, picture and numbers."""

import json

import pytest

from pdec.bench.results import Bench, Cost, Result
from pdec.bench.spread import Spread
from pdec.cli import bench_plot, benching

QUICK = ("--dim", "3", "--width", "8", "--depth", "2", "--points", "5", "--samples", "4")
QUICK = (*QUICK, "--repeats", "2", "--draws", "4", "--seconds", "20")


def test_tables_and_files(run, heat, tmp_path):
    outcome = run("bench", heat, *QUICK, "--methods", "stein-chi,autograd,stein-chi:16", "--train", 3)
    assert outcome.status == 0, outcome.err
    for word in ("heat, dimension 3", "stein-chi:16", "autograd", "quartiles", "gradient", "exact value (autograd)"):
        assert word in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 100
    folder = tmp_path / "runs" / "heat-bench"
    assert sorted(file.name for file in folder.iterdir()) == ["bench.json", "bench.png"]
    data = json.loads((folder / "bench.json").read_text())
    assert [result["name"] for result in data["results"]] == ["stein-chi", "autograd", "stein-chi:16"]
    assert data["results"][0]["trained"]["steps"] == 3
    assert (folder / "bench.png").read_bytes().startswith(b"\x89PNG")


def test_json_is_all_there_is(run, heat, tmp_path):
    outcome = run("bench", heat, *QUICK, "--methods", "stein-radial", "--json", "--out", tmp_path / "here")
    assert outcome.err == ""
    assert json.loads(outcome.out) == json.loads((tmp_path / "here" / "bench.json").read_text())


def test_refusals_are_listed(run, tmp_path):
    file = tmp_path / "steep.pde"
    file.write_text("problem steep\nspace x in [0, 1]\nunknown u\nequation d(u, x, 6) = 1\nboundary u = 0\n")
    arguments = [*QUICK[2:], "--methods", "stein-cv,autograd"]
    outcome = run("bench", file, *arguments)
    assert outcome.status == 0, outcome.err
    assert "stein-cv: Stein estimators go up to order 4" in outcome.out


def test_cases(run, tmp_path, monkeypatch):
    outcome = run("bench", "--case", "heat", *QUICK[:-6], "--seconds", 5, "--repeats", 2, "--draws", 4)
    assert outcome.status == 0, outcome.err
    assert "stein-antithetic:256" in outcome.out
    monkeypatch.setattr("pdec.bench.cases.SAMPLES", (4, 16))
    arguments = ("--methods", "stein-radial", "--dim", 5, "--dtype", "float64", "--sigma", 0.02)
    outcome = run("bench", "--case", "laplacian", *arguments, "--out", tmp_path)
    assert outcome.status == 0, outcome.err
    assert "HJB solution, dimension 250, float64, sigma 0.02" in outcome.out
    assert "stein-radial" in outcome.out
    rows = json.loads((tmp_path / "bench.json").read_text())["rows"]
    assert [row["dim"] for row in rows][::2] == [5, 250]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--methods", "magic"), "there is no method `magic`"),
        (("--methods", "autograd,autograd"), "named twice"),
        (("--to-error", "0.1"), "needs --train"),
        (("--repeats", "0"), "--repeats"),
        (("--method", "autograd"), "--method"),
        (("--case", "heat"), "give a file, or --case"),
    ],
)
def test_wrong_usage(run, heat, arguments, message):
    outcome = run("bench", heat, *arguments)
    assert outcome.status == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give a file, or --case"),
        (("--case", "magic"), "heat, laplacian"),
        (("--case", "laplacian", "--width", "8", "--points", "3"), "not --points, --width"),
    ],
)
def test_wrong_cases(run, arguments, message):
    outcome = run("bench", *arguments)
    assert outcome.status == 2
    assert message in outcome.err


def test_a_bias_within_the_noise_is_a_bound():
    assert benching.relative(Spread(2.0, 1.0, 0.5, 0.1, 9)) == ("0.5", "0.25")
    assert benching.relative(Spread(2.0, 1.0, -0.5, 0.1, 9)) == ("0.5", "0.25")
    assert benching.relative(Spread(2.0, 1.0, 0.1, 0.2, 9)) == ("0.5", "<0.2")
    assert benching.relative(Spread(2.0, 0.0, None, None, 9)) == ("0", "")
    assert benching.relative(None) == ("", "")


def test_the_picture_has_a_marker_for_each_method():
    spread = Spread(1.0, 0.5, 0.0, 0.1, 9)
    exact = Spread(1.0, 0.0, 0.0, 0.0, 2)
    cost = Cost(2.0, 1.5, 3.0, 0.1, 9)
    results = (
        Result("stein-chi:16", "stein-chi", 16, cost=cost, residuals={"e": spread}, loss=spread, gradient=spread),
        Result("autograd", "autograd", 2, cost=cost, residuals={"e": exact}, loss=exact, gradient=exact),
        Result("stein-cv", "stein-cv", 2, status="refused", reason="no"),
    )
    found = Bench("p", 3, {}, {"domain": 5}, 9, 1, 1.0, 1e-3, 100, "autograd", results)
    figure = bench_plot.draw(found)
    assert [axes.get_title() for axes in figure.axes] == ["residual", "loss", "gradient of the loss"]
    assert figure.axes[0].get_legend_handles_labels()[1] == ["stein-chi:16", "autograd (no noise)"]
    assert figure.axes[0].get_ylim()[0] == pytest.approx(0.05)
    nothing = Bench("p", 3, {}, {"domain": 5}, 9, 1, 1.0, 1e-3, 100, "", results[2:])
    assert len(bench_plot.draw(nothing).axes) == 3
