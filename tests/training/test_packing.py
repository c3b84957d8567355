"""Nested data and tensors survive the way through bytes; what is not whole or foreign is told."""

import math
import random

import pytest
import safetensors.torch
import torch

from pdec.training.packing import PackingError, pack, unpack

STATE = {
    "numbers": [1, 2.5, math.inf, -math.inf, True, None, "größer"],
    "pairs": (0.9, 0.999),
    "state": {0: {"step": torch.tensor(3.0), "Q": [torch.eye(2, dtype=torch.float64), []]}, 1: {}},
    "stream": torch.Generator().manual_seed(3).get_state(),
    "empty": torch.zeros(0, 4),
    "half": torch.ones(3, dtype=torch.bfloat16),
}


def same(one, two):
    if isinstance(one, torch.Tensor):
        return one.dtype == two.dtype and torch.equal(one, two)
    if isinstance(one, dict):
        return list(one) == list(two) and all(same(one[key], two[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return type(one) is type(two) and len(one) == len(two) and all(map(same, one, two))
    return type(one) is type(two) and one == two


def test_everything_comes_back():
    state, about = unpack(pack(STATE, {"step": 4, "rate": 0.1}))
    assert same(state, STATE)
    assert about == {"step": 4, "rate": 0.1}


def test_tensors_that_share_memory_are_saved_apart():
    one = torch.arange(6.0)
    state, _ = unpack(pack({"all": one, "part": one[2:4]}, {}))
    assert same(state, {"all": one, "part": one[2:4]})


def test_a_number_of_a_column_is_saved_alone():
    """One entry with the stride of the matrix that it was taken from."""
    state, _ = unpack(pack({"bias": torch.arange(10.0).reshape(1, 10)[:, 3]}, {}))
    assert state["bias"].tolist() == [3.0]


def test_what_is_no_data_is_refused():
    with pytest.raises(TypeError, match="set cannot be saved"):
        pack({"a": {1, 2}}, {})


def test_a_part_of_a_file_is_told():
    data = pack(STATE, {})
    for length in (0, 1, 8, 20, len(data) // 2, len(data) - 1):
        with pytest.raises(PackingError, match="not a checkpoint, or not whole"):
            unpack(data[:length])


def test_damage_anywhere_is_told():
    data, draw = pack(STATE, {"step": 4}), random.Random(0)
    for place in draw.sample(range(len(data)), 400):
        wrong = data[:place] + bytes([data[place] ^ (1 + draw.randrange(255))]) + data[place + 1 :]
        try:
            found = unpack(wrong)
        except PackingError:
            continue
        # in the header a space may become another space, which changes nothing
        assert same(found[0], STATE), place


def test_other_files_are_told():
    with pytest.raises(PackingError, match="a file of tensors, but not a checkpoint"):
        unpack(safetensors.torch.save({"weight": torch.ones(2)}))
    with pytest.raises(PackingError, match="another version"):
        unpack(safetensors.torch.save({}, metadata={"format": "pdec state 99"}))
