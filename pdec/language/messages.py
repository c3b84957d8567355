"""The words for what is wrong with a text: characters that are not in the language, tokens that do not fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lark import Token

from pdec.diagnostics import Diagnostic, Source, Span, nearest
from pdec.language.builder import NORMAL, token_span
from pdec.language.keywords import BEGINNING, RESERVED, words

# Terminals of the grammar; the keyword is the name in small letters.
LABELS = {word.upper() for word in (*words("condition"), "equation", "also")}  # they label settings: `weight also 10`
STATEMENTS = {word.upper() for word in words(*BEGINNING)}
KEYWORDS = {word.upper() for word in RESERVED}
OPERATORS = {
    "PLUS",
    "MINUS",
    "STAR",
    "SLASH",
    "DOT",
    "CROSS",
    "POWER",
    "COLON",
    "SUPERSCRIPT",
    "CUP",
    "CAP",
    "SETMINUS",
}
# How a list of what is expected shows a terminal; the others of the grammar are shown as "an expression" or not at all.
SPELLING = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'the name of a file in quotes, such as "measured.csv"',
    "IN": "`in`",
    "ON": "`on`",
    "OUTSIDE": "`outside`",
    "EQUAL": "`=`",
    "COMMA": "`,`",
    "RANGE": "`..`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "SLASH": "`/`",
    "BAR": "`|`",
    "TILDE": "`~`",
    "PARTIAL": "`∂`",
    "COLON": "`:`",
}
CLOSER = {"LPAR": ")", "LSQB": "]", "LBRACE": "}", "EXPECT": "]", "BAR": "|"}
CLOSER_TYPE = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE", "EXPECT": "RSQB", "BAR": "BAR"}
# Token types with which an operand begins.
OPERANDS = {"NAME", "NUMBER", "LPAR", "LSQB", "EXPECT"}
OPERANDS |= {"LAP", "BILAP", "GRAD", "DIV", "CURL", "SQRT", "PARTIAL", "PARTIAL_BY"}

# --- characters

# What looks like something that can be typed, and what to type. Compatibility forms (full-width letters, `𝑥`, the
# no-break space) are not listed: Unicode knows their ordinary form.
LOOKALIKES = {
    **dict(zip("аеорсхуіјѕһԁԛԝАВЕКМНОРСТХУІЈЅ", "aeopcxyijshdqwABEKMHOPCTXYIJS")),  # Cyrillic
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo")),  # Greek capitals that are no different from the Latin ones
    **dict(zip("ɑɡıſ", "agis")),
    **dict(zip("–—‐‑⁻÷∕⁄∗•∙‖ˆ：", "-----///**·|^:")),
    "…": "..",
}
NO_STRINGS = "there are no strings but the names of files; a derivative is written u_x or d(u, x)"
QUOTED_FILE = 'the name of a file stands in double quotes: "measured.csv"'
COMPARISONS = "comparisons stand in `where(x < 0.5, 1, 2)`; `min(a, b) = 0` says that a, b ≥ 0 and one of them is zero"
HINTS = {
    **dict.fromkeys("\"'`“”„‟‘’‚‛′″´«»", NO_STRINGS),
    "%": "a comment begins with `#`",
    "@": "write `dot(a, b)` or `a · b`",
    "!": "there are no factorials in the language; `not` negates a condition",
    "&": "write one condition after the other, each with its keyword",
    "$": "formulas are written without `$`",
    "\\": "write `alpha` or `α` instead of a LaTeX command",
    "_": "a name begins with a letter",
    ".": "write a number as `0.5`; a range as `1..N`",
    "∑": "write `sum(i, …)` or `sum(i in 1..N, …)`",
    "Σ": "write `sum(i, …)` or `sum(i in 1..N, …)`",
    "∫": "there are no integrals in the language; a mean is written `E[w ~ normal(N)] …`",
    "∞": "write `R^N` for the whole space",
}
OPERATOR_HINTS = {
    ":=": "write `=`",
    "=>": "write `=`, or `>=` in a comparison",
    "->": "write `=`",
    "&&": "write `and` between conditions inside `where(…)`, or one condition after the other, each with its keyword",
    "//": "a comment begins with `#`",
}


@cache
def is_letter(character: str) -> bool:
    """Whether a character may stand in a name: a Latin or Greek letter that looks like no other, a digit, `_`."""
    if character.isascii() or character == "∂" or character in NORMAL_CHARACTERS:
        return True
    if character in LOOKALIKES or unicodedata.category(character) not in {"Lu", "Ll"}:
        return False
    script, _, _ = unicodedata.name(character, "").partition(" ")
    return script == "GREEK" or (script == "LATIN" and unicodedata.normalize("NFKC", character) == character)


NORMAL_CHARACTERS = frozenset(map(chr, NORMAL))


def named(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def instead(character: str) -> str:
    """A hint saying what to type in place of a character, where that is known."""
    if character in HINTS:
        return HINTS[character]
    if unicodedata.category(character) == "Zs":
        return "type an ordinary space"
    plain = LOOKALIKES.get(character) or unicodedata.normalize("NFKC", character).replace("⁄", "/")  # ½ is 1⁄2
    if not plain.isascii() or plain == character:
        return ""
    if "SUBSCRIPT" in unicodedata.name(character, ""):
        plain = f"_{plain}"
    return f"type `{plain}`"


def hidden_character(source: Source, span: Span) -> Diagnostic:
    """A control or format character."""
    return Diagnostic(source, span, "E002", f"{named(source.text[span.start])} cannot stand in a file", "delete it")


def bad_letter(source: Source, span: Span) -> Diagnostic:
    """A letter that cannot stand in a name."""
    character = source.text[span.start]
    if is_letter(character):
        return Diagnostic(source, span, "E002", f"{named(character)} cannot begin a name", "begin it with a letter")
    return Diagnostic(source, span, "E002", f"{named(character)} cannot stand in a name", instead(character))


def stray(source: Source, span: Span) -> Diagnostic:
    """A character or an operator that is not in the language."""
    text = source.text[span.start : span.end]
    if text in OPERATOR_HINTS:
        return Diagnostic(source, span, "E001", f"`{text}` is not an operator of the language", OPERATOR_HINTS[text])
    what = f"`{text}`" if text.isascii() else named(text)
    return Diagnostic(source, span, "E002", f"{what} is not in the language", instead(text))


# --- tokens that do not fit


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the parser could not go on."""

    source: Source
    start: str  # the rule that is parsed: `statement` or `expression`
    previous: Token | None
    found: Token | None  # None at the end of the text
    at_end: bool  # all tokens of the statement were used up; `found` begins the next one
    new_line: bool  # `found` is the first token of its line
    ended: bool  # `previous` completes an expression
    opened: Sequence[Token]  # brackets not yet closed
    accepts: set[str]  # the types of token with which the parser could have gone on


