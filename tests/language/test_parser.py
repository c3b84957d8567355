"""The parser: the tree a text gives, where its nodes stand, what is said about mistakes, and that nothing breaks it."""

import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lark import Lark

from pdec.diagnostics import PdeError, Source, Span
from pdec.language.format import format_expression
from pdec.language.grammar import grammar_text, lalr
from pdec.language.parser import parse, parse_expression
from pdec.language.tree import (
    Binary,
    Bracket,
    Call,
    Condition,
    Dim,
    Equation,
    File,
    Let,
    Name,
    Negate,
    Number,
    Param,
    ProblemName,
    Setting,
    SettingItem,
    Solution,
    Space,
    Time,
    Train,
    Unknown,
)

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.pde"))
AT = Span(0, 0)


def name(id):
    return Name(id, AT)


def number(text):
    return Number(text, AT)


def call(function, *arguments):
    return Call(name(function), arguments, AT)


def binary(left, operator, right):
    return Binary(operator, left, right, AT)


def expression(text):
    return parse_expression(Source("test.pde", text))


def statements(text):
    return parse(Source("test.pde", text)).statements


def findings(text, parse=parse):
    with pytest.raises(PdeError) as caught:
        parse(Source("test.pde", text))
    return caught.value.diagnostics


def finding(text):
    found = findings(text)
    assert len(found) == 1
    return found[0]


u, x, t, N = map(name, "uxtN")

# --- statements


def test_every_statement():
    text = """
    problem p
    dim N = 2
    param a = 1, b = -a
    space x in ball(N) ~ normal(0, 1)
    space (x, t) in [0, 1]
    space (x) in [0, 1]
    time t ∈ [0, 1]
    unknown u, v(x), w(x, t): vector(2), z: vector(3)
    let k = 1, g(x, t) = x, C[i, j] = i
    equation u
    equation heat: u = 0
    initial u = 0
    terminal late: u = 0
    boundary u
    exact u = 0
    reference u = x
    """
    zero, one, interval = number("0"), number("1"), Bracket((number("0"), number("1")), AT)
    assert statements(text) == (
        ProblemName(name("p"), AT),
        Dim(N, number("2"), AT),
        Param(name("a"), one, AT),
        Param(name("b"), Negate(name("a"), AT), AT),
        Space((x,), False, call("ball", N), call("normal", zero, one), AT),
        Space((x, t), True, interval, None, AT),
        Space((x,), True, interval, None, AT),
        Time(t, interval, AT),
        Unknown(u, (), None, AT),
        Unknown(name("v"), (x,), None, AT),
        Unknown(name("w"), (x, t), call("vector", number("2")), AT),
        Unknown(name("z"), (), call("vector", number("3")), AT),
        Let(name("k"), (), (), one, AT),
        Let(name("g"), (x, t), (), x, AT),
        Let(name("C"), (), (name("i"), name("j")), name("i"), AT),
        Equation(None, u, None, None, AT),
        Equation(name("heat"), u, zero, None, AT),
        Condition("initial", None, u, zero, None, (), False, AT),
        Condition("terminal", name("late"), u, zero, None, (), False, AT),
        Condition("boundary", None, u, None, None, (), False, AT),
        Solution("exact", u, zero, AT),
        Solution("reference", u, x, AT),
    )


def test_line_breaks_and_comments_mean_nothing():
    assert statements("dim N = 2 # two\nequation u\n  = # nothing\n 0") == statements("dim N = 2 equation u = 0")
    assert statements("dim N\r\n=\r\n2\t") == statements("dim N = 2")
    assert statements("\ufeffdim N = 2") == statements("dim N = 2")
    assert statements("# “any” text: 热, Ж 🙂\r") == statements("") == ()


def test_train():
    text = """train {
      steps 1000; points 50, boundary 100
      weight initial 1000,
        boundary -500 schedule linear lr wall 1e-3, slow
      init boundary zero; }"""

    def item(value, label=None):
        return SettingItem(name(label) if label else None, value, AT)

    def setting(key, *items):
        return Setting(name(key), items, AT)

    assert statements(text) == (
        Train(
            (
                setting("steps", item(number("1000"))),
                setting("points", item(number("50")), item(number("100"), "boundary")),
                setting("weight", item(number("1000"), "initial"), item(Negate(number("500"), AT), "boundary")),
                setting("schedule", item(name("linear"))),
                setting("lr", item(number("1e-3"), "wall"), item(name("slow"))),
                setting("init", item(name("zero"), "boundary")),
            ),
            AT,
        ),
    )
    assert statements("train {}") == (Train((), AT),)


