"""A coverage-guided fuzzer of `pdec check`, for runs outside CI: needs `pip install atheris` (Linux, CPython).

    python tests/fuzz/atheris_check.py CORPUS -max_total_time=3600 -timeout=3 -rss_limit_mb=1500 -max_len=4000

CORPUS is a folder for the texts that reached new code; where it is empty it is filled with the files of the gallery
and of `tests/wrong`. Half of the new texts are libFuzzer's own, half are made by the mutations of `mutate.py`. A text
that ends in anything but success, PdeError or OptionError, or takes longer than `-timeout` seconds, stops the run and
is left in the current folder.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

with atheris.instrument_imports(include=["pdec"]):
    import mutate
    from target import checked


def test_one(data: bytes) -> None:
    """One text, as `pdec check` would read it from a file."""
    checked(data.decode("utf-8", errors="replace"))


def mutator(data: bytes, max_size: int, seed: int) -> bytes:
    """A changed text of at most `max_size` bytes."""
    draw = random.Random(seed)
    if draw.random() < 0.5:
        return atheris.Mutate(data, max_size)
    text = data.decode("utf-8", errors="replace")
    change = draw.choices(list(mutate.MUTATIONS), list(mutate.MUTATIONS.values()))[0]
    return change(text, draw).encode("utf-8", errors="replace")[:max_size]


def main() -> None:
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    for folder in folders[:1]:
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            for number, text in enumerate(mutate.seeds()):
                (folder / f"seed{number:04}.pde").write_text(mutate.bare(text), encoding="utf-8")
    atheris.Setup(sys.argv, test_one, custom_mutator=mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
