"""Plots of a report as SVG: ROC curves, Bland and Altman, the confusion matrix."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from annotation.agreement import pdf_plots
from annotation.domain.agreement.values import bland_altman
from inference.judged import JudgedCase
from inference.papers import compressing
from inference.papers.classing import confusion
from inference.papers.measure import roc_auc, roc_points
from inference.papers.severity import TASKS, ranked, vertebrae_of

SIDE: Final = 240.0
LEFT: Final = 40.0
BOTTOM: Final = 34.0
CELL: Final = 80.0
_COLOURS: Final = (pdf_plots.BLUE, pdf_plots.RED, HexColor("#3b7d3a"))


def drawn(cases: Sequence[JudgedCase]) -> list[tuple[str, str]]:
    """Return name and SVG of every plot that the cases allow."""
    plots: list[tuple[str, Drawing | None]] = [
        ("roc", roc(cases)),
        ("g", differences(cases, compressing.of_g, "G", "")),
        ("compression", differences(cases, compressing.of_compression, "Compression", " %")),
        ("confusion", calls(cases)),
    ]
    return [(name, renderSVG.drawToString(one)) for name, one in plots if one is not None]


def roc(cases: Sequence[JudgedCase]) -> Drawing | None:
    """Draw the curves of the three tasks by vertebra; None where no task has both classes."""
    picture = Drawing(LEFT + SIDE + 170, BOTTOM + SIDE + 12)
    picture.add(Rect(LEFT, BOTTOM, SIDE, SIDE, strokeColor=pdf_plots.RULE, fillColor=None))
    n = 0
    for task, colour in zip(TASKS, _COLOURS, strict=True):
        rows = ranked("", roc_auc(), task, vertebrae_of(cases)).rows
        positive = rows[:, 1] > 0
        if positive.all() or not positive.any():
            continue
        false, true = roc_points(rows[:, 0], positive)
        points = np.column_stack([LEFT + false * SIDE, BOTTOM + true * SIDE]).ravel().tolist()
        picture.add(PolyLine(points, strokeColor=colour, strokeWidth=1.4))
        name = f"{task.name} ({int(positive.sum())} of {len(rows)})"
        picture.add(_words(LEFT + SIDE + 8, BOTTOM + SIDE - 10 - 12 * n, name, colour))
        n += 1
    if not n:
        return None
    allowed = LEFT + 0.1 * SIDE
    dash = [3, 2]
    line = Line(allowed, BOTTOM, allowed, BOTTOM + SIDE, strokeColor=pdf_plots.SOFT)
    line.strokeDashArray = dash
    picture.add(line)
    for share in (0.0, 0.5, 1.0):
        picture.add(_words(LEFT + share * SIDE - 4, BOTTOM - 11, f"{share:g}"))
        picture.add(_words(LEFT - 20, BOTTOM + share * SIDE - 3, f"{share:g}"))
    picture.add(_words(LEFT, 6, "1 - specificity (dashed: specificity 0.9)"))
    picture.add(_words(LEFT, BOTTOM + SIDE + 4, "sensitivity"))
    return picture


def differences(
    cases: Sequence[JudgedCase], pair: compressing.Pair, name: str, unit: str
) -> Drawing | None:
    """Draw Bland and Altman's plot, system minus truth; None with fewer than two pairs."""
    rows, _ = compressing.pairs(cases, pair)
    found = bland_altman(rows[:, 0], rows[:, 1])
    if found is None:
        return None
    points = np.column_stack([rows.mean(axis=1), rows[:, 0] - rows[:, 1]]).tolist()
    plot: dict[str, Any] = {"points": points, "bias": found.bias, "limits": found.limits}
    axes = (f"{name}, mean of system and truth", f"{name}, system minus truth")
    return pdf_plots.differences(plot, axes, unit)


def calls(cases: Sequence[JudgedCase]) -> Drawing | None:
    """Draw which vertebrae were called fractured, missed ones as not; None without any."""
    counts = confusion(cases, with_missed=True)
    table = {
        (0, 0): counts.true_negative,
        (0, 1): counts.false_positive,
        (1, 0): counts.false_negative,
        (1, 1): counts.true_positive,
    }
    most = max(table.values())
    if not most:
        return None
    picture = Drawing(LEFT + 300, 2 * CELL + 40)
    for (row, column), count in table.items():
        x, y = LEFT + 90 + column * CELL, 10 + (1 - row) * CELL
        hue = pdf_plots.BLUE if row == column else pdf_plots.RED
        fill = Color(hue.red, hue.green, hue.blue, alpha=0.1 + 0.6 * count / most)
        picture.add(Rect(x, y, CELL, CELL, fillColor=fill, strokeColor=pdf_plots.RULE))
        picture.add(_words(x + CELL / 2 - 6, y + CELL / 2 - 3, str(count), pdf_plots.INK))
    for place, name in enumerate(("unfractured", "fractured")):
        picture.add(_words(6, 10 + (1.5 - place) * CELL - 3, f"truly {name}"))
        picture.add(_words(LEFT + 94 + place * CELL, 2 * CELL + 16, f"called {name}"))
    return picture


def _words(x: float, y: float, words: str, colour: Any = pdf_plots.SOFT) -> String:
    return String(x, y, words, fontName="Helvetica", fontSize=7.5, fillColor=colour)
