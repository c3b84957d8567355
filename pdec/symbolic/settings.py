"""The `train` block of a file → options, checked against the one table of options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pdec import options
from pdec.diagnostics import nearest
from pdec.language import tree
from pdec.symbolic.scope import Findings


def settings_of(blocks: Iterable[tree.Train], sets: set[str], labels: set[str], findings: Findings) -> dict[str, Any]:
    """The options that the blocks set. `sets` are the names of point sets, `labels` those of equations, which can have
    weights as well. What is wrong is noted in `findings`."""
    values: dict[str, Any] = {}
    for block in blocks:
        for setting in block.settings:
            key = setting.key.id
            if key not in options.FIELDS:
                hint = nearest(key, options.FIELDS) or f"the options are {', '.join(options.FIELDS)}"
                findings.report(setting.key.span, "E301", f"there is no option `{key}`", hint)
                continue
            if not options.FIELDS[key].metadata["in_file"]:
                flag = f"--{key.replace('_', '-')}"
                findings.report(setting.span, "E301", f"`{key}` names code to run: give it by the flag {flag}")
                continue
            if key in values:
                findings.report(setting.span, "E301", f"`{key}` is set twice")
            per_set = options.FIELDS[key].metadata["per_set"]
            value = _per_set(setting, sets | labels if key == "weight" else sets, findings) if per_set else None
            if not per_set and (len(setting.items) != 1 or setting.items[0].label is not None):
                findings.report(setting.span, "E301", f"`{key}` takes one value")
                continue
            try:
                if not per_set:
                    options.check_word(key, _literal(setting.items[0].value))
                values[key] = options.checked(key, value if per_set else _literal(setting.items[0].value))
            except options.OptionError as error:
                findings.report(setting.span, "E301", error.message, error.hint)
    return values


def _per_set(setting: tree.Setting, known: set[str], findings: Findings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in setting.items:
        name = item.label.id if item.label else ""
        if name and name not in known:
            hint = nearest(name, known) or f"there are {', '.join(sorted(known))}"
            findings.report(item.span, "E301", f"there is no condition `{name}`", hint)
        elif name in found:
            what = f" for `{name}`" if name else ""
            findings.report(item.span, "E301", f"`{setting.key.id}` is given twice{what}")
        else:
            found[name] = _literal(item.value)
    return found


def _literal(node: tree.Number | tree.Negate | tree.Name) -> float | int | str:
    if isinstance(node, tree.Name):
        return node.id
    if isinstance(node, tree.Negate):
        value = _literal(node.operand)  # type: ignore[arg-type]
        return -value  # type: ignore[operator]
    return int(node.text) if node.text.isdigit() else float(node.text)
