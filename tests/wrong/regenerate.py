"""Write the message of every wrong file beside it: `python tests/wrong/regenerate.py`, then read the difference in git.

A golden message is a promise to the author of the file: change it only for a better one.
"""

from pathlib import Path

from pdec.compiler import loads
from pdec.diagnostics import PdeError

HERE = Path(__file__).parent
FILES = HERE / "files"


def message(path: Path) -> str:
    """What is said about a file, under its bare name; the data files that it names lie in `files`."""
    try:
        loads(path.read_text(encoding="utf-8"), name=path.name, folder=FILES)
    except PdeError as error:
        return f"{error}\n"
    raise AssertionError(f"{path.name} is not wrong")


if __name__ == "__main__":
    for path in sorted(HERE.glob("*.pde")):
        path.with_suffix(".txt").write_text(message(path), encoding="utf-8")
