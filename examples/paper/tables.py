"""What the scripts of this folder share: scales, runs over seeds, Markdown beside the published numbers.

The settings of `--scale paper` are those of the files in `examples/` (appendix B of the paper) and take a GPU;
`--scale small` ends within half an hour on two cores, with smaller networks, fewer samples and fewer steps.
"""

from __future__ import annotations

import argparse
import math
import statistics
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

import pdec

EXAMPLES = Path(__file__).parents[1]
ERROR = Console(stderr=True)


def arguments(text: str, *, seeds: int = 3) -> argparse.Namespace:
    """What every script takes."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument(
        "--scale", choices=("tiny", "small", "paper"), default="small", help="tiny: to see that it runs"
    )
    parser.add_argument("--seeds", type=int, default=seeds)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path, default=Path("runs/paper"))
    return parser.parse_args()


def train(name: str, given: argparse.Namespace, dim: int | None = None, **options: Any) -> list[pdec.Solution]:
    """The problem in `name`, trained once for each seed; each run is left in a folder, and goes on where it was."""
    problem = pdec.load(EXAMPLES / f"{name}.pde", dim=dim)
    found = []
    for seed in range(given.seeds):
        label = "-".join([name, *(f"{key}={value}" for key, value in options.items() if not isinstance(value, dict))])
        folder = given.out / f"{label}-{given.scale}-{seed}".replace("/", "-")
        if (folder / "result.json").exists():
            found.append(pdec.open(folder))
            continue
        resume = folder if (folder / "checkpoint.safetensors").exists() else None
        own = {} if resume else {**options, "seed": seed, "device": given.device}
        run = pdec.solve(problem, folder=folder, resume=resume, **own)
        for _ in track(run, f"{name}, {options.get('method', '')}, seed {seed}", run.steps, console=ERROR):
            pass
        run.solution.save(folder)
        found.append(run.solution)
    return found


def spread(values: list[float]) -> str:
    """Mean and standard deviation of fractions, as percentages."""
    mean = statistics.fmean(values)
    deviation = statistics.stdev(values) if len(values) > 1 else math.nan
    return f"{100 * mean:.3g} % ± {100 * deviation:.1g} %"


def errors(solutions: list[pdec.Solution]) -> list[str]:
    """L1, L2 and the time of training, over seeds."""
    columns = [spread([s.errors["u"][norm] for s in solutions]) for norm in ("l1", "l2")]
    return [*columns, f"{statistics.fmean(s.seconds for s in solutions):.3g} s"]


def leave(path: Path, head: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table, and leave it in a file."""
    lines = [" | ".join(row) for row in (head, ["---"] * len(head), *rows)]
    text = "".join(f"| {line} |\n" for line in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(text, end="")