def explain(stop: Stop) -> Diagnostic:
    """The message for a token that does not fit, or for the end where something is missing."""
    span, message, hint = describe(stop)
    return Diagnostic(stop.source, span, "E001", message, hint)


def describe(stop: Stop) -> tuple[Span, str, str]:
    found, previous, accepts = stop.found, stop.previous, stop.accepts
    here = token_span(found) if found else end_of(previous)
    kind = found.type if found else ""
    text = shown(found) if found else ""
    top = stop.opened[-1] if stop.opened else None
    close = CLOSER_TYPE[top.type] if top else ""
    next_line = kind in STATEMENTS and stop.new_line

    if top and (stop.at_end or (close in accepts and (kind in {"EQUAL", "SEMICOLON"} or next_line))):
        where = "" if stop.at_end else f" before `{text}`"
        message = f"missing `{CLOSER[top.type]}`{where}: {opened_at(stop)}"
        return (end_of(previous) if stop.at_end else here), message, ""
    if kind in {"RPAR", "RSQB", "RBRACE"} and not stop.at_end:
        if not top:
            return here, f"unexpected `{text}`", "no bracket is open here"
        if kind != close:
            return here, f"expected `{CLOSER[top.type]}`, found `{text}`: {opened_at(stop)}", ""
    if "PROBLEM" in accepts or (found and (accepts == {"$END"} or ("$END" in accepts and is_line_start(stop)))):
        return here, *expected_statement(stop.start, text)
    if kind in KEYWORDS and "NAME" in accepts and not stop.at_end and not (previous and previous.type == "STRING"):
        return here, f"`{text}` is a reserved word and cannot be a name", f"choose another name, such as `{text}1`"
    if stop.ended and previous and kind in OPERANDS and "STAR" in accepts:
        left, right = shown(previous), "(…)" if kind == "LPAR" else text
        other = ", or separate them with `,`" if "COMMA" in accepts else ""
        hint = f"write `{left if left[-1] not in ')]|' else '(…)'}*{right}`: a product needs its operator{other}"
        if previous.type == "NAME" and len(left) > 2:  # `lap u` more likely than a product of long names
            hint = f"write `{left}({text})` for a function or an operator, `{left}*{right}` for a product{other}"
        return here, f"expected an operator between `{left}` and `{text}`", hint
    if kind == "COMPARE" and stop.ended:
        message = "a comparison cannot stand here"
        return here, message, "write `=`" if text == "==" else COMPARISONS
    after = f" after `{shown(previous)}`" if previous else ""
    what = f"the keyword `{text}`" if kind in KEYWORDS else f"`{text}`" if found else "the end of the text"
    wanted = expected(accepts)
    message = f"expected {wanted}{after}, found {what}" if wanted else f"unexpected {what}{after}"
    return here, message, advice(stop)


