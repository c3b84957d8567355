"""Domains: what they refuse, how they describe themselves, and that each names functions that exist."""

import inspect
import math
import subprocess
import sys

import pytest

from pdec.domains import (
    DOMAINS,
    Annulus,
    Ball,
    Box,
    Difference,
    Draw,
    Intersection,
    Product,
    Sphere,
    Union,
    WholeSpace,
)
from pdec.domains.sample import acceptance, depth_at, sampler
from pdec.domains.sets import difference, interval_of, product
from pdec.runtime import sampling

ONE_OF_EACH = (Ball(), Box((0.0,), (1.0,)), Box((0.0, -1.0), (1.0, 2.0)), WholeSpace())
SQUARE, DISK = Box((0.0,), (1.0,)), Ball(0.25, (0.5, 0.5))
CYLINDER = Product(((Ball(), 2), (Box((0.0,), (2.0,)), 1)))
ROUND = (Annulus(1.0, 2.0, (1.0, 0.0)), Sphere(2.0))
COMPOSED = (
    *ROUND,
    CYLINDER,
    Union((SQUARE, Ball(1.0))),
    Intersection((SQUARE, Ball(1.0))),
    Difference((SQUARE, DISK)),
)


@pytest.mark.parametrize("domain", ONE_OF_EACH, ids=repr)
def test_draws_name_functions_that_take_their_arguments(domain):
    draws = [draw for draw in (domain.interior(2), domain.boundary(2)) if draw is not None]
    for draw in draws:
        signature = inspect.signature(getattr(sampling, draw.function))
        signature.bind(5, draw.dim, **dict(draw.arguments), generator=None, device=None, dtype=None)


def test_every_domain_is_in_the_table():
    assert {type(domain) for domain in (*ONE_OF_EACH, *COMPOSED)} == set(DOMAINS.values())
    assert {name: domain.name for name, domain in DOMAINS.items()} == {name: name for name in DOMAINS}


def test_only_a_whole_space_has_no_boundary():
    assert WholeSpace().boundary(3) is None
    assert Ball(radius=2).boundary(3) == Draw("uniform_sphere", 3, (("radius", 2), ("center", 0.0)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Ball(radius=0), "radius of a ball must be positive, not 0"),
        (lambda: Ball(radius=math.inf), "radius must be a finite number, not inf"),
        (lambda: Ball(center=math.nan), "center must be a finite number, not nan"),
        (lambda: Box((), ()), "not 0 and 0"),
        (lambda: Box((0.0, 0.0), (1.0,)), "not 2 and 1"),
        (lambda: Box((1.0,), (1.0,)), r"\[1, 1\]"),
        (lambda: Box((0.0, 3.0), (1.0, 2.0)), r"\[3, 2\]"),
        (lambda: Box((0.0,), (math.inf,)), "an end of a box must be a finite number, not inf"),
        (lambda: WholeSpace(std=-1), "standard deviation of a normal law must be positive, not -1"),
        (lambda: WholeSpace(mean=math.nan), "mean must be a finite number"),
        (lambda: WholeSpace(ends=(1.0, 0.0)), "lower end of a uniform law must be below"),
        (lambda: Sphere(radius=0), "radius of a sphere must be positive, not 0"),
        (lambda: Annulus(2.0, 1.0), "inner radius of an annulus lies between 0 and the outer one: 2, 1"),
        (lambda: Annulus(0.0, 1.0), "lies between 0 and the outer one"),
        (lambda: Annulus(1.0, 2.0, law="normal"), "by the law uniform or radial"),
        (lambda: Product(((Ball(), 2),)), "at least two factors"),
        (lambda: Union((SQUARE,)), "`union` takes at least two domains"),
        (lambda: Union((SQUARE, Sphere())), "a sphere is a surface"),
        (lambda: Union((SQUARE, WholeSpace())), "a whole space has everything already"),
        (lambda: Union((SQUARE,) * 17), "at most 16 others"),
        (lambda: difference(Ball(), Ball(2.0)), "not the smaller one"),
        (lambda: WholeSpace(law="cauchy"), "one of normal, uniform, sde, not `cauchy`"),
    ],
)
def test_bad_domains_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_descriptions():
    assert [domain.describe() for domain in ONE_OF_EACH] == [
        "ball of radius 1",
        "box [0, 1] in every coordinate",
        "box [0, 1] × [-1, 2]",
        "whole space, points drawn from normal(0, 1)",
    ]
    assert Ball(2, 3).describe() == "ball of radius 2 about 3"


def test_domains_do_not_import_torch():
    code = "import sys, pdec.domains; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# a domain, its dimension, its volume and its area
