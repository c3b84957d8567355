"""The functions of all runtime modules are pasted into one module, so that each needs a name of its own."""

import ast
from collections import Counter
from pathlib import Path

import pdec.runtime


def test_no_name_is_taken_twice():
    folder = Path(pdec.runtime.__path__[0])
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))]
    names = Counter(node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    assert [name for name, times in names.items() if times > 1] == []
