"""Imports go down only: every file of pdec against one table of floors. What is light stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pdec

PACKAGE = Path(pdec.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "codes": 0, "diagnostics": 0, "options": 0, "budget": 0,
    "language": 1, "domains": 1, "runtime": 1, "sheets": 1, "tables": 1,
    "problem": 2,
    "symbolic": 3,
    "estimators": 4, "editor": 4,
    "plan": 5, "reading": 5, "joining": 5,
    "codegen": 6, "choice": 6,
    "loss": 7,
    "compiler": 8,
    "estimation": 9, "explanation": 9,
    "training": 10,
    "bench": 11,
    "cli": 12,
    "__main__": 13,
}  # fmt: skip
"""A place may import from itself and from the floors below; anyone may ask `pdec/__init__.py` for the version."""

EXCEPTIONS = {("options", "diagnostics"), ("diagnostics", "codes"), ("problem", "symbolic")}
EXCEPTIONS |= {("tables", "sheets"), ("plan", "reading"), ("plan", "joining"), ("joining", "reading")}
"""Between places on one floor; and a problem asks for its LaTeX when a notebook shows it."""

LAZY = {
    ("compiler.py", "pdec.codegen.module"),  # with the next two a fiftieth of a second that `check` does without
    ("compiler.py", "pdec.choice"),
    ("compiler.py", "pdec.plan"),
    ("compiler.py", "pdec.loss"),  # torch: checking and explaining a file do without it
    ("cli/app.py", "pdec.codegen.files"),  # SymPy
    ("cli/app.py", "pdec.compiler"),  # SymPy and torch: `pdec --help` does without them
    ("cli/loading.py", "pdec.compiler"),
    ("cli/loading.py", "pdec.symbolic.prove"),
    ("cli/loading.py", "pdec.symbolic.analysis"),
    ("problem.py", "pdec.symbolic.latex"),  # upwards, for notebooks
    ("cli/app.py", "pdec.symbolic.latex"),
    ("cli/app.py", "pdec.explanation"),
    ("cli/authoring.py", "pdec.language.layout"),  # Lark
    ("cli/app.py", "pdec.cli"),  # what shows files to check: SymPy
    ("cli/solving.py", "pdec.training.checkpoint"),  # torch
    ("cli/solving.py", "pdec.training"),
    ("cli/solving.py", "pdec.training.ranks"),
    ("cli/solving.py", "pdec.compiler"),
    ("cli/holding.py", "pdec.cli"),  # matplotlib
    ("cli/holding.py", "pdec.training.export"),  # torch
    ("cli/holding.py", "pdec.bench.entrant"),
    ("cli/holding.py", "pdec.estimators"),  # SymPy
    ("cli/holding.py", "pdec.training"),  # torch
    ("cli/solving.py", "pdec.cli"),  # matplotlib
    ("cli/benching.py", "pdec.bench.run"),  # torch
    ("cli/benching.py", "pdec.bench.by_hand"),
    ("cli/benching.py", "pdec.bench"),
    ("cli/benching.py", "pdec.cli"),  # matplotlib
}
"""The imports inside functions, each with its reason."""


def imported(node: ast.AST) -> list[str]:
    """The modules that an import statement names: `from pdec import options` is an import of pdec.options."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module == "pdec":
        return [f"pdec.{alias.name}" for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def place(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_down(file):
    own = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return  # the public names, imported when asked for
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        for module in imported(node):
            other = place(module)
            if module.split(".")[0] == "pdec" and other not in ("", own, "__version__"):
                assert FLOORS[other] < FLOORS[own] or (own, other) in EXCEPTIONS, f"line {node.lineno}: {module}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_inside_functions_are_listed(file):
    functions = [n for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)]
    found = {module for function in functions for node in ast.walk(function) for module in imported(node)}
    name = file.relative_to(PACKAGE).as_posix()
    assert {(name, module) for module in found if module.startswith("pdec")} <= LAZY
    assert not {module for module in found if not module.startswith("pdec")}


def modules_after(script: str) -> set[str]:
    """Top-level names in sys.modules after `script`, in a process of its own."""
    text = f"{script}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, check=True, text=True, timeout=60)
    return set(run.stdout.split())


def test_importing_pdec_imports_neither_torch_nor_sympy():
    assert not {"torch", "sympy", "numpy", "lark"} & modules_after("import pdec, pdec.cli.app")


def test_generating_code_imports_no_torch():
    script = (
        "import pdec, pdec.compiler as c\n"
        "p = pdec.loads('space x in [0, 1] unknown u equation u_xx = 0 boundary u = 0 exact u = 0*x')\n"
        "c.generate(p, c.options_for(p, {})), pdec.explain(p)"
    )
    modules = modules_after(script)
    assert "sympy" in modules
    assert "torch" not in modules


def test_no_module_takes_a_public_name():
    """Importing `pdec.x` sets `pdec.x` to the module."""
    assert not {file.stem for file in PACKAGE.iterdir()} & set(pdec.__all__)
