"""Figure 2: Poisson in the unit square, the solution, the truth and the error as maps."""

from tables import arguments, train

from pdec.cli import plots

SETTINGS = {
    "paper": {},
    "small": {"width": 64, "samples": 256},
    "tiny": {"width": 8, "samples": 4, "steps": 2, "test_points": 20},
}


def main() -> None:
    given = arguments(__doc__ or "", seeds=1)
    (solution, *_) = train("poisson", given, optimiser="adam", **SETTINGS[given.scale])
    given.out.mkdir(parents=True, exist_ok=True)
    plots.save(solution, given.out / f"figure2-{given.scale}.png")
    print(given.out / f"figure2-{given.scale}.png")


if __name__ == "__main__":
    main()
