"""Numbers from files. Generated modules hold copies of these functions, so each needs torch and nothing else.

They read a file only where it is too large to stand in the module.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import torch


def read_columns(file: str, sha256: str, columns: Sequence[int | None]) -> torch.Tensor:
    """Columns of a CSV file beside this module, (rows, len(columns)), 0 for None; it must be the file that it was made
    for."""
    path = Path(__file__).parent / file
    if not path.exists():
        raise FileNotFoundError(f"this module needs the file {path}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path} is not the file that this module was made for: its sha256 is another")
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), skipinitialspace=True)
    rows = [row for row in lines if any(cell.strip() for cell in row)]
    return torch.tensor(
        [[0.0 if k is None else float(row[k]) for k in columns] for row in rows[1:]], dtype=torch.float64
    )


def draw_rows(
    n: int,
    rows: torch.Tensor,
    *,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """n rows of a table, drawn one by one; all of them, in order, where there are no more than n."""
    rows = rows.to(device=device)
    if n < len(rows):
        rows = rows[torch.randint(len(rows), (n,), generator=generator, device=rows.device)]
    return rows.to(dtype=dtype or torch.get_default_dtype())


def gridded(rows: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Rows (places, value) of a full grid as the places along each axis, and the values (n1, n2, …)."""
    axes, numbers = zip(*(torch.unique(places, return_inverse=True) for places in rows[:, :-1].unbind(1)))
    values = rows.new_empty([len(axis) for axis in axes])
    values[numbers] = rows[:, -1]
    return list(axes), values


def linear_table(
    table: tuple[list[torch.Tensor], torch.Tensor], points: torch.Tensor, *places: torch.Tensor | float, along: int = 0
) -> torch.Tensor:
    """The values at places (tensors like points) of a table on a grid, linear in each cell, and constant outside.

    With `along`, the slope along that axis, counted from 1.
    """
    axes, values = table
    values = values.to(points).flatten()
    corners = [(torch.ones_like(values[0]), torch.zeros((), dtype=torch.long, device=points.device))]
    for number, (axis, place) in enumerate(zip(axes, places), 1):
        axis = axis.to(points)
        place = torch.as_tensor(place, device=points.device, dtype=points.dtype)
        right = torch.searchsorted(axis, place.detach().contiguous(), right=True).clamp(1, len(axis) - 1)
        step = axis[right] - axis[right - 1]
        if number == along:
            high = ((axis[0] <= place) & (place <= axis[-1])).to(points.dtype) / step
            low = -high
        else:
            high = ((place - axis[right - 1]) / step).clamp(0, 1)
            low = 1 - high
        ends = ((low, right - 1), (high, right))
        corners = [(w * share, position * len(axis) + end) for w, position in corners for share, end in ends]
    result = torch.zeros_like(values[0])
    for weight, position in corners:
        result = result + weight * values[position]
    return result


def nearest_on_grid(
    table: tuple[list[torch.Tensor], torch.Tensor], points: torch.Tensor, *places: torch.Tensor | float
) -> torch.Tensor:
    """The values of a table on a grid at the points of the grid nearest to places (tensors like points)."""
    axes, values = table
    position = torch.zeros((), dtype=torch.long, device=points.device)
    for axis, place in zip(axes, places):
        axis = axis.to(points)
        place = torch.as_tensor(place, device=points.device, dtype=points.dtype).detach().contiguous()
        position = position * len(axis) + torch.searchsorted((axis[1:] + axis[:-1]) / 2, place)
    return values.to(points).flatten()[position]


def nearest_row(rows: torch.Tensor, points: torch.Tensor, *places: torch.Tensor | float) -> torch.Tensor:
    """The values of a table of scattered rows (places, value) at those nearest to places, in chunks of them."""
    tensors = [torch.as_tensor(place, device=points.device, dtype=points.dtype) for place in places]
    total = torch.zeros_like(points.flatten()[0])
    for tensor in tensors:
        total = total + tensor.detach()
    shape = total.shape  # what the places broadcast to
    wanted = torch.stack([tensor.detach().expand(shape).flatten() for tensor in tensors], dim=-1)
    rows = rows.to(points)
    exact = "donot_use_mm_for_euclid_dist"
    chunk = max(1, 2**22 // len(rows))
    parts = [wanted[start : start + chunk] for start in range(0, len(wanted), chunk)]
    numbers = [torch.cdist(part, rows[:, :-1], compute_mode=exact).argmin(dim=1) for part in parts]
    return rows[torch.cat(numbers), -1].reshape(shape)
