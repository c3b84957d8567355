"""`stein-cv`: the paper's estimators with f(x) as control variate (He et al. 2023, equations 8 and 9)."""

from pdec.estimators.stein import SteinFamily


class SteinControlVariate(SteinFamily):
    """∂^α u ≈ 1/K Σ_k He_α(z_k) (f(x + σz_k) - f(x)) / σ^|α|, z_k ~ N(0, I) independent.

    Unbiased: E He_α = 0, so what is subtracted has mean zero. Variance of order |∇f|²·σ^(2-2|α|)/K: bounded for first
    derivatives, still growing like σ^-2 for second ones. Cost: K + 1 evaluations a point; u itself needs K.
    """

    name = "stein-cv"
    summary = "K independent nodes, f(x) subtracted as control variate (He et al. 2023, eqs. 8-9)"
    kind = "differences"
    odd = even = "the weight has mean 0, so f(x) may be subtracted, and most of the noise goes with it"

    def count(self, samples: int) -> int:
        return samples

    def nodes(self, channels: frozenset[str]) -> list[str]:
        return ["points + step"] if channels == {"level"} else ["points + step", "points[None]"]

    def channels(self, asked: frozenset[str]) -> tuple[list[str], dict[str, str]]:
        if asked == {"level"}:
            return [], {"level": "values"}
        lines = ["level = values[:-1]"] if "level" in asked else []
        return [*lines, "change = values[:-1] - values[-1]"], {"level": "level", "odd": "change", "even": "change"}
