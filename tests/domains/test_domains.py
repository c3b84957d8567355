"""Domains: what they refuse, how they describe themselves, and that each names functions that exist."""

import inspect
import math
import subprocess
import sys

import pytest

from pdec.domains import DOMAINS, Ball, Box, Draw, WholeSpace
from pdec.runtime import sampling

ONE_OF_EACH = (Ball(), Box((0.0,), (1.0,)), Box((0.0, -1.0), (1.0, 2.0)), WholeSpace())


@pytest.mark.parametrize("domain", ONE_OF_EACH, ids=repr)
def test_draws_name_functions_that_take_their_arguments(domain):
    draws = [draw for draw in (domain.interior(), domain.boundary()) if draw is not None]
    for draw in draws:
        signature = inspect.signature(getattr(sampling, draw.function))
        signature.bind(5, 2, **dict(draw.arguments), generator=None, device=None, dtype=None)


def test_every_domain_is_in_the_table():
    assert {type(domain) for domain in ONE_OF_EACH} == set(DOMAINS.values())
    assert list(DOMAINS) == ["ball", "box", "space"]


def test_only_a_whole_space_has_no_boundary():
    assert WholeSpace().boundary() is None
    assert Ball(radius=2).boundary() == Draw("uniform_sphere", (("radius", 2), ("center", 0.0)))


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
        (lambda: WholeSpace(law="cauchy"), "one of normal, not `cauchy`"),
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
