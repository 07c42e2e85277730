"""Drawings of a report on agreement: differences, confusion, levels, the map over the spine."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib.colors import Color, HexColor

WIDTH: Final = 480.0
INK: Final = HexColor("#1c2430")
SOFT: Final = HexColor("#66707d")
RULE: Final = HexColor("#d5dae0")
BLUE: Final = HexColor("#2f6fb5")
RED: Final = HexColor("#b5412f")
OF_MAP: Final = {
    "grade": "Grade",
    "moderate": "Moderate or not",
    "shape": "Shape",
    "g": "G by more than 0.10",
}
_SMALL: Final = 7.5


def _text(x: float, y: float, words: object, anchor: str = "start", colour: Color = SOFT) -> String:
    return String(
        x, y, str(words), fontName="Helvetica", fontSize=_SMALL, textAnchor=anchor, fillColor=colour
    )


def _shade(share: float) -> Color:
    """Return white for none and full red for all."""
    part = min(max(share, 0.0), 1.0)
    return Color(1 + part * (RED.red - 1), 1 + part * (RED.green - 1), 1 + part * (RED.blue - 1))


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    spread = (high - low) or 1.0
    return lambda value: start + (value - low) / spread * (end - start)


def differences(plot: dict[str, Any], axes: tuple[str, str], unit: str) -> Drawing:
    """Draw Bland and Altman's plot of one measure."""
    height, left, bottom = 170.0, 40.0, 26.0
    digits = 1 if unit else 2
    drawing = Drawing(WIDTH, height)
    means, apart = zip(*plot["points"], strict=True)
    x = _scale(min(means), max(means), left + 8, WIDTH - 8)
    ends = (*apart, *plot["limits"])
    y = _scale(min(ends), max(ends), bottom + 6, height - 14)
    drawing.add(
        Rect(left, bottom, WIDTH - left, height - bottom - 8, strokeColor=RULE, fillColor=None)
    )
    for point in plot["points"]:
        drawing.add(Circle(x(point[0]), y(point[1]), 1.2, fillColor=BLUE, strokeColor=None))
    named = (("bias", plot["bias"]), ("limit", plot["limits"][0]), ("limit", plot["limits"][1]))
    for name, value in named:
        dash = None if name == "bias" else [3, 2]
        line = Line(left, y(value), WIDTH, y(value), strokeColor=RED, strokeDashArray=dash)
        drawing.add(line)
        drawing.add(
            _text(WIDTH - 3, y(value) + 2, f"{name} {value:+.{digits + 1}f}{unit}", "end", RED)
        )
    drawing.add(_text(left, height - 5, axes[1]))
    drawing.add(_text(WIDTH, 4, axes[0], "end"))
    for value in (min(means), max(means)):
        anchor = "start" if value == min(means) else "end"
        drawing.add(_text(x(value), bottom - 10, f"{value:.{digits}f}", anchor))
    for value in (min(ends), max(ends)):
        drawing.add(_text(left - 3, y(value) - 2, f"{value:.{digits}f}", "end"))
    return drawing


def confusion(table: Sequence[Sequence[int]], readers: Sequence[str]) -> Drawing:
    """Draw which grades two readers gave, rows the first reader's."""
    size, left = 26.0, 70.0
    n = len(table)
    drawing = Drawing(left + n * size + 10, n * size + 34)
    most = max(1, *(max(row) for row in table))
    top = n * size + 4
    drawing.add(_text(left, top + 20, f"Grade of reader {readers[1]}"))
    drawing.add(_text(0, top - size / 2, f"Reader {readers[0]}"))
    for a, row in enumerate(table):
        y = top - (a + 1) * size
        drawing.add(_text(left - 6, y + size / 2 - 3, a, "end"))
        drawing.add(_text(left + (a + 0.5) * size, top + 6, a, "middle"))
        for b, count in enumerate(row):
            share = 0.85 * count / most
            fill = HexColor("#dfe7f0") if a == b and count else _shade(share)
            drawing.add(Rect(left + b * size, y, size, size, fillColor=fill, strokeColor=RULE))
            drawing.add(_text(left + (b + 0.5) * size, y + size / 2 - 3, count, "middle", INK))
    return drawing


def levels(rows: Sequence[dict[str, Any]]) -> Drawing:
    """Draw the share of vertebrae with different grades, level by level."""
    height, bottom = 110.0, 14.0
    drawing = Drawing(WIDTH, height)
    read = [row for row in rows if row["n"]]
    step = WIDTH / max(len(read), 1)
    most = max([0.1, *(row["n_different"] / row["n"] for row in read)])
    for place, row in enumerate(read):
        share = row["n_different"] / row["n"]
        x, tall = place * step, (height - bottom - 14) * share / most
        wide = min(step - 3, 20)
        drawing.add(Rect(x, bottom, wide, tall, fillColor=BLUE, strokeColor=None))
        drawing.add(_text(x + wide / 2, bottom + tall + 2, f"{100 * share:.0f} %", "middle"))
        drawing.add(_text(x + wide / 2, 3, row["level"], "middle", INK))
    drawing.add(Line(0, bottom, WIDTH, bottom, strokeColor=RULE))
    return drawing


def spine_map(rows: Sequence[dict[str, Any]]) -> Drawing:
    """Draw the spine from cranial to caudal with how often two readers differ, and in what."""
    tall, left, wide = 14.0, 40.0, 105.0
    drawing = Drawing(left + wide * len(OF_MAP), tall * (len(rows) + 1) + 4)
    top = tall * len(rows)
    for column, (of, name) in enumerate(OF_MAP.items()):
        x = left + column * wide
        drawing.add(_text(x + wide / 2, top + 5, name, "middle"))
        for place, row in enumerate(rows):
            y, cell = top - (place + 1) * tall, row[of]
            share = cell["n_different"] / cell["n"] if cell["n"] else 0.0
            drawing.add(Rect(x, y, wide - 2, tall - 1, fillColor=_shade(share), strokeColor=RULE))
            words = f"{cell['n_different']} of {cell['n']}" if cell["n"] else "-"
            drawing.add(_text(x + wide / 2, y + 4, words, "middle", INK))
    for place, row in enumerate(rows):
        drawing.add(_text(left - 6, top - (place + 1) * tall + 4, row["level"], "end", INK))
    return drawing
