"""From text to syntax tree: `parse` for a file, `parse_expression` for an expression alone.

Tokens first: the whole text is cut into tokens, and what is no token of the language is reported by name. Then the
tokens are cut into statements, each of which goes through the LALR parser alone, so that one run finds the mistakes of
several statements. Every limit is checked before work that grows with the input; nothing here recurses.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from lark import Token, UnexpectedInput

from pdec.diagnostics import Diagnostic, PdeError, Source, Span
from pdec.language.builder import MistakeError, normal_name, token_span
from pdec.language.grammar import lalr
from pdec.language.messages import (
    LABELS,
    QUOTED_FILE,
    STATEMENTS,
    Stop,
    bad_letter,
    explain,
    hidden_character,
    is_letter,
    shown,
    stray,
)
from pdec.language.tree import Expression, File, Statement

MAX_CHARACTERS = 1_000_000
MAX_TOKENS = 20_000
MAX_BRACKETS = 100
MAX_DEPTH = 200
MAX_NUMBER = 40
MAX_EXPONENT = 300
MAX_NAME = 100
MAX_DIAGNOSTICS = 20

OPENING = {"LPAR", "LSQB", "LBRACE", "EXPECT"}
CLOSING = {"RPAR", "RSQB", "RBRACE"}
# Unicode categories of characters that do not show: control, format, surrogate, line and paragraph separators.
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Statements in which the name of a file can stand, after `=`.
OF_FILES = {"DATA", "TABLE"}
# Token types after which an expression is complete, so that an operator or a new statement may follow.
ENDING = {"NAME", "NUMBER", "STRING", "SUPERSCRIPT", "ALONG_COORDINATES", *CLOSING}


def parse(source: Source) -> File:
    """The syntax tree of a whole text. Raises PdeError, with every mistake that could be found."""
    tokens, diagnostics = tokenize(source)
    statements: list[Statement] = []
    pieces = list(split(tokens))
    for piece, following in zip(pieces, [*(piece[0] for piece in pieces[1:]), None]):
        if len(diagnostics) < MAX_DIAGNOSTICS and not any(is_bad(token) for token in piece):
            parsed = parse_tokens(source, "statement", piece, following)
            if isinstance(parsed, Diagnostic):
                diagnostics.append(parsed)
            else:
                statements.extend(parsed)
    if diagnostics:
        raise PdeError(sorted(diagnostics, key=lambda d: d.span.start)[:MAX_DIAGNOSTICS])
    return File(tuple(statements))


def parse_expression(source: Source) -> Expression:
    """The tree of an expression that stands alone, as in `pdec.estimate("lap(u)", …)`."""
    tokens, diagnostics = tokenize(source)
    if diagnostics:
        raise PdeError(diagnostics[:MAX_DIAGNOSTICS])
    parsed = parse_tokens(source, "expression", tokens, None)
    if isinstance(parsed, Diagnostic):
        raise PdeError([parsed])
    expression: Expression = parsed
    return expression


# --- tokens


def tokenize(source: Source) -> tuple[list[Token], list[Diagnostic]]:
    """All tokens, and what is wrong with them. A text over the limits raises at once."""
    if len(source.text) > MAX_CHARACTERS:
        at = Span(MAX_CHARACTERS, MAX_CHARACTERS + 1)
        raise PdeError([Diagnostic(source, at, "E003", f"the text is longer than {MAX_CHARACTERS:,} characters")])
    hidden = list(hidden_characters(source))
    if hidden:
        raise PdeError(hidden[:MAX_DIAGNOSTICS])
    tokens: list[Token] = []
    diagnostics: list[Diagnostic] = []
    reported: set[str] = set()
    statement = previous = ""  # the types of the keyword that begins the statement, and of the token before
    for token in lalr().lex(source.text):
        if len(tokens) == MAX_TOKENS:
            raise PdeError([Diagnostic(source, token_span(token), "E003", f"more than {MAX_TOKENS:,} tokens")])
        attached = bool(tokens) and tokens[-1].type == "RPAR" and tokens[-1].end_pos == token.start_pos
        if token.type == "ALONG_COORDINATES" and not attached:
            token.end_pos = (token.start_pos or 0) + 1
            token = Token.new_borrow_pos("STRAY", "_", token)
        diagnostic = check_token(source, token)
        if token.type == "STRING" and (statement not in OF_FILES or previous != "EQUAL"):
            start = token.start_pos or 0
            diagnostic = stray(source, Span(start, start + 1))
        elif token.type == "STRAY" and statement in OF_FILES and diagnostic:
            diagnostic = replace(diagnostic, hint=QUOTED_FILE)
        statement, previous = token.type if token.type in STATEMENTS else statement, token.type
        if diagnostic:
            token = Token.new_borrow_pos("STRAY", token, token)
            subject = diagnostic.hint or diagnostic.message
            if subject not in reported:  # each mistake once: a text in curly quotes has many
                reported.add(subject)
                diagnostics.append(diagnostic)
        tokens.append(token)
    return tokens, diagnostics


def hidden_characters(source: Source) -> Iterator[Diagnostic]:
    """Control and format characters, which hide or reorder text; a byte order mark may begin the text.

    They are refused in comments as well, where a bidirectional override can disguise what the next line does.
    """
    bad = {character for character in set(source.text) if unicodedata.category(character) in HIDDEN} - set("\t\n\r")
    for offset, character in enumerate(source.text if bad else ""):
        if character in bad and (offset or character != "\ufeff"):
            bad.discard(character)
            yield hidden_character(source, Span(offset, offset + 1))


def check_token(source: Source, token: Token) -> Diagnostic | None:
    """What is wrong with one token by itself."""
    span = token_span(token)
    if token.type in {"STRAY", "OPERATOR_OF_OTHERS"}:
        return stray(source, span)
    if token.type in {"NAME", "PARTIAL_BY", "ALONG_COORDINATES"}:
        for i, character in enumerate(token[: MAX_NAME + 1]):
            if not is_letter(character) or (i == 0 and normal_name(character).isdigit()):
                return bad_letter(source, Span(span.start + i, span.start + i + 1))
        if len(token) > MAX_NAME:
            return Diagnostic(source, span, "E003", f"a name longer than {MAX_NAME} characters")
    if token.type in {"NUMBER", "SUPERSCRIPT"}:
        if len(token) > MAX_NUMBER:
            return Diagnostic(source, span, "E004", f"a number written with more than {MAX_NUMBER} characters")
        if token.type == "NUMBER" and exponent_too_large(token):
            return Diagnostic(source, span, "E004", f"`{token}` has a decimal exponent beyond ±{MAX_EXPONENT}")
    return None


def exponent_too_large(number: str) -> bool:
    """Whether the exponent as it is written, or the size of the number, is beyond MAX_EXPONENT."""
    _, _, exponent = number.lower().partition("e")
    return abs(int(exponent or "0")) > MAX_EXPONENT or abs(Decimal(number).adjusted()) > MAX_EXPONENT


def is_bad(token: Token) -> bool:
    """Whether a token has been reported already; the parser would only say so again."""
    return token.type == "STRAY"


# --- statements


def split(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut before every keyword that begins a statement.

    Whitespace means nothing to the grammar, but a keyword at the start of a line surely begins a statement, even where
    a bracket has been left open. Within a line it does so after a complete expression; otherwise it is misused as a
    name, which the parser reports.
    """
    piece: list[Token] = []
    open_brackets: list[str] = []
    for token in tokens:
        if piece and token.type in STATEMENTS and starts_statement(piece[-1], token, open_brackets):
            yield piece
            piece, open_brackets = [], []
        piece.append(token)
        if token.type in OPENING:
            open_brackets.append(token.type)
        elif token.type in CLOSING and open_brackets:
            open_brackets.pop()
    if piece:
        yield piece


