"""``lamina.stroke/2``: one act on a mask: what it changes of the label map and of the levels.

Little endian: magic (16 bytes), stroke id (16 bytes, UUID in network order as it is written),
u32 sequence, u32 base_revision, u8 tool, u8 track, u16 number (the vertebra it was for, 0 none),
u32 n_runs, u32 n_levels, then n_runs each of u32 start, u32 length, u8 old, u8 new, then n_levels
times (u8 number, u8 old, u8 new). Starts are flat indices ``i + ni * (j + nj * k)``. Runs are
sorted, do not overlap, are not empty, and old differs from new. Level changes are sorted by number,
one per number; old and new are 1 + the place of the level in `LEVELS`, 0 for no level, and differ.

``lamina.stroke/1`` is read too: there the number is reserved 0, and n_levels and level changes are
missing. Only /2 is written.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from annotation.bridge.packing import MAGIC_BYTES, UnknownFormat, magic, refuse_other
from annotation.domain.vertebrae import LEVELS

NAME: Final = "lamina.stroke/2"
OLD_NAME: Final = "lamina.stroke/1"
_HEADER: Final = struct.Struct("<16s2I2BH2I")
_OLD_HEADER: Final = struct.Struct("<16s2I2BHI")
_RUN_BYTES: Final = 10
_LEVEL_BYTES: Final = 3


class Tool(IntEnum):
    """What made the stroke."""

    BRUSH = 1
    ERASER = 2
    UNDO = 3
    REDO = 4
    OTHER = 5
    ADAPTIVE = 6
    SCISSORS = 7
    FILL = 8
    ISLANDS = 9
    HOLES = 10
    SMOOTH = 11
    INTERPOLATE = 12
    SPLIT = 13
    MERGE = 14
    ABSORB = 15
    GROW = 16
    SHRINK = 17
    MODEL_MASK = 18
    CLEAR = 19
    SHIFT = 20
    INSERT = 21
    SWAP = 22
    RELABEL = 23
    ADD = 24
    RESTORE = 25
    KEEP_MINE = 26
    CUT = 27


_TOOLS: Final = frozenset(tool.value for tool in Tool)


class BaseMismatch(ValueError):
    """The label map does not hold the old values that a stroke says it replaces."""

    def __init__(self, first_index: int, n_voxels: int) -> None:
        super().__init__(f"{n_voxels} voxels differ from what the stroke replaces")
        self.first_index = first_index
        self.n_voxels = n_voxels


@dataclass(frozen=True)
class LevelChange:
    """Which level a vertebra number was and becomes; None is no level."""

    number: int
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Heading:
    """What a stroke is, without what it changes.

    Attributes:
        id: made by the client; the same id twice is the same stroke.
        sequence: from 1, counted per case and track.
        base_revision: the revision the strokes since then stand on.
        tool: what made it.
        track: 0 is the main track.
        number: the vertebra it was for, 0 for none.
    """

    id: UUID
    sequence: int
    base_revision: int
    tool: Tool = Tool.BRUSH
    track: int = 0
    number: int = 0


@dataclass(frozen=True, eq=False)
class Stroke:
    """A heading, its runs and its level changes; the four arrays have equal length.

    Attributes:
        heading: see `Heading`.
        starts: int64 flat indices, ascending.
        lengths: int64, at least 1.
        old: uint8 value before.
        new: uint8 value after.
        levels: level changes by ascending number.
    """

    heading: Heading
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    old: NDArray[np.uint8]
    new: NDArray[np.uint8]
    levels: tuple[LevelChange, ...] = ()

    @property
    def n_voxels(self) -> int:
        """Number of voxels changed."""
        return int(self.lengths.sum())


def parse_stroke(content: bytes) -> Stroke:
    """Read a stroke of either version.

    Raises:
        UnknownFormat: if the bytes are not a whole, consistent stroke.
    """
    heading, n_runs, n_levels, body = _read_header(content)
    if len(content) != body + _RUN_BYTES * n_runs + _LEVEL_BYTES * n_levels:
        raise UnknownFormat(
            f"{NAME}: {n_runs} runs and {n_levels} levels do not fill {len(content)} bytes"
        )
    stroke = Stroke(
        heading,
        np.frombuffer(content, "<u4", n_runs, body).astype(np.int64),
        np.frombuffer(content, "<u4", n_runs, body + 4 * n_runs).astype(np.int64),
        np.frombuffer(content, np.uint8, n_runs, body + 8 * n_runs),
        np.frombuffer(content, np.uint8, n_runs, body + 9 * n_runs),
        _read_levels(content[body + _RUN_BYTES * n_runs :]),
    )
    _refuse_disorder(stroke)
    return stroke


def _read_header(content: bytes) -> tuple[Heading, int, int, int]:
    """Return the heading, the numbers of runs and level changes, and where the runs begin."""
    is_old = content.startswith(magic(OLD_NAME))
    if not is_old:
        refuse_other(content, NAME)
    header = _OLD_HEADER if is_old else _HEADER
    body = MAGIC_BYTES + header.size
    if len(content) < body:
        raise UnknownFormat(f"{NAME}: the header is cut off")
    identity, sequence, base, tool, track, number, *counts = header.unpack_from(
        content, MAGIC_BYTES
    )
    n_runs, n_levels = (*counts, 0)[:2]
    if tool not in _TOOLS or sequence < 1 or number > (0 if is_old else 255):
        raise UnknownFormat(f"{NAME}: tool {tool}, sequence {sequence}, number {number}")
    heading = Heading(UUID(bytes=identity), sequence, base, Tool(tool), track, number)
    return heading, n_runs, n_levels, body


def _read_levels(content: bytes) -> tuple[LevelChange, ...]:
    return tuple(
        LevelChange(content[at], _level_of(content[at + 1]), _level_of(content[at + 2]))
        for at in range(0, len(content), _LEVEL_BYTES)
    )


def _level_of(code: int) -> str | None:
    if code > len(LEVELS):
        raise UnknownFormat(f"{NAME}: {code} stands for no level")
    return LEVELS[code - 1] if code else None


def _code_of(level: str | None) -> int:
    return 0 if level is None else 1 + LEVELS.index(level)


def encode_stroke(stroke: Stroke) -> bytes:
    """Write a stroke.

    Raises:
        UnknownFormat: if its runs or levels are out of order, overlap, are empty or change nothing.
    """
    _refuse_disorder(stroke)
    heading = stroke.heading
    head = _HEADER.pack(
        heading.id.bytes,
        heading.sequence,
        heading.base_revision,
        heading.tool,
        heading.track,
        heading.number,
        stroke.starts.size,
        len(stroke.levels),
    )
    runs = (
        stroke.starts.astype("<u4").tobytes()
        + stroke.lengths.astype("<u4").tobytes()
        + stroke.old.tobytes()
        + stroke.new.tobytes()
    )
    levels = b"".join(
        bytes((change.number, _code_of(change.old), _code_of(change.new)))
        for change in stroke.levels
    )
    return magic(NAME) + head + runs + levels


def apply_stroke(labels: NDArray[np.uint8], stroke: Stroke) -> None:
    """Change a label map in place; it is unchanged if anything is wrong.

    Args:
        labels: uint8, shape (k, j, i), C-contiguous.
        stroke: what to change.

    Raises:
        ValueError: if the array is not contiguous bytes.
        UnknownFormat: if a run reaches beyond the map.
        BaseMismatch: if a voxel does not hold the run's old value.
    """
    if labels.dtype != np.uint8 or not labels.flags.c_contiguous:
        raise ValueError("a stroke is applied to a contiguous array of bytes")
    if stroke.starts.size == 0:
        return
    if int(stroke.starts[-1] + stroke.lengths[-1]) > labels.size:
        raise UnknownFormat(f"{NAME}: a run reaches beyond the {labels.size} voxels of the map")
    flat = labels.reshape(-1)
    index = indices(stroke)
    wrong = flat[index] != np.repeat(stroke.old, stroke.lengths)
    if wrong.any():
        raise BaseMismatch(int(index[wrong][0]), int(wrong.sum()))
    flat[index] = np.repeat(stroke.new, stroke.lengths)


def inverse(stroke: Stroke, heading: Heading) -> Stroke:
    """Return the stroke that takes this one back, under a heading of its own."""
    levels = tuple(LevelChange(one.number, one.new, one.old) for one in stroke.levels)
    return Stroke(heading, stroke.starts, stroke.lengths, stroke.new, stroke.old, levels)


def difference(before: NDArray[np.uint8], after: NDArray[np.uint8], heading: Heading) -> Stroke:
    """Return the stroke that turns one label map into another, with the fewest runs.

    Args:
        before: uint8, shape (k, j, i).
        after: same shape.
        heading: of the stroke to be made.

    Raises:
        ValueError: if the shapes differ or an array is not bytes.
    """
    if before.shape != after.shape or before.dtype != np.uint8 or after.dtype != np.uint8:
        raise ValueError("two label maps are compared on one grid, as bytes")
    old, new = np.ravel(before), np.ravel(after)
    index = np.flatnonzero(old != new).astype(np.int64)
    old, new = old[index], new[index]
    if index.size == 0:
        nothing = np.zeros(0, np.int64)
        return Stroke(heading, nothing, nothing, old, new)
    breaks = (np.diff(index) != 1) | (old[1:] != old[:-1]) | (new[1:] != new[:-1])
    first = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    lengths = np.diff(first, append=index.size).astype(np.int64)
    return Stroke(heading, index[first], lengths, old[first], new[first])


def indices(stroke: Stroke) -> NDArray[np.int64]:
    """Return the flat index of every voxel a stroke changes, ascending."""
    before = np.cumsum(stroke.lengths) - stroke.lengths
    return np.repeat(stroke.starts - before, stroke.lengths) + np.arange(stroke.n_voxels)


def _refuse_disorder(stroke: Stroke) -> None:
    ends = stroke.starts + stroke.lengths
    if (stroke.lengths < 1).any():
        raise UnknownFormat(f"{NAME}: a run is empty")
    if (stroke.starts[1:] < ends[:-1]).any():
        raise UnknownFormat(f"{NAME}: runs overlap or are not in order")
    if (stroke.old == stroke.new).any():
        raise UnknownFormat(f"{NAME}: a run changes nothing")
    _refuse_level_disorder(stroke.levels)


def _refuse_level_disorder(levels: tuple[LevelChange, ...]) -> None:
    numbers = [change.number for change in levels]
    if numbers != sorted(set(numbers)) or 0 in numbers:
        raise UnknownFormat(f"{NAME}: level changes are out of order, doubled or for number 0")
    if any(change.old == change.new for change in levels):
        raise UnknownFormat(f"{NAME}: a level change changes nothing")
