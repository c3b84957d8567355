"""Table 1: errors and times on Poisson in 2, heat in 100 and HJB in 250 dimensions, beside the published ones."""

from tables import HEAD, arguments, errors, honest, leave, train

PUBLISHED = {
    ("poisson", "autograd"): ("0.13 %", "0.15 %", "18.96 s"),
    ("poisson", "stein-antithetic"): ("0.16 %", "0.19 %", "28.44 s"),
    ("heat", "autograd"): ("0.52 %", "0.60 %", "2.35 min"),
    ("heat", "stein-antithetic"): ("0.53 %", "0.63 %", "0.83 min"),
    ("hjb", "autograd"): ("0.95 %", "1.18 %", "38.16 h"),
    ("hjb", "stein-antithetic"): ("0.91 %", "1.37 %", "12.07 h"),
}
ADAM = {"optimiser": "adam"}
SETTINGS = {
    "paper": {"poisson": ADAM, "heat": ADAM, "hjb": {**ADAM, "adversarial": 20}},
    "small": {
        "poisson": {**ADAM, "width": 64, "samples": 256, "steps": 1000},
        "heat": {**ADAM, "samples": 16, "steps": 300, "test_points": 2000},
        "hjb": {**ADAM, "dim": 50, "width": 64, "samples": 16, "steps": 300, "lr": 1e-3, "adversarial": 5},
    },
    "tiny": {
        name: {**ADAM, "dim": 2, "width": 8, "samples": 4, "steps": 2, "test_points": 20} for name in ("poisson",)
    },
}


def main() -> None:
    given = arguments(__doc__ or "")
    rows = []
    for name, settings in SETTINGS[given.scale].items():
        dim = settings.get("dim")
        options = {key: value for key, value in settings.items() if key != "dim"}
        for method in ("autograd", "stein-antithetic"):
            solutions = train(name, given, dim, **options, method=method)
            where = f"{name}, {solutions[0].problem.dim}-d"
            rows.append([where, method, *errors(solutions), *PUBLISHED[name, method]])
        without = train(name, given, dim, equations=False, **options)
        rows += [[where, what, *cells, "", "", ""] for what, cells in honest(solutions, without).items()]
    head = ["problem", "method", *HEAD, "published L1", "published L2", "published training"]
    leave(given.out / f"table1-{given.scale}.md", head, rows)


if __name__ == "__main__":
    main()