def starts_statement(previous: Token, token: Token, open_brackets: Sequence[str]) -> bool:
    if on_new_line(previous, token):
        label = token.type in LABELS and "LBRACE" in open_brackets  # a line of settings: `boundary 500`
        return not label
    return not open_brackets and (previous.type in ENDING or previous.type == "BAR")


def completes(token: Token, previous: Token | None, opened_by: str = "") -> bool:
    """Whether an operand is complete after `token`; `opened_by` is the kind of token that began a bracket it closes.

    After `E[w ~ …]`, `∂²` and `(u·∇)` it is still to come.
    """
    before = previous.type if previous else ""
    if opened_by:
        return opened_by != "EXPECT" and before != "ALONG"
    return token.type in ENDING and not (token.type == "SUPERSCRIPT" and before == "PARTIAL")


def on_new_line(previous: Token | None, token: Token) -> bool:
    return previous is None or (token.line or 0) > (previous.end_line or 0)


def parse_tokens(source: Source, start: str, tokens: Sequence[Token], following: Token | None) -> Any:
    """What the LALR parser makes of `tokens`, or the Diagnostic of the first mistake.

    `following` is the token after the last one, for the message.
    """
    state: Any = lalr().parse_interactive("", start)  # parts of its interface have no types
    opened: list[Token] = []
    previous: Token | None = None
    ended = False  # whether `previous` completes an expression; a bar does so or not
    try:
        for token in tokens:
            try:
                state.feed_token(token)
            except UnexpectedInput:
                new_line = on_new_line(previous, token)
                return explain(Stop(source, start, previous, token, False, new_line, ended, opened, state.accepts()))
            if token.type in CLOSING or (token.type == "BAR" and ended):
                ended = completes(token, previous, opened.pop().type)
            elif token.type in OPENING or token.type == "BAR":
                opened.append(token)
                ended = False
                if len(opened) > MAX_BRACKETS:
                    message = f"brackets nested more than {MAX_BRACKETS} deep"
                    return Diagnostic(source, token_span(token), "E003", message)
            else:
                ended = completes(token, previous)
            previous = token
        try:
            result = state.feed_eof(previous)
        except UnexpectedInput:
            return explain(Stop(source, start, previous, following, True, True, ended, opened, state.accepts()))
    except MistakeError as mistake:
        hint = mistake.hint.format(*(shown(source.slice(span)) for span in mistake.quoted))
        return Diagnostic(source, mistake.span, "E001", mistake.message, hint)
    for node in result if start == "statement" else (result,):
        deep = too_deep(node)
        if deep:
            hint = "every operator of a chain is a level: name parts of it with `let`"
            return Diagnostic(source, deep, "E003", f"an expression nested more than {MAX_DEPTH} deep", hint)
    return result


def too_deep(root: Any) -> Span | None:
    """The span of a node more than MAX_DEPTH below `root`, if there is one."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend((part, depth) for part in node)
        elif is_dataclass(node) and not isinstance(node, Span):
            if depth > MAX_DEPTH:
                span: Span = getattr(node, "span")  # noqa: B009
                return span
            waiting.extend((getattr(node, field.name), depth + 1) for field in fields(node))
    return None