MEASURES = (
    (Ball(2.0), 2, 4 * math.pi, 4 * math.pi),
    (Ball(), 1, 2, 2),
    (Box((0.0, 1.0), (2.0, 4.0)), 2, 6, 10),
    (Sphere(2.0), 3, 16 * math.pi, 0),
    (Annulus(1.0, 2.0), 2, 3 * math.pi, 6 * math.pi),
    (Annulus(1.0, 2.0), 1, 2, 4),
    (CYLINDER, 3, 2 * math.pi, 6 * math.pi),
    (Difference((SQUARE, DISK)), 2, 1 - math.pi / 16, 4 + math.pi / 2),
    (Union((SQUARE, Ball(1.0))), 2, math.pi * 3 / 4 + 1, 1.5 * math.pi + 2),
    (Intersection((SQUARE, Ball(1.0))), 2, math.pi / 4, math.pi / 2 + 2),
    (Union((Box((0.0, 0.0), (2.0, 1.0)), Box((1.0, 0.0), (3.0, 1.0)))), 2, 3, 8),
    (Difference((SQUARE, Box((0.5,), (1.0,)))), 2, 0.75, 4),
    (Product(((Difference((SQUARE, DISK)), 2), (SQUARE, 1))), 3, 1 - math.pi / 16, 4 + math.pi / 2 + 2 - math.pi / 8),
)


@pytest.mark.parametrize(("domain", "dim", "volume", "area"), MEASURES, ids=repr)
def test_measures(domain, dim, volume, area):
    """Exact where nothing is rejected, to a few per cent elsewhere."""
    tolerance = 0.03 if "members" in repr(domain) else 1e-12
    assert math.exp(domain.log_volume(dim)) == pytest.approx(volume, rel=tolerance)
    assert math.exp(domain.log_area(dim)) == pytest.approx(area, rel=tolerance)


@pytest.mark.parametrize(("domain", "dim"), [(d, dim) for d, dim, *_ in MEASURES if d.boundary(dim)], ids=repr)
def test_normals_are_the_slope_of_the_depth_and_points_lie_where_they_should(domain, dim):
    draw, solid, step = sampler(1), domain.solid(dim), 1e-6
    lower, upper = (ends * (dim // len(ends)) for ends in domain.bounds(dim))
    for _ in range(40):
        x = draw.point(domain.interior(dim))
        assert depth_at(solid, x)[0] >= 0
        assert all(low <= a <= high for low, a, high in zip(lower, x, upper))
        x = draw.point(domain.boundary(dim))
        depth, normal = depth_at(solid, x)
        assert abs(depth) < 1e-12
        assert math.hypot(*normal) == pytest.approx(1)
        for k in range(dim):
            moved = [depth_at(solid, [a + s * step * (j == k) for j, a in enumerate(x)])[0] for s in (1, -1)]
            assert (moved[0] - moved[1]) / (2 * step) == pytest.approx(-normal[k], abs=1e-4)
        assert depth_at(solid, [a - 1e-6 * n for a, n in zip(x, normal)])[0] > 0
        assert depth_at(solid, [a + 1e-6 * n for a, n in zip(x, normal)])[0] < 0


def test_many_dimensions():
    assert Annulus(0.5, 1.0).boundary(10_000).shares == pytest.approx((0, 1))
    assert Annulus(0.9999, 1.0).boundary(10_000).shares == pytest.approx((0.26897, 0.73103), rel=1e-4)
    assert len(sampler().point(Annulus(1.0, 2.0).interior(10_000))) == 10_000
    assert Annulus(1.0, 2.0).log_volume(10_000) == Ball(2.0).log_volume(10_000)
    assert Product(((Ball(), 9_999), (SQUARE, 1))).log_area(10_000) < 0
    assert acceptance(difference(SQUARE, Ball(0.5)).interior(10_000)) == 1


def test_simple_forms():
    assert product([(SQUARE, 1), (Box((2.0,), (3.0,)), 1)]) == Box((0.0, 2.0), (1.0, 3.0))
    assert difference(Ball(2.0), Ball(1.0)) == Annulus(1.0, 2.0)
    assert isinstance(difference(Ball(2.0), Ball(1.0, 0.5)), Difference)
    assert product([(CYLINDER, 3), (SQUARE, 1)]).factors == (*CYLINDER.factors, (SQUARE, 1))
    assert interval_of(CYLINDER, 2) == (0, 2)
    assert interval_of(CYLINDER, 0) is None
    assert interval_of(SQUARE, 5) == (0, 1)


def test_slices():
    assert Ball(1.0).sliced(3, ((0, 0.6),)) == Ball(0.8)
    assert Ball(1.0, (1.0, 2.0)).sliced(2, ((0, 1.0),)) == Ball(1.0, (2.0,))
    assert Annulus(0.5, 1.0).sliced(3, ((1, 0.6),)) == Ball(0.8)
    assert Annulus(0.6, 1.0).sliced(3, ((1, 0.0),)) == Annulus(0.6, 1.0)
    assert CYLINDER.sliced(3, ((2, 1.0),)) == Ball()
    assert CYLINDER.sliced(3, ((0, 0.6), (1, 0.0))) == Box((0.0,), (2.0,))
    assert Difference((SQUARE, Box((0.5,), (1.0,)))).sliced(2, ((0, 0.25),)) == SQUARE
    for domain, dim, places in ((Ball(), 2, ((0, 1.5),)), (CYLINDER, 3, ((2, 3.0),)), (SQUARE, 2, ((0, 2.0),))):
        with pytest.raises(ValueError, match="has no points there"):
            domain.sliced(dim, places)
