"""Short runs of the fuzzers with a fixed seed; the long ones are run by hand (`tests/fuzz/run.py`, `agree.py`)."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def test_short_run(tmp_path):
    # the limit is wide, for a machine that is busy with other tests; memory is limited to 1 GiB more
    command = [sys.executable, str(FOLDER / "run.py"), "--count", "300", "--seed", "0", "--limit", "5"]
    run = subprocess.run([*command, "--out", str(tmp_path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "300 texts" in run.stdout


def test_exact_methods_agree():
    command = [sys.executable, str(FOLDER / "agree.py"), "--count", "40", "--seed", "0"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith("40 problems, 0 refused, 0 with")


CODE = """
import sys
sys.path.insert(0, sys.argv[1])
import mutate
print(ascii([mutate.text(1, n) for n in range(40)]))
"""


def test_texts_are_always_the_same():
    command = [sys.executable, "-c", CODE, str(FOLDER)]
    outputs = {
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