# --- expressions


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        # precedence and association
        ("a + b*c - d", "(a + (b*c)) - d"),
        ("a/b*c", "(a/b)*c"),
        ("a - b - c", "(a - b) - c"),
        ("-x^2", "-(x^2)"),
        ("-x*y", "(-x)*y"),
        ("a*-b", "a*(-b)"),
        ("a^b^c", "a^(b^c)"),
        ("2^-1", "2^(-1)"),
        ("2^-x^2", "2^(-(x^2))"),
        ("(a + b : c*d)", "(a + (b : (c*d)))"),
        ("(a : b : c)", "((a : b) : c)"),
        ("u·v*w", "(u · v)*w"),
        ("||x| + y|", "|(|x| + y)|"),
        ("|a|*|b|", "(|a|)*(|b|)"),
        # spellings
        ("x**2", "x^2"),
        ("x²", "x^2"),
        ("x¹²", "x^12"),
        ("x⁻¹", "x^(-1)"),
        ("a − b", "a - b"),
        ("a ⋅ b", "a · b"),
        ("π", "pi"),
        ("ℝ^N", "R^N"),
        ("x₁ + u_x₁₂", "x1 + u_x12"),
        ("µ", "μ"),
        ("sum(i ∈ 1..N, x[i])", "sum(i in 1..N, x[i])"),
        # prefix operators
        ("Δu", "lap(u)"),
        ("∆u", "lap(u)"),
        ("∇²u", "lap(u)"),
        ("∇u", "grad(u)"),
        ("∇·v", "div(v)"),
        ("∇ · v", "div(v)"),
        ("∇×v", "curl(v)"),
        ("√x", "sqrt(x)"),
        ("ΔΔu", "lap(lap(u))"),
        ("Δ²u - ∇⁴u", "bilap(u) - bilap(u)"),
        ("(u^2)_xx - (u*v)_x1t*(u)_y", "d(u^2, xx) - d(u*v, x1t)*d(u, y)"),
        ("∇·∇u", "div(grad(u))"),
        ("(u.grad)u", "advect(u, u)"),
        ("(2*u·∇)(v + w)", "advect(2*u, v + w)"),
        ("(u . ∇)∇p - (u·grad)v", "advect(u, grad(p)) - advect(u, v)"),
        ("where(0 < x ≤ 1 and not (y ≥ 1 or z ≠ 2), 1, 0)", "where(0 < x <= 1 and not (y >= 1 or z != 2), 1, 0)"),
        ("Δu*v", "lap(u)*v"),
        ("(Δu)²", "lap(u)^2"),
        ("Δ(u²)", "lap(u^2)"),
        ("2^√x", "2^sqrt(x)"),
        ("|∇u|²", "|grad(u)|^2"),
        ("∇u·∇v", "grad(u) · grad(v)"),
        # derivatives
        ("∂_t u", "u_t"),
        ("∂_xx u", "u_xx"),
        ("∂_x₁ u", "u_x1"),
        ("∂_t u_x", "d(u_x, t)"),
        ("∂_t (u²)", "d(u^2, t)"),
        ("∂_t u(x)", "d(u(x), t)"),
        ("∂u/∂t", "d(u, t)"),
        ("∂²u/∂x²", "d(u, x, 2)"),
        ("∂³u/∂x²∂y", "d(u, x, 2, y)"),
        ("∂u/∂x[i] + 1", "d(u, x[i]) + 1"),
        ("∂(u*v)/∂x", "d(u*v, x)"),
        # expectations are not subscripts
        ("E[w ~ normal(N)] w", "E[w~normal(N)](w)"),
        ("E[w ~ normal(N)] exp(w)/2", "(E[w ~ normal(N)] exp(w))/2"),
        ("-E[w ~ normal(N)] √w", "-(E[w ~ normal(N)] (√w))"),
    ],
)
def test_meaning(text, meaning):
    assert expression(text) == expression(meaning)


def test_nodes_of_expressions():
    assert expression("x[i+1]").base == x
    assert expression("E[i]").base == name("E")
    assert expression("a ** b") == binary(name("a"), "^", name("b"))
    assert expression("f()") == call("f")
    assert expression("[0]") == Bracket((number("0"),), AT)
    assert format_expression(expression("ball(N, radius=1)")) == "ball(N, radius=1)"
    assert expression("(a)") == expression("a") != expression("|a|")
    assert expression("a·b") != expression("a*b") != expression("a×b")


