"""Names in generated code: readable, unique, never a word of Python."""

from __future__ import annotations

import builtins
import keyword
import unicodedata

OWN = {"torch", "net", "points", "generator", "noise", "batch", "samples", "space", "values", "z", "step", "draws"}
"""Names that generated functions give to things of their own."""

_TAKEN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *OWN}


def identifier(text: str, taken: set[str]) -> str:
    """An identifier like `text` that is not in `taken`, which it is added to."""
    plain = unicodedata.normalize("NFKC", "".join(c if c.isalnum() or c == "_" else "_" for c in text)) or "_"
    plain = plain if plain.isidentifier() else f"_{plain}"
    name, number = plain, 1
    while name in taken or name in _TAKEN:
        number += 1
        name = f"{plain}_{number}" if plain not in _TAKEN or number > 2 else f"{plain}_"
    taken.add(name)
    return name
