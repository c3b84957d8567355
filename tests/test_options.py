"""The table of options: what is allowed, how changes are applied, what is said."""

import dataclasses
import json

import pytest

import pdec
from pdec.estimators import LOWERINGS
from pdec.options import FIELDS, METHODS, OptionError, Options, checked, with_changes


def test_every_option_has_a_help_and_a_default_that_it_allows():
    for name, field in FIELDS.items():
        assert field.metadata["help"]
        default = getattr(Options(), name)
        assert checked(name, default) == default


def test_the_table_has_the_methods_that_there_are():
    assert (*LOWERINGS, "auto") == METHODS


@pytest.mark.parametrize("method", LOWERINGS)
def test_every_method_can_be_set_in_a_file(method):
    block = f"train {{ method {method}; samples 16; points boundary 3 }}"
    text = f"space x in [0, 1] unknown u equation u_xx = 0 boundary u = 0 {block}"
    assert pdec.loads(text).settings["method"] == method
    assert f"Derivatives: {method}," in pdec.compile(pdec.loads(text)).source


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("sigma", 0, "`sigma` must be greater than 0"),
        ("sigma", "wide", "`sigma` takes a number"),
        ("sigma", float("nan"), "`sigma` takes a number"),
        ("samples", 1, "`samples` must be at least 2"),
        ("samples", 2.5, "`samples` takes a whole number"),
        ("width", 1e300, "`width` must be at most 9223372036854775807"),
        ("samples", True, "`samples` takes a number"),
        ("activation", "relu", "`activation` is one of tanh"),
        ("activation", 3, "`activation` takes a word"),
        ("points", {"wall": 0}, "`points` must be at least 1"),
        ("weight", {"wall": -1}, "`weight` must be at least 0"),
        ("step", 10, "there is no option `step`; did you mean `steps`?"),
        ("zzz", 10, "there is no option `zzz`$"),
    ],
)
def test_what_is_refused(name, value, message):
    with pytest.raises(OptionError, match=message):
        checked(name, value)


def test_numbers_get_the_type_of_the_table():
    options = with_changes(Options(), {"steps": 1e3, "lr": 1})
    assert (options.steps, options.lr) == (1000, 1.0)
    assert isinstance(options.steps, int)
    assert isinstance(options.lr, float)


def test_none_means_not_given():
    assert with_changes(Options(seed=7), {"seed": None, "sigma_t": None}).seed == 7


def test_later_entries_of_a_mapping_override_earlier_ones():
    first = with_changes(Options(), {"points": {"": 50, "wall": 10}})
    second = with_changes(first, {"points": {"wall": 20}})
    assert (second.points_of("wall"), second.points_of("domain")) == (20, 50)
    third = with_changes(second, {"points": 30})
    assert (third.points_of("wall"), third.points_of("domain")) == (30, 30)


def test_points_and_weights_by_name_then_kind_then_for_all():
    options = with_changes(Options(), {"points": {"": 5, "initial": 6, "start": 7}, "weight": {"": 3, "boundary": 4}})
    assert [options.points_of(n, k) for n, k in (("start", "initial"), ("other", "initial"), ("x", "boundary"))] == [
        7,
        6,
        5,
    ]
    assert Options().points_of("domain", "domain") == 100
    assert options.weight_of("wall", "boundary") == 4
    assert options.weight_of("start", "initial") == 3
    assert options.weight_of("heat", "domain") == 1, "a weight for all is one for the conditions"


def test_what_is_not_given_follows_something_else():
    options = Options(sigma=0.2, samples=8)
    assert (options.time_sigma, options.samples_of("initial")) == (0.2, 8)
    options = dataclasses.replace(options, sigma_t=0.3, condition_samples=4)
    assert (options.time_sigma, options.samples_of("initial"), options.samples_of("domain")) == (0.3, 4, 8)


def test_json_and_back():
    options = with_changes(Options(), {"points": {"wall": 10}, "weight": 3, "sigma_t": 0.1})
    assert with_changes(Options(), json.loads(json.dumps(options.to_json()))) == options
