"""Nested plain data with tensors in it ↔ the bytes of one safetensors file.

Tensors are the tensors of the file; everything around them is JSON in its header, with a digest of the whole. Nothing
in such a file can run: it is no pickle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

FORMAT = "pdec state 1"


class PackingError(ValueError):
    """Bytes that are not whole, or not what `pack` makes."""


def pack(state: Any, about: Mapping[str, Any]) -> bytes:
    """`state` (dicts, lists, tuples, numbers, texts, None and tensors on any device) and `about`, plain data, as bytes.

    Raises TypeError for anything else in them.
    """
    tensors: dict[str, Tensor] = {}
    tree = json.dumps(_flat(state, tensors))
    words = json.dumps(about)
    header = {"format": FORMAT, "about": words, "state": tree, "digest": _digest(words, tree, tensors)}
    return safetensors.torch.save(tensors, metadata=header)


def unpack(data: bytes) -> tuple[Any, dict[str, Any]]:
    """`state`, its tensors on the CPU, and `about`. Raises PackingError, in words that follow "it is"."""
    try:
        tensors = safetensors.torch.load(data)
    except safetensors.SafetensorError as error:
        raise PackingError("not a checkpoint, or not whole") from error
    try:
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
        if not header.get("format", "").startswith("pdec state"):
            raise PackingError("a file of tensors, but not a checkpoint")
        if header["format"] != FORMAT:
            raise PackingError(f"a checkpoint of another version ({header['format']}, not {FORMAT})")
        words, tree = header["about"], header["state"]
        if header["digest"] != _digest(words, tree, tensors):
            raise PackingError("a checkpoint that was damaged")
    except KeyError as error:
        raise PackingError("a checkpoint that was damaged") from error
    # copies: what lies within the bytes of a file is not aligned as torch's own memory is, and results depend on that
    own = {name: tensor.clone() for name, tensor in tensors.items()}
    about: dict[str, Any] = json.loads(words)
    return _nested(json.loads(tree), own), about


def _flat(value: Any, tensors: dict[str, Tensor]) -> Any:
    """JSON for `value`: containers and tensors become one-entry objects that say what they are."""
    match value:
        case Tensor():
            name = str(len(tensors))
            tensors[name] = value.detach().cpu().clone(memory_format=torch.contiguous_format)
            # results depend on the layout too: a matrix by columns is multiplied in another order
            dense = value.is_contiguous() or 0 in value.stride()
            return {"tensor": name} if dense else {"laid out": [name, *value.stride()]}
        case Mapping():
            return {"dict": [[_flat(key, tensors), _flat(entry, tensors)] for key, entry in value.items()]}
        case list() | tuple():
            return {type(value).__name__: [_flat(entry, tensors) for entry in value]}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{type(value).__name__} cannot be saved")


def _nested(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    match kind:
        case "tensor":
            return tensors[content]
        case "laid out":
            plain = tensors[content[0]]
            return torch.empty_strided(plain.shape, content[1:], dtype=plain.dtype).copy_(plain)
        case "dict":
            return {_nested(key, tensors): _nested(entry, tensors) for key, entry in content}
    entries = [_nested(entry, tensors) for entry in content]
    return tuple(entries) if kind == "tuple" else entries


def _digest(about: str, tree: str, tensors: Mapping[str, Tensor]) -> str:
    found = hashlib.blake2b(f"{about}\n{tree}".encode(), digest_size=16)
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()
