"""`stein-vanilla`: the plain Monte Carlo estimators of the paper (He et al. 2023, equation 7 and section 4.1)."""

from pdec.estimators.stein import SteinFamily


class SteinVanilla(SteinFamily):
    """∂^α u ≈ 1/K Σ_k He_α(z_k) f(x + σz_k) / σ^|α|, z_k ~ N(0, I) independent.

    Unbiased for every f with a finite mean. Variance of order f(x)²·α!/(σ^2|α| K): it grows without bound as σ → 0,
    which is what the other two members of the family cure. Cost: K evaluations a point.
    """

    name = "stein-vanilla"
    summary = "K independent nodes, no variance reduction (He et al. 2023, eq. 7)"
    kind = "values"
    odd = even = "Stein's identity: the mean of f(x + σz) times the weight is the derivative of the smoothed network"

    def count(self, samples: int) -> int:
        return samples

    def nodes(self, channels: frozenset[str]) -> list[str]:
        return ["points + step"]

    def channels(self, asked: frozenset[str]) -> tuple[list[str], dict[str, str]]:
        return [], dict.fromkeys(asked, "values")
