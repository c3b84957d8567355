"""Write the warnings of every doubtful file beside it: `python tests/warned/regenerate.py`, then read the difference.

A golden message is a promise to the author of the file: change it only for a better one.
"""

from pathlib import Path

from pdec.cli.checking import reports

HERE = Path(__file__).parent


def message(path: Path) -> str:
    """The warnings and errors of `pdec check`, under the bare name of the file."""
    (report,) = reports([path], None, {}, ())
    if report.problem is None or not report.diagnostics:
        raise AssertionError(f"{path.name} is wrong, or nothing is doubtful in it")
    return "".join(d.render().replace(str(path), path.name) + "\n" for d in report.diagnostics)


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.pde")):
        path.with_suffix(".txt").write_text(message(path), encoding="utf-8")
