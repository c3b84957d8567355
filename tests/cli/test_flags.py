"""The flags are the options table: every row has one, of the right kind, and its values are checked by the table."""

import pytest
import typer

from pdec.cli.app import app
from pdec.cli.flags import LOSS_OPTIONS, given, parameters
from pdec.options import FIELDS, OptionError

COMMANDS = {command.name: command for command in typer.main.get_command(app).commands.values()}


def flags(command):
    return {name for parameter in COMMANDS[command].params for name in parameter.opts}


def test_every_option_has_its_flag():
    assert {f"--{name.replace('_', '-')}" for name in FIELDS} <= flags("solve")
    for command in ("compile", "explain"):
        assert {f"--{name.replace('_', '-')}" for name in LOSS_OPTIONS} <= flags(command)
        assert "--lr" not in flags(command)


def test_help_says_what_the_table_says():
    helps = {parameter.name: parameter.help for parameter in COMMANDS["solve"].params}
    for name, field in FIELDS.items():
        assert helps[name].startswith(field.metadata["help"])
    assert "default 2048" in helps["samples"]


def test_values_are_read_from_text():
    texts = {
        "steps": "1e3",
        "sigma": "0.1",
        "schedule": "cosine",
        "points": ["50", "initial=7"],
        "weight": [],
        "lr": None,
    }
    assert given(texts) == {"steps": 1000, "sigma": 0.1, "schedule": "cosine", "points": {"": 50, "initial": 7}}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"samples": "1"}, "`samples` must be at least 2, not 1"),
        ({"samples": "2.5"}, "`samples` takes a whole number, not 2.5"),
        ({"sigma": "small"}, "`sigma` takes a number, not 'small'"),
        ({"sigma": "nan"}, "`sigma` takes a number, not nan"),
        ({"schedule": "step"}, "`schedule` is one of constant, linear, cosine, not `step`"),
        ({"points": ["initial="]}, "`points` takes a number, not ''"),
    ],
)
def test_bad_values(texts, message):
    with pytest.raises(OptionError, match=message):
        given(texts)


def test_parameters():
    assert parameters(["mu=1", "T=0.5"]) == {"mu": 1.0, "T": 0.5}
    for text in ("mu", "mu=", "mu=one", "=1"):
        with pytest.raises(OptionError, match="name=value"):
            parameters([text])
