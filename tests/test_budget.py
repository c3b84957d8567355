"""The allowance: what is spent inside counts outside, and nothing is refused where there is none."""

import pytest

from pdec.budget import TooLargeError, allowance, left, spend


def test_spending_ends():
    with allowance(10):
        spend(4)
        assert left() == 6
        with pytest.raises(TooLargeError, match="too much work"):
            spend(7)


def test_inner_allowance_is_paid_from_the_outer():
    with allowance(10):
        with allowance(4):
            spend(3)
            with pytest.raises(TooLargeError):
                spend(2)
        assert left() == 5
        with allowance(100):
            assert left() == 5


def test_outside_of_any_allowance_nothing_is_refused():
    spend(1e12)
    assert left() == float("inf")
