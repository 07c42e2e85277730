"""What a stroke says and what it does, read from the text of the format alone.

Nothing here is shared with the product: the parser, the replay and the decoder of whole masks are
written a second time, plainly, so that a fault of the product is not repeated by its judge.
"""

import gzip
import uuid
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

NAMES: Final = (b"lamina.stroke/1", b"lamina.stroke/2")
LEVELS: Final = (
    *("C1", "C2", "C3", "C4", "C5", "C6", "C7"),
    *("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "T13"),
    *("L1", "L2", "L3", "L4", "L5", "L6", "S1", "Co"),
)
"""Levels in the order of their codes in a message, which count from 1."""


@dataclass(frozen=True)
class Message:
    """One act: its heading, runs of (start, length, old, new), levels of (number, old, new)."""

    id: str
    sequence: int
    tool: int
    number: int
    runs: tuple[tuple[int, int, int, int], ...]
    levels: tuple[tuple[int, int, int], ...]

    @property
    def change(self) -> tuple[object, ...]:
        """Return what it changes, without its heading."""
        return (self.runs, self.levels)


class Wrong(AssertionError):
    """A mask or a message is not what the ledger says."""


def u32(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "little")


def read_message(content: bytes) -> Message:
    """Read lamina.stroke/1 or /2."""
    name = content[:16].rstrip(b"\0")
    if name not in NAMES:
        raise Wrong(f"{name!r} is no stroke")
    is_second = name == NAMES[1]
    n = u32(content, 44)
    at = 52 if is_second else 48
    m = u32(content, 48) if is_second else 0
    if len(content) != at + 10 * n + 3 * m:
        raise Wrong(f"{n} runs and {m} levels do not fill {len(content)} bytes")
    old, new = at + 8 * n, at + 9 * n
    runs = tuple(
        (
            u32(content, at + 4 * r),
            u32(content, at + 4 * (n + r)),
            content[old + r],
            content[new + r],
        )
        for r in range(n)
    )
    tail = content[at + 10 * n :]
    levels = tuple((tail[3 * r], tail[3 * r + 1], tail[3 * r + 2]) for r in range(m))
    number = int.from_bytes(content[42:44], "little")
    identity = str(uuid.UUID(bytes=content[16:32]))
    return Message(identity, u32(content, 32), content[40], number, runs, levels)


def apply(message: Message, labels: np.ndarray, levels: dict[int, int]) -> None:
    """Do what a message says, in place.

    Raises:
        Wrong: if anything is not what the message says it replaces.
    """
    for start, length, old, new in message.runs:
        place = labels[start : start + length]
        if place.size != length or (place != old).any():
            raise Wrong(f"{message.id} (stroke {message.sequence}) does not fit at voxel {start}")
        place[:] = new
    for number, old, new in message.levels:
        if levels.get(number, 0) != old:
            raise Wrong(f"{message.id} replaces level {old} of {number}, not {levels.get(number)}")
        levels[number] = new


def level_codes(vertebrae: list[dict[str, Any]]) -> dict[int, int]:
    """Return level codes by number of `vertebrae` as the API describes them."""
    named = {one["number"]: one["level"] for one in vertebrae}
    return {n: LEVELS.index(level) + 1 if level else 0 for n, level in named.items()}


def read_mask(content: bytes) -> np.ndarray:
    """Read lamina.runs/1 as flat labels."""
    plain = gzip.decompress(content)
    if plain[:16].rstrip(b"\0") != b"lamina.runs/1":
        raise Wrong("the answer is no mask")
    n = u32(plain, 28)
    lengths = np.frombuffer(plain, "<u4", n, 32)
    return np.repeat(np.frombuffer(plain, np.uint8, n, 32 + 4 * n), lengths)
