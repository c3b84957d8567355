"""Data and tables in problems: which columns are taken, what may be done with a table, and what is said of data."""

import pytest

import pdec
from pdec.symbolic.atoms import Lookup, Measured
from pdec.symbolic.latex import problem_latex
from pdec.symbolic.prove import prove


@pytest.fixture
def load(tmp_path):
    """Loads a text with a file `f.csv` beside it."""

    def make(text, content, **options):
        (tmp_path / "f.csv").write_text(content)
        return pdec.loads(text, folder=tmp_path, **options)

    return make


HEAT = "space x in [0, 1] time t in [0, 1] unknown u equation u_t = u_xx "
VECTOR = "dim N = 2 space x in [0, 1]^N unknown u, v: vector(N) equation lap(u) = 0 equation lap(v) = 0 "


def test_the_column_called_like_the_left_side(load):
    (condition,) = load(HEAT + 'data u_x = "f.csv"', "u_x,other,t,x\n1,2,3,4\n").conditions
    assert (condition.name, condition.kind) == ("data", "data")
    assert condition.data.rows == [(4, 3, 1)]
    assert condition.residual.expression.has(Measured)


@pytest.mark.parametrize(
    ("text", "content", "row"),
    [
        (HEAT + 'data u = "f.csv"', "x,t,temperature\n1,0,3\n", (1, 0, 3)),
        (HEAT + 'data 2*u = "f.csv" column q', "x,t,p,q\n1,0,3,4\n", (1, 0, 4)),
        (HEAT + 'data u(x, t) = "f.csv"', "x,t,p,u\n1,0,3,4\n", (1, 0, 4)),
        (VECTOR + 'data u = "f.csv"', "x2,x1,u\n0.1,0.2,5\n", (0.2, 0.1, 5)),
        (VECTOR + 'data v = "f.csv"', "x1,x2,v2,z,v1\n0.1,0.2,5,6,7\n", (0.1, 0.2, 7, 5)),
        (VECTOR + 'data grad(u) = "f.csv"', "x1,x2,a,b\n0.1,0.2,5,6\n", (0.1, 0.2, 5, 6)),
        (VECTOR + 'data grad(u) = "f.csv" column g', "x1,x2,g2,g1\n0.1,0.2,5,6\n", (0.1, 0.2, 6, 5)),
    ],
)
def test_columns(load, text, content, row):
    (condition,) = load(text, content).conditions
    assert condition.data.rows == [row]
    assert condition.data.size == len(row) - 2


def test_one_entry_of_a_vector_may_be_called_like_it(load):
    text = VECTOR.replace("N = 2", "N = 1") + 'data u = "f.csv"'
    for name in ("x", "x1"):
        (condition,) = load(text, f"{name},u\n0.1,5\n").conditions
        assert condition.data.rows == [(0.1, 5)]


def test_points_outside_the_domain_are_warned_of(load):
    (warning,) = load(HEAT + 'data u = "f.csv"', "x,t,u\n0.5,0.5,1\n0.5,1.1,1\n1.0000001,0,1\n-3,0,1\n").warnings
    assert warning.code == "W402"
    assert warning.message == "2 of the 4 points of f.csv lie outside the domain"


def test_the_exact_solution_is_compared_with_data(load):
    text = HEAT + 'data u = "f.csv" exact u = x + {c}'
    (_, verdict) = prove(load(text.format(c=1), "x,t,u\n0,0,1\n0.5,0,1.5\n"))
    assert verdict.status == "compared"
    assert verdict.text.startswith("0 away from f.csv")
    (_, verdict) = prove(load(text.format(c="1.25"), "x,t,u\n0,0,1\n0.5,0,1.5\n"))
    assert verdict.text.startswith("0.25 away from f.csv (root mean square of 2 values; those measured have 1.3)")


def test_a_table_is_a_function(load):
    text = 'space (x, y) in [0, 1]^2 unknown u table a(x, y) = "f.csv" equation a*u_xx + a(y, x + u)*u_yy = {right}'
    content = "x,y,a\n0,0,1\n0,1,2\n1,0,3\n1,1,5\n"
    (equation,) = load(text.format(right="div(a*grad(u))"), content).equations
    shown = {str(pdec.explain(load(text.format(right=r), content), method="autograd").equations[0].text) for r in "12"}
    assert "a(y, x + u)*u_yy + a(x, y)*u_xx - 1 = 0" in shown
    assert {lookup.table.along for lookup in equation.expression.atoms(Lookup)} == {0, 1, 2}


