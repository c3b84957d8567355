"""The commands: what they print, what they write, how they end."""

import csv
import json
import subprocess
import sys
from contextlib import contextmanager

import pytest
import safetensors.torch

from pdec.cli import report


def test_check(run, heat):
    outcome = run("check", heat)
    proofs = "".join(f"    exact solution in {name}: holds for all N\n" for name in ("equation", "initial", "boundary"))
    reason = "first order in t; in u_t = lap(u), the second-order part is positive definite for all N"
    kind = f"    equation: order 2, linear, parabolic: {reason}\n"
    assert outcome == (0, f"{heat}: ok: heat, dimension 100, 1 equation, 2 conditions\n{kind}{proofs}", "")


@pytest.fixture
def wrong(heat, tmp_path):
    file = tmp_path / "wrong.pde"
    file.write_text(heat.read_text().replace("exact     u = t", "exact     u = 2*t"))
    return file


def test_check_takes_another_dimension_and_parameters(run, heat):
    outcome = run("check", heat, heat, "--dim", 3)
    assert outcome.status == 0
    assert outcome.out.count("heat, dimension 3, ") == 2
    assert run("check", heat.with_name("hjb.pde"), "--param", "mu=2").status == 0
    outcome = run("check", heat, "--param", "nu=1")
    assert outcome.status == 2
    assert "nu" in outcome.err


def test_check_refutes_a_wrong_exact_solution(run, wrong):
    outcome = run("check", wrong)
    assert outcome.status == 1
    expected = f"{wrong}:8:1: error[E207]: the exact solution does not satisfy this: the residual is 1 at x = ("
    assert expected in outcome.err
    assert f"{wrong}:10:1: error[E207]" in outcome.err
    assert f"{wrong}:9:1" not in outcome.err


def test_check_shows_every_error_of_every_file(run, heat, broken):
    outcome = run("check", broken, heat, broken)
    assert outcome.status == 1
    assert "heat.pde: ok" in outcome.out
    assert outcome.err.count(f"{broken}:4:14: error[E101]") == 2


