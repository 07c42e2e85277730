"""All tables of one system on one data set, and the files they are kept in."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotation.domain.genant import DEFAULT_CONVENTION
from inference.judged import JudgedCase
from inference.papers import plots
from inference.papers.baseline import anatomical
from inference.papers.classing import Confusion, classed, confusion, is_case_right
from inference.papers.compressing import compared
from inference.papers.labelling import labelled
from inference.papers.locating import located
from inference.papers.measure import folds_by_patient
from inference.papers.picturing import pictured
from inference.papers.severity import severities
from inference.papers.sheet import Compared, Sheet, Terms, as_csv, as_markdown, computed

INTERVALS: Final = (
    "Intervals: 95 %, bootstrap over patients (1000 draws); those of fractured or not: Wilson."
)
PHANTOMS: Final = (
    "Phantoms come from the generator that also made the training data: such figures prove code,"
    " not medicine, and flatter."
)
FOLDS: Final = (
    "Folds are parts of the patients judged with one set of weights; nothing is trained anew."
)
SEVERITY: Final = f"Severity, grades by {DEFAULT_CONVENTION} (Zakharov et al. 2023)"
EXPERTS: Final = "experts against each other"
CASES: Final = ("data", "case", "patient", "processed", "failure", "vertebrae", "found", "false")
VERTEBRAE: Final = (
    *(
        "data",
        "case",
        "level",
        "found_level",
        "grade",
        "shape",
        "g",
        "found_g",
        "called",
        "apart_mm",
    ),
    *("dice", "label_dice", "label_hd95_mm", "compression", "found_compression"),
)


@dataclass(frozen=True)
class Judged:
    """One case as the system and what is trivial see it.

    Attributes:
        data: what data set it belongs to.
        system: of the system.
        stacked: of mean vertebrae stacked on a straight line.
        counted: of the system's own finds, named upward from L5.
    """

    data: str
    system: JudgedCase
    stacked: JudgedCase
    counted: JudgedCase


@dataclass(frozen=True)
class Report:
    """Everything about one data set.

    Attributes:
        data: what it is called.
        sheets: its tables.
        cases: what they were made of.
        notes: sentences below the tables.
    """

    data: str
    sheets: tuple[Sheet, ...]
    cases: tuple[JudgedCase, ...]
    notes: tuple[str, ...]


def reported(judged: Sequence[Judged], n_folds: int = 0) -> list[Report]:
    """Return one report per data set, in the order in which they were named.

    Raises:
        ValueError: if a data set has fewer patients than folds.
    """
    names = dict.fromkeys(one.data for one in judged)
    return [_report(name, [one for one in judged if one.data == name], n_folds) for name in names]


def experts_report(cases: Sequence[JudgedCase], n_folds: int = 0) -> Report:
    """Return the figures of experts, each judged against every other one of the same study."""
    patients = [case.patient for case in cases]
    terms = Terms(tuple(folds_by_patient(patients, n_folds)) if n_folds else ())
    mean = [anatomical(case) for case in cases]
    none: list[JudgedCase] = []
    tables = (
        ("Vertebrae found (Zakharov et al. 2023)", located(cases, none, mean)),
        (SEVERITY, severities(cases, mean)),
        ("Compression ratio and height ratio", compared(cases, mean)),
    )
    sheets = tuple(_sheet(EXPERTS, title, rows, terms) for title, rows in tables)
    notes = ("Every ordered pair of experts of a study is a case; a study is a patient.",)
    return Report(EXPERTS, sheets, tuple(cases), (*notes, INTERVALS))


def as_text(report: Report) -> str:
    """Return a report as Markdown."""
    parts = [f"## {report.data[:1].upper()}{report.data[1:]}"]
    parts += [as_markdown(sheet) for sheet in report.sheets if sheet.rows or sheet.notes]
    parts += [_matrix(confusion(report.cases, with_missed=False))]
    return "\n\n".join([*parts, *report.notes])


def write(folder: Path, title: str, reports: Sequence[Report]) -> None:
    """Write report.md, figures.csv, cases.csv, vertebrae.csv and plots as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n\n".join([f"# {title}", *map(as_text, reports)])
    drawn = [(name, svg) for report in reports for name, svg in _plots(report)]
    shown = "\n\n".join(f"![{name}]({name}.svg)" for name, _ in drawn)
    (folder / "report.md").write_text(f"{text}\n\n{shown}\n", encoding="utf-8")
    for name, svg in drawn:
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    for name, content in (
        ("figures", as_csv([sheet for report in reports for sheet in report.sheets])),
        ("cases", cases_csv(reports)),
        ("vertebrae", vertebrae_csv(reports)),
    ):
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")


