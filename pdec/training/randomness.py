"""One seed, several independent streams of random numbers."""

from __future__ import annotations

import hashlib

import torch


def seed_of(seed: int, name: str) -> int:
    """A seed for one purpose: the same for the same seed and name, unrelated to all others."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def stream(seed: int, name: str, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator on `device` for one purpose, seeded by `seed_of`."""
    return torch.Generator(device).manual_seed(seed_of(seed, name))
