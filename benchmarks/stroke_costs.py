"""Figures of a scripted painting session, and the table they make."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np


@dataclass
class Session:
    """Figures of one volume; milliseconds, bytes and mebibytes.

    Attributes:
        move_ms: main-thread time per brush move, one mean per stroke.
        whole_ms: to write the whole mask as NIfTI and have it durable on the server.
    """

    title: str
    dims: tuple[int, ...]
    first_ms: float = 0.0
    full_ms: float = 0.0
    next_ms: float | None = None
    stroke_bytes: list[int] = field(default_factory=list)
    stroke_ms: list[float] = field(default_factory=list)
    move_ms: list[float] = field(default_factory=list)
    whole_bytes: int = 0
    whole_ms: list[float] = field(default_factory=list)
    page_mib: float = 0.0
    card_mib: float = 0.0

    @property
    def bytes_ratio(self) -> float:
        """How many times fewer bytes a stroke is than the whole mask."""
        return self.whole_bytes / statistics.median(self.stroke_bytes)

    @property
    def time_ratio(self) -> float:
        """How many times sooner a stroke is safe than the whole mask."""
        return statistics.median(self.whole_ms) / statistics.median(self.stroke_ms)


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return float(np.percentile(np.asarray(values, dtype=np.float64), 95))


def table(sessions: Sequence[Session]) -> str:
    """Return the figures as Markdown."""
    rows: list[tuple[str, list[str]]] = [
        ("voxels", [" x ".join(map(str, one.dims)) for one in sessions]),
        ("strokes saved", [str(len(one.stroke_bytes)) for one in sessions]),
        ("bytes per stroke, median", [f"{_median(one.stroke_bytes):.0f}" for one in sessions]),
        ("bytes per stroke, 95 %", [f"{p95(one.stroke_bytes):.0f}" for one in sessions]),
        ("bytes of the whole mask, gzip 6", [str(one.whole_bytes) for one in sessions]),
        ("**times fewer bytes**", [f"**{one.bytes_ratio:.0f}**" for one in sessions]),
        (
            "stroke to acknowledged, median ms",
            [f"{_median(one.stroke_ms):.0f}" for one in sessions],
        ),
        ("stroke to acknowledged, 95 % ms", [f"{p95(one.stroke_ms):.0f}" for one in sessions]),
        ("whole mask to durable, median ms", [f"{_median(one.whole_ms):.0f}" for one in sessions]),
        ("**times sooner**", [f"**{one.time_ratio:.1f}**" for one in sessions]),
        (
            "main thread per brush move, median ms",
            [f"{_median(one.move_ms):.1f}" for one in sessions],
        ),
        ("main thread per brush move, 95 % ms", [f"{p95(one.move_ms):.1f}" for one in sessions]),
        ("first picture, s", [f"{one.first_ms / 1000:.2f}" for one in sessions]),
        ("whole volume, s", [f"{one.full_ms / 1000:.1f}" for one in sessions]),
        ("N to the first picture of this case, s", [_seconds(one.next_ms) for one in sessions]),
        ("memory of the page, MiB", [f"{one.page_mib:.0f}" for one in sessions]),
        ("memory beside it for drawing, MiB", [f"{one.card_mib:.0f}" for one in sessions]),
    ]
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, server and browser on one machine of {os.cpu_count()} "
        "processors, without graphics card or network limit.",
        "Times are of this machine; read the ratios.",
        "",
        f"| | {' | '.join(one.title for one in sessions)} |",
        f"|---|{'---|' * len(sessions)}",
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows),
        "",
    ]
    return "\n".join(lines)


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values))


def _seconds(milliseconds: float | None) -> str:
    return "not measured" if milliseconds is None else f"{milliseconds / 1000:.2f}"