def cases_csv(reports: Sequence[Report]) -> str:
    """Return one row per case: processed or not and why, and whether all of it is right."""
    rows = [
        [
            *(report.data, case.name, case.patient, int(case.is_processed), case.failure),
            len(case.vertebrae),
            sum(one.found_level is not None for one in case.vertebrae),
            *(case.n_false, int(case.are_labels_right), int(is_case_right(case))),
        ]
        for report in reports
        for case in report.cases
    ]
    return _csv((*CASES, "labels_right", "calls_right"), rows)


def vertebrae_csv(reports: Sequence[Report]) -> str:
    """Return one row per whole vertebra of the truth; empty is what is not known."""
    rows = [
        [report.data, case.name, *(getattr(one, name) for name in VERTEBRAE[2:])]
        for report in reports
        for case in report.cases
        for one in case.vertebrae
    ]
    return _csv(VERTEBRAE, rows)


def _report(name: str, judged: Sequence[Judged], n_folds: int) -> Report:
    cases = [one.system for one in judged]
    stack, counted = [one.stacked for one in judged], [one.counted for one in judged]
    plain = [anatomical(case) for case in cases]
    folds = folds_by_patient([case.patient for case in cases], n_folds) if n_folds else []
    terms = Terms(tuple(folds))
    tables: list[tuple[str, list[Compared]]] = [
        ("Spine and vertebrae found (Zakharov et al. 2023)", located(cases, stack, plain)),
        (SEVERITY, severities(cases, plain)),
        ("Labels and masks (VerSe challenge)", labelled(cases, counted, stack)),
        ("Outlines on radiographs (Kim et al. 2021)", pictured(cases)),
        ("Compression ratio and height ratio", compared(cases, plain)),
    ]
    sheets = [_sheet(name, title, rows, terms) for title, rows in tables]
    called = tuple(row for row in classed(cases) if row.estimate.n_units)
    sheets.insert(3, Sheet(name, "Fractured or not (Glessgen et al., Segment and Slice)", called))
    return Report(name, tuple(sheets), tuple(cases), _notes(name, cases, n_folds))


def _sheet(data: str, title: str, rows: Sequence[Compared], terms: Terms) -> Sheet:
    """Compute the rows that have units; what the data cannot tell is named below them."""
    known = tuple(computed(row, terms) for row in rows if len(row.measure.rows))
    silent = [row.measure.what for row in rows if not len(row.measure.rows)]
    notes = (f"Nothing to measure: {'; '.join(silent)}.",) if silent else ()
    return Sheet(data, title, known, notes)


def _notes(name: str, cases: Sequence[JudgedCase], n_folds: int) -> tuple[str, ...]:
    notes = [INTERVALS, *([FOLDS] if n_folds else []), *([PHANTOMS] if "phantoms" in name else [])]
    lost = [case for case in cases if not case.is_processed]
    if lost:
        told = "; ".join(f"{case.name}: {case.failure or 'nothing found'}" for case in lost)
        notes.append(f"Could not be processed, counted as missed: {told}.")
    return tuple(notes)


def _matrix(counts: Confusion) -> str:
    return "\n".join(
        [
            "| found vertebrae | truly fractured | truly unfractured |",
            "| --- | --- | --- |",
            f"| called fractured | {counts.true_positive} | {counts.false_positive} |",
            f"| called unfractured | {counts.false_negative} | {counts.true_negative} |",
        ]
    )


def _plots(report: Report) -> list[tuple[str, str]]:
    stem = "".join(letter if letter.isalnum() else "-" for letter in report.data)
    return [(f"{stem}-{name}", svg) for name, svg in plots.drawn(report.cases)]


def _csv(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()
