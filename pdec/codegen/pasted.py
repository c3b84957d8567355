"""Functions of `pdec.runtime` as text, to be pasted into a generated module that needs torch alone."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.resources
import re

from pdec.codegen.writer import broken


def calls(text: str, name: str) -> bool:
    """Whether a text calls the function, or holds the constant, of that name."""
    return re.search(rf"\b{name}\b" if name.isupper() else rf"\b{name}\(", text) is not None


def helper_source(modules: tuple[str, ...], name: str) -> str:
    """The text of a function or a constant of the first of these modules of `pdec.runtime` that has it."""
    for module in modules:
        with contextlib.suppress(KeyError):
            return runtime_source(module, name)
    raise KeyError(name)


@functools.cache
def runtime_source(module: str, name: str) -> str:
    """The text of a function of `pdec.runtime.<module>`, or of a constant, as it is written there but for annotations.

    Generated code has none: types such as Callable would have to be imported.
    """
    text = importlib.resources.files("pdec.runtime").joinpath(f"{module}.py").read_text("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            for argument in (*node.args.args, *node.args.kwonlyargs, node.args.vararg):
                if argument is not None:
                    argument.annotation = None
            body = text.splitlines()[node.body[0].lineno - 1 : node.end_lineno]
            return "\n".join([*broken(f"def {name}({ast.unparse(node.args)}):"), *body])
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])
    raise KeyError(name)
