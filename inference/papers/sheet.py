"""A sheet of figures with intervals, folds and baselines, as Markdown and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.domain.agreement.accuracy import Share
from annotation.domain.agreement.estimates import DRAWS, Estimate
from inference.papers.measure import Measure, OverFolds, over_folds

CSV_COLUMNS = (
    *("data", "table", "measure", "n", "patients", "value", "low", "high", "reason"),
    *("fold_mean", "fold_sd", "baseline", "baseline_value"),
)


@dataclass(frozen=True)
class Compared:
    """A figure of a system and the same figure of what is trivial.

    Attributes:
        measure: of the system.
        baseline: of the trivial way; None where there is none.
        trivial: what the trivial way is called.
    """

    measure: Measure
    baseline: Measure | None = None
    trivial: str = ""


@dataclass(frozen=True)
class Row:
    """A computed figure.

    Attributes:
        what: as the row is called.
        estimate: value and interval.
        digits: printed after the point.
        folds: over parts of the patients; None where none were asked for.
        baseline: the same of the trivial way.
        trivial: what that way is called.
    """

    what: str
    estimate: Estimate
    digits: int = 3
    folds: OverFolds | None = None
    baseline: float | None = None
    trivial: str = ""


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        data: what it was measured on; stands beside every figure.
        title: of the table.
        rows: its figures.
        notes: sentences below it.
    """

    data: str
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """How figures are computed.

    Attributes:
        folds: parts of the patients, empty for none.
        draws: of the bootstrap.
    """

    folds: tuple[frozenset[str], ...] = ()
    draws: int = DRAWS


def computed(compared: Compared, terms: Terms) -> Row:
    """Compute a figure, its interval, its folds and its baseline."""
    measure, baseline = compared.measure, compared.baseline
    if baseline is not None and not len(baseline.rows):
        baseline = None
    return Row(
        what=measure.what,
        estimate=measure.estimated(terms.draws),
        digits=measure.digits,
        folds=over_folds(measure, terms.folds) if terms.folds else None,
        baseline=None if baseline is None else baseline.estimated(draws=0).value,
        trivial="" if baseline is None else compared.trivial,
    )


def of_share(what: str, found: Share, n_patients: int, trivial: tuple[str, Share]) -> Row:
    """Return the row of a share with Wilson's interval, beside the trivial way's share."""
    value = Estimate(found.value, found.low, found.high, found.of, n_patients, found.reason)
    return Row(what, value, baseline=trivial[1].value, trivial=trivial[0])


def number(value: float | None, digits: int) -> str:
    """Return a figure as printed, a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def interval(found: Estimate, digits: int) -> str:
    """Return "low to high", or why there is none."""
    if found.low is None or found.high is None:
        return found.reason
    return f"{found.low:.{digits}f} to {found.high:.{digits}f}"


def as_markdown(sheet: Sheet) -> str:
    """Return the table with its notes."""
    has_folds = any(row.folds is not None for row in sheet.rows)
    head = ["measure", sheet.data, "95 % interval", "units", "patients"]
    head += ["mean (SD) over folds"] if has_folds else []
    lines = [f"### {sheet.title}", "", _line([*head, "baseline"]), _line(["---"] * (len(head) + 1))]
    lines += [_line(_cells(row, has_folds=has_folds)) for row in sheet.rows]
    return "\n".join([*lines, *(f"\n{note}" for note in sheet.notes)])


def _cells(row: Row, *, has_folds: bool) -> list[str]:
    found, digits = row.estimate, row.digits
    cells = [row.what, number(found.value, digits), interval(found, digits)]
    cells += [str(found.n_units), str(found.n_clusters)]
    if has_folds:
        cells.append(_folds(row))
    return [*cells, f"{number(row.baseline, digits)} ({row.trivial})" if row.trivial else ""]


def _folds(row: Row) -> str:
    if row.folds is None or row.folds.mean is None:
        return "-"
    return f"{number(row.folds.mean, row.digits)} ({number(row.folds.sd, row.digits)})"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def as_csv(sheets: Sequence[Sheet]) -> str:
    """Return every figure of several tables at full precision, one row each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for sheet in sheets:
        for row in sheet.rows:
            writer.writerow(_plain(sheet, row))
    return out.getvalue()


def _plain(sheet: Sheet, row: Row) -> list[object]:
    found, folds = row.estimate, row.folds or OverFolds(None, None, 0)
    return [
        *(sheet.data, sheet.title, row.what, found.n_units, found.n_clusters),
        *(found.value, found.low, found.high, found.reason),
        *(folds.mean, folds.sd, row.trivial, row.baseline),
    ]
