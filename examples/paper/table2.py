"""Table 2: HJB by the standard deviation of the smoothing and by the number of samples, beside the published errors."""

from tables import HEAD, arguments, errors, honest, leave, train

SIGMA = {
    1.0: ("22.74 %", "27.90 %"),
    0.1: ("1.04 %", "1.42 %"),
    0.01: ("0.91 %", "1.37 %"),
    0.001: ("0.96 %", "1.39 %"),
}
SAMPLES = {256: ("1.11 %", "1.42 %"), 512: ("0.98 %", "1.32 %"), 1024: ("0.96 %", "1.38 %"), 2048: ("0.91 %", "1.37 %")}
COMMON = {"optimiser": "adam", "method": "stein-antithetic"}
SMALL = {"width": 64, "steps": 300, "lr": 1e-3, "test_points": 1000}
SETTINGS = {
    "paper": (None, {"adversarial": 20}, 2048, 1),
    "small": (50, {**SMALL, "adversarial": 2}, 16, 64),  # K is a 64th of the paper's
    "tiny": (3, {**SMALL, "steps": 2, "width": 8, "test_points": 10}, 4, 64),
}


def main() -> None:
    given = arguments(__doc__ or "")
    dim, options, samples, divisor = SETTINGS[given.scale]
    rows = []
    for sigma, published in SIGMA.items():
        solutions = train("hjb", given, dim, **COMMON, **options, samples=samples, sigma=sigma)
        rows.append([f"σ = {sigma:g}, K = {samples}", *errors(solutions), *published])
    for count, published in SAMPLES.items():
        solutions = train("hjb", given, dim, **COMMON, **options, samples=count // divisor, sigma=0.01)
        rows.append([f"σ = 0.01, K = {count // divisor}", *errors(solutions), *published])
    without = train("hjb", given, dim, equations=False, **{**COMMON, **options})
    rows += [[what, *cells, "", ""] for what, cells in honest(solutions, without).items()]
    head = ["hjb", *HEAD, "published L1", "published L2"]
    leave(given.out / f"table2-{given.scale}.md", head, rows)


if __name__ == "__main__":
    main()