@pytest.mark.parametrize("text", ["1", "0.05", "1e-3", "1E5", ".5", "1.", "2.e3"])
def test_numbers_stay_as_written(text):
    assert expression(text) == number(text)


def test_ranges_and_numbers():
    binding = expression("sum(i in 1..N-1, x)").arguments[0]
    assert (binding.index, binding.lower) == (name("i"), number("1"))
    assert binding.upper == binary(N, "-", number("1"))
    binding = expression("sum(i in 0.5...5, x)").arguments[0]
    assert (binding.lower, binding.upper) == (number("0.5"), number(".5"))


# --- spans


def at(node, text):
    return text[node.span.start : node.span.end]


def test_spans_of_statements():
    text = "  param a = 1, b = 2*(a)  space x in [0, 1] ~ uniform()  unknown u(x), v: vector(2) train { a 1 }  "
    a, b, space, u, v, train = statements(text)
    assert [at(node, text) for node in (a, b)] == ["a = 1", "b = 2*(a)"]
    assert at(space, text) == "space x in [0, 1] ~ uniform()"
    assert [at(node, text) for node in (u, v)] == ["u(x)", "v: vector(2)"]
    assert at(train, text) == "train { a 1 }"
    assert at(train.settings[0].items[0], text) == "1"


def test_spans_of_expressions():
    text = " f(a,  k = (b + c) ) * E[w ~ law(1)] |x| "
    product = expression(text)
    assert at(product, text) == text.strip()
    assert at(product.left, text) == "f(a,  k = (b + c) )"
    assert at(product.left.function, text) == "f"
    assert at(product.left.arguments[1], text) == "k = (b + c)"
    assert at(product.left.arguments[1].value, text) == "(b + c)"  # brackets belong to what they hold
    assert at(product.right, text) == "E[w ~ law(1)] |x|"
    assert at(product.right.body, text) == "|x|"


@pytest.mark.parametrize("text", ["Δu", "∂_t u", "∂_t (u)", "∂²u/∂x²", "∂u/∂x[i]", "x⁻¹", "-x", "C[i, j]", "[a, b]"])
def test_spans_of_notation(text):
    assert expression(f"  {text}  ").span == Span(2, 2 + len(text))


