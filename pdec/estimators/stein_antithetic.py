"""`stein-antithetic`: control variate and antithetic pairs (He et al. 2023, equations 10 and 11)."""

from pdec.estimators.stein import SteinFamily


class SteinAntithetic(SteinFamily):
    """∂^α u ≈ 2/K Σ_k He_α(z_k) D_k / σ^|α| over K/2 pairs, z_k ~ N(0, I) independent,

    D_k = (f(x + σz_k) - f(x - σz_k))/2 for odd |α|, (f(x + σz_k) + f(x - σz_k))/2 - f(x) for even |α| > 0.

    Unbiased: He_α has the parity of |α|, and E He_α = 0. Variance of first and second derivatives does not depend on σ
    as σ → 0; on a quadratic with Hessian H the Laplacian's is (d/2 + 6)(2|H|² + tr²H) - tr²H a pair, so it grows with
    the dimension d; derivatives of order m > 2 have variance of order σ^(2-2m) or σ^(4-2m) for odd or even m. Cost: K
    evaluations a point, one more where an even derivative is needed. K counts evaluations, as the paper's code does.
    """

    name = "stein-antithetic"
    summary = "K/2 antithetic pairs, f(x) subtracted for even orders (He et al. 2023, eqs. 10-11)"
    kind = "pairs"
    odd = "odd order: the weight is odd in z, so only f(x + σz) - f(x - σz) counts, and pairs cancel the rest exactly"
    even = "even order: the weight is even in z with mean 0, so only f(x + σz) + f(x - σz) - 2f(x) counts"

    def count(self, samples: int) -> int:
        return max(1, samples // 2)

    def nodes(self, channels: frozenset[str]) -> list[str]:
        return ["points + step", "points - step", *(["points[None]"] if "even" in channels else [])]

    def channels(self, asked: frozenset[str]) -> tuple[list[str], dict[str, str]]:
        lines = ["plus, minus = values[:-1].chunk(2)" if "even" in asked else "plus, minus = values.chunk(2)"]
        texts = {
            "level": "level = (plus + minus) / 2",
            "odd": "odd = (plus - minus) / 2",
            "even": "even = (plus + minus) / 2 - values[-1]",
        }
        return [*lines, *(text for name, text in texts.items() if name in asked)], {name: name for name in texts}