def end_of(token: Token | None) -> Span:
    """Just after a token; the start of the text where there is none."""
    end = token_span(token).end if token else 0
    return Span(end, end)


def opened_at(stop: Stop) -> str:
    """Where the innermost open bracket is."""
    bracket = stop.opened[-1]
    line, column = stop.source.position(token_span(bracket).start)
    return f"the `{shown(bracket)}` opened at {line}:{column} is never closed"


def is_line_start(stop: Stop) -> bool:
    return stop.start == "statement" and stop.new_line and stop.found is not None and stop.found.type == "NAME"


def expected_statement(start: str, text: str) -> tuple[str, str]:
    """Something stands where a statement should begin."""
    if start == "expression":
        return f"expected the end of the expression, found `{text}`", ""
    known = sorted(words(*BEGINNING))
    hint = nearest(text, known) if len(text) < 40 else ""
    return f"expected a statement, found `{text}`", hint or f"a statement begins with one of {', '.join(known)}"


def expected(accepts: set[str]) -> str:
    """What could have come, in words: only what is peculiar to the place, not all the operators that always can."""
    if accepts >= {"NUMBER", "LPAR", "NAME"}:
        return "an expression"
    ordinary = OPERATORS | {"LPAR", "LSQB"} if "STAR" in accepts else set()
    ordinary |= {"IN", "OUTSIDE"} if "$END" in accepts else set()  # a region, which few equations have
    words = [SPELLING[t] for t in SPELLING if t in accepts and t not in ordinary]
    if "LSQB" in accepts and "EQUAL" in accepts and "STAR" not in accepts:  # `let` and its name
        words = [SPELLING["EQUAL"]]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def advice(stop: Stop) -> str:
    """A hint for mistakes that are often made."""
    kind = stop.found.type if stop.found else ""
    if kind in {"EQUAL", "COLON"} and any(token.type == "LBRACE" for token in stop.opened):
        return "a setting is a word and its value, `steps 1000`"
    if kind == "COLON" and "STAR" in stop.accepts:
        return "a contraction needs brackets around it: `(A : B)`"
    if kind == "COMMA" and "IN" in stop.accepts:
        return "write several coordinates as `space (x, y) in …`"
    if kind == "IN" and stop.opened:
        return "`i in 1..N` can only be the first argument of a call: `sum(i in 1..N, …)`"
    if kind == "ON" and stop.previous and stop.previous.type == "STRING":
        return "data hold at the points of their file"
    if kind == "SEMICOLON":
        return "statements need nothing between them; `;` separates the settings of `train`"
    if kind == "ALONG_COORDINATES":
        return f"write d(…, {str(stop.found)[1:]}) for the derivative of what stands before it"
    if kind == "BAR" and stop.ended:
        return "absolute values are written `|x|`"
    return ""


def shown(text: str) -> str:
    """A piece of the text as a message quotes it."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
