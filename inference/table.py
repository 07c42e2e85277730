"""A table of figures beside the bars they must reach, as plain text."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.evaluation import Figures


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        what: what was measured.
        figure: as printed.
        bar: as printed, empty where there is none.
        is_met: None where there is no bar.
    """

    what: str
    figure: str
    bar: str = ""
    is_met: bool | None = None


def at_least(what: str, value: float | None, bar: float, digits: int = 3) -> Row:
    """Return the row of a figure that must not be smaller than its bar."""
    return _row(what, value, f">= {bar:g}", digits, is_met=value is not None and value >= bar)


def below(what: str, value: float | None, bar: float, digits: int = 2) -> Row:
    """Return the row of a figure that must be smaller than its bar."""
    return _row(what, value, f"< {bar:g}", digits, is_met=value is not None and value < bar)


def plain(what: str, value: float | None, digits: int = 3) -> Row:
    """Return the row of a figure without a bar."""
    return _row(what, value, "", digits, is_met=None)


def _row(what: str, value: float | None, bar: str, digits: int, *, is_met: bool | None) -> Row:
    text = "none" if value is None else f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return Row(what, text, bar, is_met)


def phantom_rows(figures: Figures) -> list[Row]:
    """Return the rows of held-out phantoms, with the bars a product must reach."""
    return [
        plain("phantoms", figures.n_phantoms, 1),
        plain("whole vertebrae", figures.n_vertebrae, 1),
        below("localizer, mean error in axial planes, mm", figures.line_mm, 2.0),
        below("limits, mean absolute error, mm", figures.limits_mm, 8.0),
        at_least("detection precision, centres within 20 mm", figures.precision, 0.97),
        at_least("detection recall, centres within 20 mm", figures.recall, 0.97),
        at_least("detection precision, overlap >= 0.1", figures.overlap_precision, 0.97),
        at_least("detection recall, overlap >= 0.1", figures.overlap_recall, 0.97),
        below("six points, mean distance in plane, mm", figures.keypoint_mm, 0.8),
        plain("G, standard deviation of the error", figures.sd_of_g),
        at_least("fractured vertebrae (G <= 0.75, T and L)", figures.n_fractured, 60, 1),
        at_least("ROC AUC for G <= 0.75, missed count lowest", figures.auc, 0.93),
        plain("sensitivity at specificity 0.9", figures.sensitivity),
        plain("phantoms that show an anchor", figures.n_anchored, 1),
        at_least("of those, all labels right", figures.labels_right, 0.85),
        plain("phantoms without an anchor", figures.n_without_anchor, 1),
        at_least("of those, counted as assumed", figures.assumed, 1.0),
        at_least("Dice, mean per vertebra, missed count 0", figures.dice, 0.85),
        plain("seconds per phantom, volume to proposal", figures.seconds, 1),
    ]


def as_text(title: str, rows: Sequence[Row]) -> str:
    """Return a Markdown table."""
    lines = [f"## {title}", "", "| measure | figure | bar | |", "|---|---|---|---|"]
    for row in rows:
        verdict = {True: "met", False: "MISSED", None: ""}[row.is_met]
        lines.append(f"| {row.what} | {row.figure} | {row.bar} | {verdict} |")
    return "\n".join(lines)