# --- messages


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        # something is missing
        ("equation u =\ninitial u = 0", "2:1", "expected an expression after `=`, found the keyword `initial`", ""),
        ("equation u =", "1:13", "expected an expression after `=`, found the end of the text", ""),
        ("problem  # none", "1:8", "expected a name after `problem`, found the end of the text", ""),
        ("equation u = f(1\nboundary u = 0", "1:17", "missing `)`: the `(` opened at 1:15 is never closed", ""),
        ("equation u = |x", "1:16", "missing `|`: the `|` opened at 1:14 is never closed", ""),
        ("equation u = (1 + u = 3", "1:21", "missing `)` before `=`: the `(` opened at 1:14 is never closed", ""),
        ("train { steps 1\nboundary u", "2:1", "missing `}` before `boundary`: the `{` opened at 1:7", ""),
        ("equation (u]", "1:12", "expected `)`, found `]`: the `(` opened at 1:10 is never closed", ""),
        ("equation u)", "1:11", "unexpected `)`", "no bracket is open here"),
        ("space x [0, 1]", "1:9", "expected `in` after `x`, found `[`", ""),
        ("space x, y in [0, 1]", "1:8", "expected `in` after `x`, found `,`", "space (x, y) in"),
        ("param a 3", "1:9", "expected `=`, `~` or `:` after `a`, found `3`", ""),
        ("let g", "1:6", "expected `=` after `g`, found the end of the text", ""),
        ("equation f(a,,b)", "1:14", "expected an expression after `,`, found `,`", ""),
        ("equation a +* b", "1:13", "expected an expression after `+`, found `*`", ""),
        # what should be a statement
        ("equatoin u = 3", "1:1", "expected a statement, found `equatoin`", "did you mean `equation`?"),
        ("dim N = 2\nbondary u = 3", "2:1", "expected a statement, found `bondary`", "did you mean `boundary`?"),
        ("xyz", "1:1", "expected a statement, found `xyz`", "begins with one of also, boundary, data, dim, equation"),
        # reserved words
        ("param time = 3", "1:7", "`time` is a reserved word and cannot be a name", "another name"),
        ("unknown u(x, train)", "1:14", "`train` is a reserved word", ""),
        ("equation 2*space", "1:12", "`space` is a reserved word", ""),
        ("let in = 2", "1:5", "`in` is a reserved word", ""),
        ("train { weight time 3 }", "1:16", "`time` is a reserved word", ""),
        # no implicit multiplication
        ("equation 2u", "1:11", "expected an operator between `2` and `u`", "write `2*u`"),
        ("equation 2 u", "1:12", "expected an operator between `2` and `u`", "write `2*u`"),
        ("equation (a)(b)", "1:13", "expected an operator between `)` and `(`", "write `(…)*(…)`"),
        ("equation f(2 u)", "1:14", "expected an operator between `2` and `u`", "or separate them with `,`"),
        # other languages
        ("equation u == 3", "1:12", "a comparison cannot stand here", "write `=`"),
        ("let g(x) => 3", "1:10", "`=>` is not an operator", "write `=`"),
        ("equation u && v", "1:12", "`&&` is not an operator", "one condition after the other"),
        ("equation u // v", "1:12", "`//` is not an operator", "a comment begins with `#`"),
        ("let a = b ≤ 1", "1:11", "a comparison cannot stand here", "`where(x < 0.5, 1, 2)`"),
        ("let and = 1", "1:5", "`and` is a reserved word", "`and1`"),
        ("equation (u.grad)u^2", "1:10", "is ambiguous", "`((u.grad)u)^2` or `(u.grad)(u^2)`"),
        ("equation a = b = c", "1:16", "unexpected `=` after `b`", ""),
        ("equation u = 0;", "1:15", "unexpected `;`", "`;` separates the settings"),
        ("train { steps = 10 }", "1:15", "found `=`", "a setting is a word and its value"),
        ("equation A : B : C", "1:16", "found `:`", "`(A : B)`"),
        ("equation sum(x, i in 1..N)", "1:19", "found the keyword `in`", "the first argument of a call"),
        # ambiguity
        ("equation Δu^2", "1:10", "a power directly after a prefix operator is ambiguous", "`(Δu)^2` or `Δ(u^2)`"),
        ("equation 1 + ∇u²", "1:14", "is ambiguous", "`(∇u)²` or `∇(u²)`"),
        ("equation ∂_t u²", "1:10", "is ambiguous", "`(∂_t u)²`"),
        ("equation E[w ~ f(1)] w^2", "1:10", "is ambiguous", "`(E[w ~ f(1)] w)^2`"),
        ("equation ∂²u/∂x", "1:10", "order 2 above the line and 1 below it", "∂²u/∂x²"),
        ("equation ∂u/∂x⁻¹", "1:15", "cannot be negative", ""),
    ],
)
def test_syntax_errors(text, place, message, hint):
    diagnostic = finding(text)
    assert diagnostic.code == "E001"
    assert diagnostic.source.at(diagnostic.span) == f"test.pde:{place}"
    assert message in diagnostic.message
    assert hint in diagnostic.hint


def test_several_mistakes_in_one_run():
    found = findings("param a 1\ndim N = 2\nequation 2u = 0\nboundary u = “a”\nexact u = (1\ninitial u = 0")
    assert [(d.source.position(d.span.start)[0], d.code) for d in found] == [
        (1, "E001"),
        (3, "E001"),
        (4, "E002"),
        (5, "E001"),
    ]


def test_number_of_messages_is_bounded():
    assert len(findings("equation 2u\n" * 1000)) == 20
    assert len(findings("equation ∀ ∁ ∃ ∄ ∅ ∉ ∊ ∋ ∌ ∍ ∎ ∐ ∓ ∔ ∘ ∛ ∜ ∝ ∟ ∠ ∡ ∢ ∣ ∤ ∥ ∦")) == 20


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["1:1: expected an expression, found the end of the text"]),
        ("u +", ["1:4: expected an expression after `+`, found the end of the text"]),
        ("u = 0", ["1:3: unexpected `=` after `u`"]),
        ("u\nv", ["2:1: expected an operator between `u` and `v`"]),
        ("space u", ["1:1: `space` is a reserved word and cannot be a name"]),
        ("equation u", ["1:10: unexpected `u` after `equation`"]),
        ("u + “", ["1:5: U+201C LEFT DOUBLE QUOTATION MARK is not in the language"]),
    ],
)
def test_expression_alone(text, messages):
    found = findings(text, parse_expression)
    assert [f"{d.source.at(d.span).removeprefix('test.pde:')}: {d.message}" for d in found] == messages


