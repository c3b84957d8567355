"""What is done with one text: all that `pdec check` does, and what `explain`, `fmt` and `compile` do for autograd."""

from __future__ import annotations

from pdec.compiler import generate, loads, options_for
from pdec.diagnostics import PdeError, Source
from pdec.explanation import explain
from pdec.language.format import format_file
from pdec.language.parser import parse
from pdec.language.silence import silence
from pdec.options import OptionError
from pdec.problem import Problem
from pdec.symbolic.analysis import analyse
from pdec.symbolic.prove import prove, refutations

NAME = "fuzz.pde"


def outcome(text: str) -> str:
    """`ok`, or what the text was refused with: the code of its first error, or `OptionError`.

    Any other exception is a finding; so is generated code that is no Python, and a formatted text that says
    something else.
    """
    name, problem = checked(text)
    return name if problem is None else compiled(problem)


def checked(text: str) -> tuple[str, Problem | None]:
    """What `pdec check` does: the outcome, and the problem where there is one."""
    try:
        problem = loads(text, name=NAME)
        verdicts = prove(problem)
        analysis = analyse(problem)
        wrong = silence(problem.source).kept(refutations(problem, verdicts))
        for diagnostic in (*problem.warnings, *analysis.warnings, *wrong):
            assert diagnostic.render()
        return (wrong[0].code if wrong else "ok"), problem
    except PdeError as error:
        return shown(error, error.diagnostics[0].code), None
    except OptionError as error:
        return shown(error, "OptionError"), None


def compiled(problem: Problem) -> str:
    """What `explain`, `compile` and `fmt` do."""
    check_format(problem.source.text)
    try:
        explain(problem, method="autograd")
        compile(generate(problem, options_for(problem, {"method": "autograd"})), NAME, "exec")
    except PdeError as error:
        return shown(error, error.diagnostics[0].code)
    except OptionError as error:
        return shown(error, "OptionError")
    return "ok"


def shown(error: Exception, name: str) -> str:
    """`name`, once the message of the error has been written out."""
    assert str(error)
    return name


def check_format(text: str) -> None:
    """What `fmt` prints reads the same: printing it once more changes nothing."""
    printed = format_file(parse(Source(NAME, text)))
    try:
        tree = parse(Source(NAME, printed))
    except PdeError as error:  # brackets that printing adds may be one level too many
        if error.diagnostics[0].code != "E003":
            raise AssertionError(f"the formatted text does not parse: {error}") from error
        return
    assert format_file(tree) == printed, "the formatted text changes when it is formatted again"
