"""The flags of the command line, made from the table of options: `--sigma-t` is `pdec.options.Options.sigma_t`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, get_args, get_type_hints

import typer

from pdec.options import FIELDS, OptionError, Options, checked

LOSS_OPTIONS = ("method", "sigma", "sigma_t", "samples", "accuracy", "unbiased", "dtype", "points", "weight")
"""The options that shape the loss; the others shape its training."""

_TYPES = get_type_hints(Options)


def with_flags(names: Iterable[str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that ends with `**options` a flag for each of these options. It gets those given, checked."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]

        def call(**arguments: Any) -> None:
            kept = {parameter.name: arguments.pop(parameter.name) for parameter in own}
            command(**kept, **given(arguments))

        call.__name__, call.__doc__ = command.__name__, command.__doc__
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + [_flag(name) for name in names]
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return call

    return decorate


def given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The options that the command line gives, from texts. Raises OptionError."""
    options: dict[str, Any] = {}
    for name, value in arguments.items():
        if FIELDS[name].metadata["per_set"]:
            if value:
                options[name] = checked(name, dict(_entry(text) for text in value))
        elif value is not None:
            options[name] = checked(name, value if str in _kinds(name) else number(value))
    return options


def parameters(texts: Iterable[str]) -> dict[str, float]:
    """The parameters that `--param name=value` gives. Raises OptionError."""
    values: dict[str, float] = {}
    for name, value in map(_entry, texts):
        if not name or not isinstance(value, (int, float)):
            raise OptionError(f"`--param` takes name=value with a number, not `{name}={value}`")
        values[name] = float(value)
    return values


def number(text: str) -> int | float | str:
    """The number that `text` spells; `text` itself where it spells none, for the table to complain about."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _entry(text: str) -> tuple[str, int | float | str]:
    """`name=50` or `50`, where the name is empty and the number for all."""
    name, _, value = text.rpartition("=")
    return name, number(value)


def _kinds(name: str) -> tuple[type, ...]:
    return get_args(_TYPES[name]) or (_TYPES[name],)


def _flag(name: str) -> inspect.Parameter:
    """The flag of one option. Its value comes as text, or as a list of texts where each point set can have its own."""
    field = FIELDS[name]
    metadata = field.metadata
    kinds = _kinds(name)
    kind: Any = list[str] if metadata["per_set"] else str
    default = "" if metadata["per_set"] or field.default is None else f" (default {field.default})"
    if metadata["per_set"]:
        metavar = "[NAME=]NUMBER"
    elif metadata["choices"]:
        metavar = "|".join(metadata["choices"])
    else:
        metavar = "TEXT" if str in kinds else "INTEGER" if int in kinds else "NUMBER"
    flag = typer.Option(f"--{name.replace('_', '-')}", help=metadata["help"] + default, metavar=metavar)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, flag]
    )