# --- characters


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("let а = 1", 5, "U+0430 CYRILLIC SMALL LETTER A", "type `a`"),
        ("let ux_с = 1", 8, "U+0441 CYRILLIC SMALL LETTER ES", "type `c`"),
        ("let Α = 1", 5, "U+0391 GREEK CAPITAL LETTER ALPHA", "type `A`"),
        ("let a ＝ 1", 7, "U+FF1D FULLWIDTH EQUALS SIGN", "type `=`"),
        ("let 𝑥 = 1", 5, "U+1D465 MATHEMATICAL ITALIC SMALL X", "type `x`"),
        ("let a = ١", 9, "U+0661 ARABIC-INDIC DIGIT ONE", ""),
        ("let uₓ = 1", 6, "U+2093 LATIN SUBSCRIPT SMALL LETTER X", "type `_x`"),
        ("let a = 1 – 2", 11, "U+2013 EN DASH", "type `-`"),
        ("let\u00a0a = 1", 4, "U+00A0 NO-BREAK SPACE", "type an ordinary space"),
        ("let a = “b”", 9, "U+201C LEFT DOUBLE QUOTATION MARK", "no strings"),
        ("let a = 'b'", 9, "`'`", "no strings"),
        ("let a = b % 2", 11, "`%`", "`#`"),
        ("let a = b @ c", 11, "`@`", "dot(a, b)"),
        ("let a = n!", 10, "`!`", "no factorials"),
        ("let _a = 1", 5, "`_`", "begins with a letter"),
        ("let 热 = 1", 5, "U+70ED", ""),
        # not seen on the screen; refused even in comments
        ("let a = 1 \u202e", 11, "U+202E RIGHT-TO-LEFT OVERRIDE", "delete it"),
        ("let a = 1 # \u2066x", 13, "U+2066 LEFT-TO-RIGHT ISOLATE", "delete it"),
        ("let a\u200bb = 1", 6, "U+200B ZERO WIDTH SPACE", "delete it"),
        ("let a = 1\x00", 10, "U+0000", "delete it"),
        ("let a = 1\x1b[31m", 10, "U+001B", "delete it"),
        ("let a = 1\u2028", 10, "U+2028 LINE SEPARATOR", "delete it"),
        ("let a = \ud800", 9, "U+D800", "delete it"),
        ("let a\ufeff = 1", 6, "U+FEFF ZERO WIDTH NO-BREAK SPACE", "delete it"),
    ],
)
def test_characters(text, column, message, hint):
    diagnostic = finding(text)
    assert diagnostic.code == "E002"
    assert diagnostic.source.position(diagnostic.span.start) == (1, column)
    assert diagnostic.message.startswith(f"{message} ")
    assert hint in diagnostic.hint


@pytest.mark.parametrize("text", ["α", "Ω", "φ_1", "λ", "é", "ß", "Γ", "ψ₂", "uλ"])
def test_letters_of_names(text):
    assert isinstance(expression(text), Name)


# --- limits


def nested(opening, closing, depth):
    return f"{opening * depth}u{closing * depth}"


@pytest.mark.parametrize(
    ("fits", "too_much", "code"),
    [
        ("#" + "x" * 999_999, "#" + "x" * 1_000_000, "E003"),
        ("equation u\n" * 10_000, "equation u\n" * 10_000 + "dim", "E003"),
        ("equation " + nested("(", ")", 100), "equation " + nested("(", ")", 101), "E003"),
        ("equation " + nested("|", "|", 100), "equation " + nested("|", "|", 101), "E003"),
        ("equation " + nested("f([x[", "]])", 33), "equation " + nested("f([x[", "]])", 34), "E003"),
        ("equation " + "-" * 199 + "u", "equation " + "-" * 200 + "u", "E003"),
        ("equation u" + "+u" * 199, "equation u" + "+u" * 200, "E003"),
        ("equation u" + "^u" * 199, "equation u" + "^u" * 200, "E003"),
        ("let " + "a" * 100 + " = 1", "let " + "a" * 101 + " = 1", "E003"),
        ("dim N = " + "1" * 40, "dim N = " + "1" * 41, "E004"),
        ("equation u" + "²" * 40, "equation u" + "²" * 41, "E004"),
        ("dim N = 1e300", "dim N = 1e301", "E004"),
        ("dim N = 1e-300", "dim N = 1e-301", "E004"),
        ("dim N = 10e299", "dim N = 10e300", "E004"),
        ("dim N = 0", "dim N = 1e99999999999999999999999999999", "E004"),
    ],
)
def test_limits(fits, too_much, code):
    assert statements(fits) is not None
    assert finding(too_much).code == code


