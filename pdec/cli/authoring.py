"""Commands for those who write `.pde` files: `new`, `fmt`, and what `explain` says about a code."""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from pdec.codes import CODES
from pdec.diagnostics import PdeError, Source, nearest
from pdec.language.keywords import RESERVED
from pdec.training.files import write_atomically

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
FIRST = "heat"
"""The template where none is asked for."""

Places = Annotated[
    list[str], typer.Argument(metavar="FILE...", help=".pde files, folders of them, or - for standard input")
]


def fmt(
    places: Places,
    check: Annotated[bool, typer.Option("--check", help="write nothing; status 1 if a file would change")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="write nothing; show what would change")] = False,
) -> None:
    """Bring files into the usual layout: one statement a line, aligned. Comments and spelling stay.

    Standard input is answered on standard output.
    """
    from pdec.language.layout import layout

    failed = changed = False
    for path in found(places):
        try:
            text = read(path)
            result = layout(Source(str(path or "<stdin>"), text))
        except PdeError as error:
            failed = True
            typer.echo(str(error), err=True)
            continue
        if path is None and not check and not diff:
            typer.echo(result, nl=False)
        if result == text:
            continue
        changed = True
        if diff:
            old, new = (part.splitlines(keepends=True) for part in (text, result))
            typer.echo("".join(difflib.unified_diff(old, new, str(path or "-"), "formatted")), nl=False)
        elif check:
            typer.echo(f"{path or '<stdin>'}: would be formatted")
        elif path is not None:
            write_atomically(path, result)
            typer.echo(f"{path}: formatted")
    raise typer.Exit(1 if failed or (check and changed) else 0)


def new(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="the name of the problem, and of its file")] = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="TEMPLATE", help="what to start from (default: NAME, or heat)")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="show the templates and stop")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="where it goes (default NAME.pde); - to show it")
    ] = None,
) -> None:
    """Start a file from a template. A file that is there already stays."""
    if listed:
        width = max(map(len, templates())) + 2
        typer.echo("\n".join(f"{key:{width}}{about}" for key, about in templates().items()))
        return
    if name is None:
        raise typer.BadParameter("say what the problem is called, or --list", param_hint="'NAME'")
    stem = Path(name).name.removesuffix(".pde")
    key = template or (stem if stem in templates() else FIRST)
    if key not in templates():
        hint = nearest(key, templates()) or f"there are {', '.join(templates())}"
        raise typer.BadParameter(f"there is no template `{key}`: {hint}", param_hint="'--template'")
    text = re.sub(r"^problem \w+", f"problem {identifier(stem)}", template_text(key), flags=re.MULTILINE)
    path = out or Path(name).with_name(f"{stem}.pde")
    if path == Path("-"):
        typer.echo(text, nl=False)
        return
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    typer.echo(f"{path}: from the template {key}; see it with `pdec explain {path}`, solve it with `pdec solve {path}`")


def templates() -> dict[str, str]:
    """The templates by name, each with its first line, which says what it is."""
    return {path.stem: template_text(path.stem).split("\n")[0].lstrip("# ") for path in sorted(TEMPLATES.glob("*.pde"))}


def template_text(key: str) -> str:
    """The text of a template."""
    return (TEMPLATES / f"{key}.pde").read_text(encoding="utf-8")


def identifier(text: str) -> str:
    """A name of the language made from that of a file: letters, digits and underscores, a letter first."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    plain = plain if plain[:1].isalpha() else f"p{plain}"
    return f"{plain}_problem" if plain in RESERVED else plain[:60]


def found(places: list[str]) -> list[Path | None]:
    """The files that are meant; None for standard input. Raises BadParameter for a place that is not there."""
    paths: list[Path | None] = []
    for place in places:
        path = Path(place)
        if place == "-":
            paths.append(None)
        elif path.is_dir():
            paths.extend(sorted(path.rglob("*.pde")))
        else:
            paths.append(existing(place, "FILE..."))
    return paths


def existing(place: str, argument: str) -> Path:
    """A file that is there. Raises BadParameter for the argument of the command where it is not."""
    path = Path(place)
    if not path.exists() or path.is_dir():
        what = "is a directory" if path.is_dir() else "does not exist"
        raise typer.BadParameter(f"File '{place}' {what}.", param_hint=f"'{argument}'")
    return path


def read(path: Path | None) -> str:
    """The text of a file, which is to be written again: bytes that are no text are an error. Raises OSError."""
    data = sys.stdin.buffer.read() if path is None else path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise OSError(0, "is not UTF-8 text", str(path or "<stdin>")) from None


# --- codes


def is_code(text: str) -> bool:
    """Whether a code is meant rather than a file: `E104`, in whatever case."""
    return re.fullmatch(r"[EeWw][0-9]+", text) is not None and not Path(text).exists()


def about_code(text: str) -> str:
    """What the table says about a code. Raises BadParameter for one that is not there."""
    code = text.upper()
    if code not in CODES:
        hint = nearest(code, CODES) or f"the codes are {', '.join(CODES)}"
        raise typer.BadParameter(f"there is no code {code}: {hint}", param_hint="'FILE|CODE'")
    row = CODES[code]
    kind = "a warning" if code.startswith("W") else "an error"
    lines = [f"{code}, {kind}: {row.title}", "", *(f"  {line}" for line in wrapped(row.why))]
    for heading, example in (("Wrong:", row.wrong), ("Mended:", row.mended)):
        lines += ["", f"  {heading}", *(f"      {line}" for line in example.splitlines())]
    return "\n".join(lines)


def wrapped(text: str, width: int = 90) -> list[str]:
    """Lines of at most `width` characters."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width and lines[-1]:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
