"""`stein-quadrature`: Gauss–Hermite nodes along single axes."""

from pdec.estimators.directional import DirectionalFamily
from pdec.estimators.radii import quadrature


class SteinQuadrature(DirectionalFamily):
    """∂_v^m u ≈ σ^-m Σ_k w_k He_m(z_k) f(y + σ z_k v), z_k and w_k the eight Gauss–Hermite nodes and weights.

    For derivatives along axes and known vectors, mixed ones by products of rules; y is the point with a Gaussian step
    in all coordinates that the rule leaves free. Everything else is estimated as by `stein-chi`.

    Bias: that of the rule, which is exact for polynomials of degree 15 - m in the coordinate: of order σ^(16-2m) or
    less. Variance: only what the Gaussian step in other coordinates gives, O(σ²); none in one dimension without time.
    Cost: 8 evaluations a draw.
    """

    name = "stein-quadrature"
    summary = "Gauss-Hermite nodes along single axes and known directions, all else as stein-chi"
    law = staticmethod(quadrature)