def test_deep_trees_can_be_formatted():
    assert format_expression(expression("Δ" * 199 + "u")).startswith("lap(lap(")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        "(" * 900_000,
        "@" * 900_000,
        "\u200b" * 900_000,
        "".join(map(chr, range(0x20, 0xD800))) * 15,
        "E [" * 300_000,
        "equation E[" + "a" * 900_000,
        "equation ∇" + " " * 900_000,
        "equation " + "∇" * 19_990,
        "equation " + "-" * 19_990 + "u",
        "equation u" + "^u" * 9_990,
        "equation u = \n" * 6_600,
        "equation ∂u/" + "∂x" * 9_990,
        "dim N = " + "9" * 900_000,
    ],
    ids=range(14),
)
def test_large_input_is_refused_quickly(text):
    source = Source("test.pde", text)
    start = time.process_time()
    with pytest.raises(PdeError) as caught:
        parse(source)
    assert str(caught.value).count("\n") < 100
    assert time.process_time() - start < 2


# --- nothing but File or PdeError comes out

WORDS = """
    problem dim param space time unknown let equation initial terminal boundary exact reference train in
    u x t N E R pi π x₁ uₓ 1 0.5 1e-3 .5 .. . + - * / ^ ** · × : = == => ~ , ; ( ) [ ] { } | # @ _ “ а
    Δ Δ² ∇ ∇· ∇² ∂ ∂_t √ ² ⁻¹ E[w~ )_x
"""
PIECES = [*WORDS.split(), "\n", "\t", "\x00", "\u202e", "\ud800"]
quick = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def mistakes(parse, text):
    try:
        parse(Source("test.pde", text))
    except PdeError as error:
        return error
    return None


def survives(text):
    for error in (mistakes(parse, text), mistakes(parse_expression, text)):
        if error is not None:
            assert error.diagnostics
            assert str(error)
            assert all(0 <= d.span.start <= d.span.end <= len(text) for d in error.diagnostics)


@quick
@given(st.text())
def test_any_text(text):
    survives(text)


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_any_tokens(text):
    survives(text)


@quick
@given(st.data())
def test_mutated_examples(data):
    text = data.draw(st.sampled_from(EXAMPLES)).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + data.draw(st.sampled_from(["", *PIECES]) | st.text(max_size=3)) + text[end:]
    survives(text)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_beginning_of_an_example(path):
    text = path.read_text(encoding="utf-8")
    for end in range(0, len(text), 7):
        survives(text[:end])


# --- the grammar and the imports


def conflicts(grammar, caplog):
    """What Lark says in its log about shift/reduce conflicts, which it settles silently otherwise."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "lark"):
        Lark(grammar, start=["statement", "expression", "stray"], parser="lalr", lexer="basic", debug=True)
    return [record.getMessage() for record in caplog.records if "onflict" in record.getMessage()]


def test_the_grammar_has_no_conflicts(caplog):
    grammar = grammar_text()
    assert conflicts(grammar, caplog) == []
    assert conflicts(grammar.replace("?factor: power", "?factor: power | power MINUS factor"), caplog) != []


def test_the_grammar_of_a_wheel_lies_in_the_package(tmp_path, monkeypatch):
    in_checkout = grammar_text()
    (tmp_path / "pde.lark").write_text("in the wheel", encoding="utf-8")
    monkeypatch.setattr("pdec.language.grammar.PACKAGE", tmp_path)
    assert grammar_text() == "in the wheel" != in_checkout


def test_the_parser_is_built_once():
    assert lalr() is lalr()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_parse(path):
    assert isinstance(parse(Source(path.name, path.read_text(encoding="utf-8"))), File)


def test_parsing_imports_neither_torch_nor_sympy():
    code = "import pdec.language.parser, sys; print({'torch', 'sympy', 'numpy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