def test_linear_where_the_points_are_a_grid(load):
    text = 'space (x, y) in [0, 1]^2 unknown u table a(x, y) = "f.csv" {rule} equation a*u_xx = 0'
    grid, scattered = "x,y,a\n0,0,1\n0,1,2\n1,0,3\n1,1,5\n", "x,y,a\n0,0,1\n0,1,2\n1,0,3\n"
    assert load(text.format(rule=""), grid).tables[0].rule == "linear"
    assert load(text.format(rule="nearest"), grid).tables[0].rule == "nearest"
    assert load(text.format(rule=""), scattered).tables[0].rule == "nearest"


def test_a_table_of_the_vector_of_coordinates(load):
    text = 'dim N = 3 space x in [0, 1]^N unknown u table a(x) = "f.csv" equation a*lap(u) + a(2*x) = 0'
    (table,) = load(text, "x1,x2,x3,a\n0,0,0,1\n1,0.5,0,2\n").tables
    assert table.parameters == ("x1", "x2", "x3")
    with pytest.raises(pdec.PdeError, match="there is no column `x4`"):
        load(text, "x1,x2,x3,a\n0,0,0,1\n", dim=4)


def test_a_solution_is_proved_with_a_table(load):
    text = HEAT.replace("u_xx", "div(k*grad(u))") + 'table k(x) = "f.csv" exact u = x + {c}*t'
    content = "x,k\n0,1\n0.5,2\n1,3\n"
    assert [v.status for v in prove(load(text.format(c=2), content))] == ["holds"]
    assert [v.status for v in prove(load(text.format(c=3), content))] == ["violated"]


def test_unused_tables_are_named(load):
    (warning,) = load(HEAT + 'table k(x) = "f.csv"', "x,k\n0,1\n1,2\n").warnings
    assert (warning.code, warning.message) == ("W401", "`k` is never used")


def test_a_file_is_read_once(load, monkeypatch):
    from pdec.symbolic import files

    seen = []
    monkeypatch.setattr(files, "read", lambda *a, read=files.read: seen.append(a) or read(*a))
    problem = load(HEAT + 'data u = "f.csv" data one: u_x = "f.csv" column u', "x,t,u\n0,0,1\n")
    assert len(seen) == 1
    assert len(problem.sheets) == 1


def test_explained(load):
    text = HEAT + 'unknown param k = 2 in [1, 3] table a(x) = "f.csv" equation k*a*u_x = 0 data u = "f.csv" column a'
    given = dict(pdec.explain(load(text, "x,t,a\n0,0,1\n1,0,2\n"), method="autograd").given)
    assert given == {
        "k": "unknown parameter in [1, 3], starts at 2",
        "a": "table, linear on a grid of 2 points, 2 rows of f.csv",
        "data": "2 points of f.csv",
    }


def test_as_latex(load):
    text = (
        HEAT
        + 'unknown param k = 2 in [1, 3] table a(x) = "f.csv" equation d(a, x)*k*a^2*u_x = 0 data u = "f.csv" column a'
    )
    lines = pdec.explain(load(text, "x,t,a\n0,0,1\n1,0,2\n"), method="autograd").given
    assert len(lines) == 3
    found = problem_latex(load(text, "x,t,a\n0,0,1\n1,0,2\n"))
    assert r"k &\in [1, 3] && \text{to be found}" in found
    assert r"\partial_{x} a\left(x\right)" in found
    assert r"a^{2}\left(x\right)" in found
    assert r"u &= \text{measured} && \text{at the points of f.csv}" in found


def test_measured_values_read_as_such(load):
    shown = {
        r.label: r.text
        for r in pdec.explain(
            load(VECTOR + 'data one: u = "f.csv" data v = "f.csv"', "x1,x2,u,v1,v2\n1,1,1,1,1\n")
        ).equations
    }
    assert shown["one"] == "u - measured = 0"
    assert shown["data2"] == "v - measured = 0"