def test_check_and_help_do_not_import_torch(heat):
    code = f"""
import sys
from pdec.cli.app import main
assert main(["check", {str(heat)!r}]) == 0
assert main(["solve", "--help"]) == 0
sys.exit("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_explain(run, heat):
    outcome = run("explain", heat, "--dim", 7, "--method", "autograd")
    assert outcome.status == 0
    assert "dimension 7" in outcome.out
    assert "order 2, linear" in outcome.out
    assert "u_t" in outcome.out
    assert "lap(u)" in outcome.out


def test_explain_says_what_periodic_means(run, tmp_path):
    file = tmp_path / "periodic.pde"
    file.write_text(
        "problem loop\ndim N = 2\nspace x in [-1, 3]^N\nunknown u(x), v(x): vector(2)\nequation lap(u) = 0\n"
        "equation v = 0\nperiodic x[2]\n"
    )
    outcome = run("explain", file)
    assert outcome.status == 0, outcome.err
    for line in ("u(x[2] = -1) - u(x[2] = 3) = 0", "u_x2(x[2] = -1) - u_x2(x[2] = 3) = 0"):
        assert f"    {line}\n" in outcome.out
    assert "v(x[2] = -1) - v(x[2] = 3) = 0" in outcome.out


def test_explain_folds_a_wide_derivative_and_no_other_column(run, heat, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    file = folder / "wide.pde"
    weight = "*".join(f"sin({k} + x[i])" for k in range(1, 12))
    file.write_text(
        "problem wide\ndim N = 3\nspace x in ball(N)\nunknown u(x)\n"
        f"equation sum(i, {weight}*d(u, x[i], 2)) = 1\nboundary u = 0\n"
    )
    outcome = run("explain", file, "--method", "stein-antithetic")
    assert outcome.status == 0, outcome.err
    table = outcome.out[outcome.out.index("derivative") : outcome.out.index("boundary: ")].splitlines()
    assert max(map(len, table)) <= 80
    assert "line 5:" in outcome.out
    assert "Hermite weight" in outcome.out


def test_compile_to_standard_output_and_to_a_file(run, heat, tmp_path):
    printed = run("compile", heat, "--dim", 3, "--samples", 8)
    written = run("compile", heat, "--dim", 3, "--samples", 8, "-o", tmp_path / "loss.py")
    assert printed.status == written.status == 0
    assert written.out == ""
    assert (tmp_path / "loss.py").read_text() == printed.out
    compile(printed.out, "loss.py", "exec")


def test_solve_leaves_its_files_and_a_table(run, heat, quick, tmp_path):
    outcome = run("solve", heat, "--dim", 4, *quick)
    assert outcome.status == 0, outcome.err
    folder = tmp_path / "runs" / "heat"
    names = ["checkpoint.safetensors", "history.csv", "model.safetensors", "options.json", "problem.pde", "result.json"]
    names.append("solution.png")
    assert sorted(file.name for file in folder.iterdir()) == names
    result = json.loads((folder / "result.json").read_text())
    assert (result["problem"], result["dim"], result["steps"]) == ("heat", 4, 3)
    assert result["errors"]["u"]["l1"] > 0
    assert result["residual_rms"]["equation"] > 0
    assert len(list(csv.reader((folder / "history.csv").open()))) == 4
    assert safetensors.torch.load_file(folder / "model.safetensors")["0.weight"].shape == (8, 5)
    assert (folder / "problem.pde").read_text() == heat.read_text()
    assert (folder / "solution.png").read_bytes().startswith(b"\x89PNG")
    assert "u: relative L1 error" in outcome.out
    assert f"{100 * result['errors']['u']['l1']:.3g} %" in outcome.out
    assert "20 held-out points" in outcome.out
    assert outcome.err == ""


def test_json_is_all_there_is_on_standard_output(run, heat, quick, tmp_path):
    outcome = run("solve", heat, "--dim", 4, *quick, "--out", tmp_path / "here", "--json", "--seed", 5)
    assert json.loads(outcome.out) == json.loads((tmp_path / "here" / "result.json").read_text())
    assert json.loads(outcome.out)["seed"] == 5


def test_quiet_prints_nothing(run, heat, quick):
    assert run("solve", heat, "--dim", 2, *quick, "--quiet") == (0, "", "")


@pytest.mark.parametrize("flag", ["--json", "--quiet"])
def test_solve_says_that_the_exact_solution_is_wrong_and_goes_on(run, wrong, quick, flag, tmp_path):
    outcome = run("solve", wrong, "--dim", 2, *quick, flag)
    assert outcome.status == 0
    assert f"{wrong}:8:1: error[E207]: the exact solution does not satisfy this" in outcome.err
    assert outcome.err.count("error[E207]") == 2
    assert (tmp_path / "runs" / "heat" / "result.json").exists()
    if flag == "--json":
        assert json.loads(outcome.out)["steps"] == 3
    else:
        assert outcome.out == ""


def test_solve_without_an_exact_solution(run, heat, quick, tmp_path):
    file = tmp_path / "unknown.pde"
    file.write_text("".join(line for line in heat.open() if not line.startswith("exact")))
    assert run("solve", file, "--dim", 2, *quick, "--quiet") == (0, "", "")


@pytest.mark.parametrize("example", ["poisson", "heat", "hjb"])
@pytest.mark.parametrize("method", ["stein-antithetic", "autograd"])
def test_every_example_runs(run, heat, quick, example, method):
    file = heat.with_name(f"{example}.pde")
    outcome = run(
        "solve", file, "--dim", 3, *quick, "--method", method, "--reference-samples", 50, "--test-samples", 4, "--json"
    )
    assert outcome.status == 0, outcome.err
    result = json.loads(outcome.out)
    assert result["method"] == method
    assert ("reference" in result["errors"]["u"]) == (example == "hjb")


def test_same_seed_same_result(run, heat, quick):
    first, second, other = (
        json.loads(run("solve", heat, "--dim", 3, *quick, "--json", "--seed", seed).out) for seed in (1, 1, 2)
    )
    assert first["errors"] == second["errors"] != other["errors"]
    assert first["losses"] == second["losses"]


def test_parameters_reach_the_problem(run, heat, quick):
    arguments = ("--dim", 2, *quick, "--param", "mu=0.5", "--reference-samples", 50, "--json")
    outcome = run("solve", heat.with_name("hjb.pde"), *arguments)
    assert json.loads(outcome.out)["constants"]["mu"] == 0.5


def test_an_interrupt_keeps_what_there_is(run, heat, quick, tmp_path, monkeypatch):
    @contextmanager
    def interrupted(console, steps, *, hidden):
        def show(step):
            if step.step == 2:
                raise KeyboardInterrupt

        yield show

    monkeypatch.setattr(report, "progress_bar", interrupted)
    outcome = run("solve", heat, "--dim", 2, *quick)
    assert outcome.status == 130
    assert "interrupted after 2 steps" in outcome.err
    assert json.loads((tmp_path / "runs" / "heat" / "result.json").read_text())["steps"] == 2


def test_an_interrupt_of_the_evaluation_keeps_the_network(run, heat, quick, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("pdec.training.loop.evaluate", interrupted)
    outcome = run("solve", heat, "--dim", 2, *quick)
    assert outcome.status == 130
    assert "interrupted before the errors were measured" in outcome.err
    assert json.loads((tmp_path / "runs" / "heat" / "result.json").read_text())["errors"] == {}
    assert (tmp_path / "runs" / "heat" / "model.safetensors").exists()


def test_too_little_memory_is_one_line(run, heat, quick, monkeypatch):
    def greedy(*_, **__):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9999999999 bytes")

    monkeypatch.setattr("pdec.training.step.Stepper.step", greedy)
    outcome = run("solve", heat, "--dim", 2, *quick)
    assert outcome.status == 1
    assert outcome.err.startswith("pdec: error: not enough memory; try fewer --samples or --points")
    assert outcome.err.count("\n") == 1


def test_a_run_that_fails_says_so_in_one_line(run, heat, quick):
    outcome = run("solve", heat, "--dim", 2, *quick, "--weight", "initial=1e300")
    assert outcome.status == 1
    assert outcome.err.startswith("pdec: error: the loss is not finite at step 1")
    assert outcome.err.count("\n") == 1


def test_a_folder_that_cannot_be_made(run, heat, quick, tmp_path):
    (tmp_path / "taken").write_text("")
    outcome = run("solve", heat, *quick, "--out", tmp_path / "taken")
    assert outcome.status == 1
    assert outcome.err == f"pdec: error: {tmp_path / 'taken'}: File exists\n"


def test_a_module_that_cannot_be_written(run, heat, tmp_path):
    missing = tmp_path / "nowhere" / "x.py"
    assert run("compile", heat, "-o", missing) == (1, "", f"pdec: error: {missing}: No such file or directory\n")
    assert run("compile", heat, "-o", tmp_path) == (1, "", f"pdec: error: {tmp_path}: Is a directory\n")


def test_errors_of_a_file(run, broken, quick):
    for command in ("explain", "compile", "solve"):
        outcome = run(command, broken)
        assert outcome.status == 1
        assert f"{broken}:4:14: error[E101]" in outcome.err
        assert outcome.out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing command"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("solve",), "'FILE': can be left away with --resume DIR only"),
        (("solve", "HEAT", "--frobnicate"), "No such option: --frobnicate"),
        (("check", "missing.pde"), "does not exist"),
        (("solve", "HEAT", "--dim", "0"), "--dim"),
        (("compile", "HEAT", "--dim", "-3"), "--dim"),
        (("solve", "HEAT", "--dim", "many"), "--dim"),
        (("solve", "HEAT", "--samples", "1"), "`samples` must be at least 2, not 1"),
        (("solve", "HEAT", "--method", "magic"), "magic"),
        (("solve", "HEAT", "--device", "nowhere"), "`device` cannot be `nowhere`"),
        (("solve", "HEAT", "--param", "nu=1"), "nu"),
        (("solve", "HEAT", "--param", "nu"), "name=value"),
        (("solve", "HEAT", "--weight", "nowhere=1"), "nowhere"),
    ],
)
def test_wrong_usage(run, heat, arguments, message):
    outcome = run(*(str(heat) if argument == "HEAT" else argument for argument in arguments))
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.startswith("pdec: error: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_version(run):
    outcome = run("--version")
    assert outcome.status == 0
    assert outcome.out.startswith("pdec ")


def test_as_a_process(heat, quick, tmp_path):
    command = [sys.executable, "-m", "pdec", "solve", str(heat), "--dim", "2", *quick, "--out", str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["problem"] == "heat"
