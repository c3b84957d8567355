"""Tables: the slow meaning in Python and the functions of generated modules, against each other and closed forms."""

import itertools
import random

import pytest
import torch

from pdec.runtime import tables as runtime
from pdec.sheets import read
from pdec.tables import Table, axes_of, doubled

AXES = ((0.0, 0.3, 1.0, 1.5), (-1.0, 0.0, 0.25), (2.0, 5.0))
DRAW = random.Random(3)


def table(tmp_path, rows, rule):
    """A table in as many parameters as rows have places; in the file they are shuffled."""
    names = "xyz"[: len(rows[0]) - 1]
    lines = [",".join(map(repr, row)) for row in rows]
    DRAW.shuffle(lines)
    (tmp_path / "t.csv").write_text("\n".join([",".join([*names, "a"]), *lines]))
    sheet = read("t.csv", str(tmp_path))
    columns = tuple(range(len(sheet.names)))
    found = tuple(sorted(sheet.rows(columns)))
    made = Table("a", tuple(names), sheet, columns, rule, axes_of(found), found)
    return made, torch.tensor(sheet.rows(columns), dtype=torch.float64)


def multilinear(x, y, z):
    return 1 + 2 * x - 3 * y + x * y * z - 0.5 * y * z


def places(count=200, low=-1.5, high=5.5):
    return [tuple(DRAW.uniform(low, high) for _ in range(3)) for _ in range(count)]


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_linear_tables(tmp_path, dim):
    grid = [(*p, multilinear(*p, *[1.0] * (3 - dim))) for p in itertools.product(*AXES[:dim])]
    made, rows = table(tmp_path, grid, "linear")
    assert made.axes == AXES[:dim]
    wanted = torch.tensor(places(), dtype=torch.float64)[:, :dim]
    fast = runtime.linear_table(runtime.gridded(rows), wanted, *wanted.unbind(1))
    slow = torch.tensor([made.value(p) for p in wanted.tolist()], dtype=torch.float64)
    torch.testing.assert_close(fast, slow)
    clamped = torch.stack([p.clamp(axis[0], axis[-1]) for p, axis in zip(wanted.unbind(1), AXES)], dim=1)
    full = [*clamped.unbind(1), *[torch.ones(len(wanted), dtype=torch.float64)] * (3 - dim)]
    torch.testing.assert_close(fast, multilinear(*full))  # constant outside, and exact for what is linear in each


def test_slopes_of_linear_tables(tmp_path):
    made, rows = table(tmp_path, [(*p, multilinear(*p)) for p in itertools.product(*AXES)], "linear")
    inside = torch.tensor([(0.1, -0.5, 3.0), (1.2, 0.1, 4.5)], dtype=torch.float64)
    x, y, z = inside.unbind(1)
    for along, wanted in ((1, 2 + y * z), (2, -3 + x * z - 0.5 * z), (3, x * y - 0.5 * y)):
        fast = runtime.linear_table(runtime.gridded(rows), inside, x, y, z, along=along)
        torch.testing.assert_close(fast, wanted)
        assert [made.value(p, along) for p in inside.tolist()] == pytest.approx(wanted.tolist())
    outside = torch.tensor([[9.0, -0.5, 3.0]], dtype=torch.float64)
    assert runtime.linear_table(runtime.gridded(rows), outside, *outside.unbind(1), along=1).item() == 0
    assert made.value((9.0, -0.5, 3.0), 1) == 0


def test_gradients_flow_through_places(tmp_path):
    _, rows = table(tmp_path, [(0.0, 1.0), (1.0, 3.0), (2.0, 2.0)], "linear")
    place = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    runtime.linear_table(runtime.gridded(rows), place, place).sum().backward()
    assert place.grad.tolist() == [2, -1]


def test_nearest_on_a_grid_is_nearest_of_the_rows(tmp_path):
    made, rows = table(tmp_path, [(*p, DRAW.random()) for p in itertools.product(*AXES)], "nearest")
    wanted = torch.tensor(places(), dtype=torch.float64)
    grid = runtime.nearest_on_grid(runtime.gridded(rows), wanted, *wanted.unbind(1))
    torch.testing.assert_close(grid, runtime.nearest_row(rows, wanted, *wanted.unbind(1)))
    assert [made.value(p) for p in wanted.tolist()] == grid.tolist()


def test_nearest_of_scattered_points(tmp_path):
    made, rows = table(tmp_path, [(*p, DRAW.random()) for p in places(60)], "nearest")
    assert made.axes == ()
    wanted = torch.tensor(places(), dtype=torch.float64)
    fast = runtime.nearest_row(rows, wanted, *wanted.unbind(1))
    brute = rows[(wanted[:, None] - rows[:, :3]).square().sum(-1).argmin(1), 3]
    torch.testing.assert_close(fast, brute)
    assert [made.value(p) for p in wanted.tolist()] == brute.tolist()


def test_places_broadcast_and_may_be_numbers(tmp_path):
    _, rows = table(tmp_path, [(x, y, x + 10 * y) for x in (0.0, 1.0) for y in (0.0, 1.0)], "linear")
    x = torch.tensor([[0.0], [0.5]], dtype=torch.float64)
    y = torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    value = runtime.linear_table(runtime.gridded(rows), x, x, y)
    torch.testing.assert_close(value, x + 10 * y)
    assert runtime.linear_table(runtime.gridded(rows), x, 0.5, 0.5).item() == 5.5
    assert runtime.nearest_row(rows, x, x, 0.9).shape == (2, 1)


def test_doubled_places():
    assert doubled([(0.0, 1.0, 5.0), (0.0, 1.0, 6.0)]) == (0.0, 1.0)
    assert doubled([(0.0, 1.0, 5.0), (0.0, 2.0, 5.0)]) is None


def test_rows_of_a_batch():
    rows = torch.arange(12, dtype=torch.float64).reshape(6, 2)
    assert torch.equal(runtime.draw_rows(6, rows, dtype=torch.float64), rows)
    generator = torch.Generator().manual_seed(0)
    few = runtime.draw_rows(4, rows, generator=generator, dtype=torch.float32)
    assert few.shape == (4, 2)
    assert few.dtype == torch.float32
    assert all(row in rows.tolist() for row in few.tolist())
