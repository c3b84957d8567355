"""The scripts for the tables and figures of the paper run at their smallest scale."""

import runpy
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "paper"


@pytest.mark.parametrize("name", ["table1", "table2", "figure2", "figure3"])
def test_script(name, monkeypatch, tmp_path, capsys):
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--scale", "tiny", "--seeds", "2", "--out", str(tmp_path)])
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    sys.modules.pop("tables", None)
    first = capsys.readouterr().out
    assert (tmp_path / f"{name}-tiny.md").exists() or (tmp_path / f"{name}-tiny.png").exists()
    if name == "table1":
        assert "| poisson, 2-d | stein-antithetic |" in first
        assert "0.16 %" in first
