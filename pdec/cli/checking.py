"""What `pdec check` finds in files: diagnostics, what kind of equation each is, what the exact solution satisfies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pdec.compiler import load
from pdec.diagnostics import Diagnostic, PdeError, nearest
from pdec.language.silence import IGNORABLE, silence
from pdec.options import OptionError
from pdec.problem import Problem
from pdec.symbolic.analysis import analyse
from pdec.symbolic.classify import Kind
from pdec.symbolic.prove import Verdict, prove, refutations


@dataclass(frozen=True, slots=True)
class Report:
    """One file: its problem where it states one, what was found, and the verdicts on its exact solution."""

    file: Path
    problem: Problem | None
    diagnostics: tuple[Diagnostic, ...]
    kinds: tuple[Kind, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    def passes(self, strict: bool) -> bool:
        """Whether nothing is wrong; with `strict`, a warning is wrong too."""
        return not any(strict or diagnostic.severity == "error" for diagnostic in self.diagnostics)

    def lines(self) -> Iterator[str]:
        """What is said of a file without errors."""
        problem = self.problem
        if problem is None or not self.passes(strict=False):
            return
        counts = f"{_count(problem.equations, 'equation')}, {_count(problem.conditions, 'condition')}"
        yield f"{self.file}: ok: {problem.name}, dimension {problem.dim}, {counts}"
        for equation, kind in zip(problem.equations, self.kinds):
            yield f"    {equation.label}: order {equation.order}, {equation.linearity}, {kind.text}"
        for verdict in self.verdicts:
            yield f"    exact solution in {verdict.label}: {verdict.text}"

    def to_json(self, strict: bool) -> dict[str, Any]:
        """Everything as plain data."""
        problem = self.problem
        return {
            "file": str(self.file),
            "ok": self.passes(strict),
            "problem": problem.name if problem else None,
            "dim": problem.dim if problem else None,
            "equations": [
                {
                    "label": e.label,
                    "order": e.order,
                    "linearity": e.linearity,
                    "type": k.name_in_full,
                    "reason": k.reason,
                }
                for e, k in zip(problem.equations if problem else (), self.kinds)
            ],
            "verdicts": [{"label": v.label, "kind": v.kind, "status": v.status, "text": v.text} for v in self.verdicts],
            "diagnostics": [_diagnostic(diagnostic) for diagnostic in self.diagnostics],
        }


def reports(
    files: Iterable[Path], dim: int | None, params: Mapping[str, float], ignore: Iterable[str]
) -> Iterator[Report]:
    """A report for every file, without the codes in `ignore`, which may be lists with commas. Raises OptionError."""
    codes = frozenset(code.strip().upper() for text in ignore for code in text.split(",") if code.strip())
    for code in sorted(codes - IGNORABLE):
        hint = nearest(code, IGNORABLE) or "codes that begin with W can be ignored, and E207"
        raise OptionError(f"`--ignore` takes codes of warnings, and `{code}` is none; {hint}")
    return (_report(file, dim, params, codes) for file in files)


def as_json(found: Sequence[Report], strict: bool) -> str:
    """The reports as one JSON object."""
    passed = all(report.passes(strict) for report in found)
    return json.dumps({"ok": passed, "files": [r.to_json(strict) for r in found]}, indent=2, ensure_ascii=False)


def _report(file: Path, dim: int | None, params: Mapping[str, float], codes: frozenset[str]) -> Report:
    def kept(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        return tuple(diagnostic for diagnostic in diagnostics if diagnostic.code not in codes)

    try:
        problem = load(file, dim=dim, params=params)
    except PdeError as error:
        return Report(file, None, kept(error.diagnostics))
    verdicts = prove(problem)
    refuted = refutations(problem, verdicts)
    silent = silence(problem.source)
    wrong = kept(silent.kept(refuted))
    ignored = {diagnostic.span for diagnostic in refuted} - {diagnostic.span for diagnostic in wrong}
    verdicts = tuple(
        replace(v, text=f"ignored: {v.text}") if v.status == "violated" and v.span in ignored else v for v in verdicts
    )
    analysis = analyse(problem)
    return Report(file, problem, kept((*problem.warnings, *analysis.warnings, *wrong)), analysis.kinds, verdicts)


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    line, column = diagnostic.source.position(diagnostic.span.start)
    return {
        "file": diagnostic.source.name,
        "line": line,
        "col": column,
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def _count(items: Sequence[object], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"
