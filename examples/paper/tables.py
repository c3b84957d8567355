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

PAPER = Path(__file__).parent
ERROR = Console(stderr=True)
HEAD = ("L1", "L2", "gradient (W1,1)", "RMS residual", "L1, uniform radius", "training")
"""What `errors` gives."""


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


def problem(name: str, dim: int | None = None) -> pdec.Problem:
    """The problem in `name`, of this folder or the one above it."""
    here = PAPER / f"{name}.pde"
    return pdec.load(here if here.exists() else PAPER.parent / f"{name}.pde", dim=dim)


def train(
    name: str, given: argparse.Namespace, dim: int | None = None, *, equations: bool = True, **options: Any
) -> list[pdec.Solution]:
    """The problem in `name`, trained once for each seed; each run is left in a folder, and goes on where it was.

    Without `equations` it is the same training by the conditions alone."""
    posed = problem(name, dim)
    label = "-".join([name, *(f"{key}={value}" for key, value in options.items() if not isinstance(value, dict))])
    if not equations:
        label += "-without-equations"
        weight = {each.label: 0.0 for each in posed.equations}
        options |= {"method": "autograd", "weight": weight, "points": {"domain": 1}}  # of which nothing is asked
    found = []
    for seed in range(given.seeds):
        folder = given.out / f"{label}-{given.scale}-{seed}".replace("/", "-")
        if (folder / "result.json").exists():
            found.append(pdec.open(folder))
            continue
        resume = folder if (folder / "checkpoint.safetensors").exists() else None
        own = {} if resume else {**options, "seed": seed, "device": given.device}
        run = pdec.solve(posed, folder=folder, resume=resume, **own)
        what = options.get("method", "") if equations else "without equations"
        for _ in track(run, f"{name}, {what}, seed {seed}", run.steps, console=ERROR):
            pass
        run.solution.save(folder)
        found.append(run.solution)
    return found


def spread(values: list[float]) -> str:
    """Mean and standard deviation of fractions, as percentages; nothing of none."""
    if not values:
        return ""
    mean = statistics.fmean(values)
    deviation = statistics.stdev(values) if len(values) > 1 else math.nan
    return f"{100 * mean:.3g} % ± {100 * deviation:.2g} %"


def errors(solutions: list[pdec.Solution]) -> list[str]:
    """What HEAD says, of u, over seeds; what is not known is left empty."""
    metrics = [solution.metrics for solution in solutions]
    shares = [[each.errors["u"][norm] for each in metrics] for norm in ("l1", "l2")]
    shares += [[each.gradients["u"] for each in metrics if "u" in each.gradients]]
    residuals = [value for each in metrics for value in each.residuals.values() if value is not None]
    worst = f"{statistics.fmean(residuals):.3g}" if residuals else ""
    inside = spread([each.radial["u"]["l1"] for each in metrics if "u" in each.radial])
    return [*map(spread, shares), worst, inside, f"{statistics.fmean(s.seconds for s in solutions):.3g} s"]


def honest(solutions: list[pdec.Solution], without: list[pdec.Solution]) -> dict[str, list[str]]:
    """Rows that say how little an error may mean: what needs no training, and the same training by the conditions
    alone."""
    rows = {}
    for name in solutions[0].metrics.baselines["u"]:
        found = [solution.metrics.baselines["u"][name] for solution in solutions]
        shares = [spread([each[norm] for each in found]) for norm in ("l1", "l2")]
        rows[name.replace("|", r"\|")] = [*shares, *[""] * (len(HEAD) - 2)]
    return {**rows, "trained without the equation": errors(without)}


def leave(path: Path, head: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table, and leave it in a file."""
    lines = [" | ".join(row) for row in (head, ["---"] * len(head), *rows)]
    text = "".join(f"| {line} |\n" for line in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(text, end="")
