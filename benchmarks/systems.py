"""One table: the published systems on held-out phantoms, a lumbar and a thoracic CT.

    python -m benchmarks.systems [--phantoms 60] [--workers 1] [--system NAME] [--write]

Every figure stands beside what is trivial, computed on the same cases, and under every figure of
phantoms stand those of real CT. The lumbar CT has a mask made by another model at 3 mm, the
thoracic one centres read by eye: one case each, no six points, no grades. What such a truth cannot
tell has no row. `--write` keeps the table as docs/measured/systems.md; with `--system`, the others'
figures there are kept.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.real_ct import lumbar_truth, thoracic_truth
from inference.datasets import cases_of
from inference.evaluating import Task, how_to_get, judge_all, judged_truth
from inference.papers.report import Report, reported
from inference.papers.sheet import Row, interval, number
from inference.pipelines import PIPELINES
from inference.systems import SYSTEMS
from inference.weights import load_weights, shipped_folder

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "measured" / "systems.md"
PHANTOMS: Final = "held-out phantoms"
LUMBAR: Final = "real lumbar CT"
THORACIC: Final = "real thoracic CT"
HEAD: Final = ("measure", "data", "figure", "95 % interval", "units", "baseline", "beats it", "bar")


@dataclass(frozen=True)
class Line:
    """A measure of the table.

    Attributes:
        what: the row of a report.
        is_lower_better: whether less is better.
        is_half: says little alone: calling nothing fractured has a perfect specificity.
        bar: what the anchor-free system and the VerSe framework must reach on phantoms.
    """

    what: str
    is_lower_better: bool = False
    bar: float | None = None
    is_half: bool = False

    def is_better(self, value: float, other: float) -> bool:
        """Tell whether a value beats another."""
        return value < other if self.is_lower_better else value > other

    def verdict(self, value: float | None) -> str:
        """Return the bar and whether it is met."""
        if self.bar is None:
            return ""
        sign = "<" if self.is_lower_better else ">="
        is_met = value is not None and (self.is_better(value, self.bar) or value == self.bar)
        return f"{sign} {self.bar:g} {'met' if is_met else 'MISSED'}"


SEVERE: Final = "G0-G1 vs G2-G3"
LINES: Final = (
    Line("line, mean l2 in axial planes, mm", is_lower_better=True, bar=1.5),
    Line("limits, mean absolute error, mm", is_lower_better=True, bar=5.0),
    Line("precision, centres within 20 mm", bar=0.99),
    Line("recall, centres within 20 mm", bar=0.99),
    Line("precision, centres within 20 mm, without own cut ones"),
    Line("precision, overlap >= 0.1"),
    Line("recall, overlap >= 0.1"),
    Line("six points, mean distance in plane, mm", is_lower_better=True, bar=0.5),
    Line("G, SD of the error", is_lower_better=True, bar=0.04),
    Line(f"ROC AUC, {SEVERE}, T4-L5, missed ones lowest", bar=0.97),
    *(
        Line(f"ROC AUC, {SEVERE}, {shape} against unfractured, missed lowest", bar=0.97)
        for shape in ("wedge", "biconcave", "crush")
    ),
    Line("ROC AUC, G0 vs G1-G3, vertebrae"),
    Line("ROC AUC, G0 vs G2-G3, vertebrae"),
    Line(f"ROC AUC, {SEVERE}, vertebrae"),
    Line(f"sens. at spec. 0.9, {SEVERE}, vertebrae"),
    Line(f"ROC AUC, {SEVERE}, patients"),
    Line(f"sens. at spec. 0.9, {SEVERE}, patients"),
    Line("identification rate, an end to count from in view", bar=0.97),
    Line("localisation distance, labels on both sides, mm", is_lower_better=True),
    Line("share of cases with every label right, an end to count from in view"),
    Line("Dice by label at 1 mm, missed 0"),
    Line("HD95 by label at 1 mm, mm, of those there", is_lower_better=True),
    Line("Dice by place, own grid, missed 0", bar=0.90),
    Line("sensitivity, found vertebrae"),
    Line("specificity, found vertebrae", is_half=True),
    Line("accuracy, found vertebrae"),
    Line("cases with every vertebra called rightly"),
    Line("cases that could not be processed", is_lower_better=True),
    *(
        Line(f"pixels, {net}: {what}, mean over pictures")
        for net in ("MDR2-UNet", "plain U-Net")
        for what in ("sensitivity", "specificity", "accuracy", "dice", "roc auc", "pr auc")
    ),
    Line("compression, %: r"),
    Line("compression, %: mean absolute error", is_lower_better=True),
    Line("G: mean absolute error", is_lower_better=True),
)
WITH_BARS: Final = ("anchor-free", "verse-framework")


def main() -> int:
    """Measure and print; 1 where a bar is missed or something trivial is as good."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.systems", description=__doc__)
    parser.add_argument("--phantoms", default="60", help="how many, or seeds as 7-12 or 3,5")
    parser.add_argument("--workers", type=int, default=1, help="processes for the phantoms")
    parser.add_argument("--system", action="append", choices=sorted(SYSTEMS), help="only these")
    parser.add_argument("--write", action="store_true", help="also keep docs/measured/systems.md")
    arguments = parser.parse_args()
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = {
        system: section(system, arguments.phantoms, arguments.workers, stamp)
        for system in arguments.system or SYSTEMS
    }
    print(page(parts))
    if arguments.write:
        kept = sections_of(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
        PAGE.write_text(page(kept | parts), encoding="utf-8")
    return int(any("MISSED" in part or "| no |" in part for part in parts.values()))


def page(parts: Mapping[str, str]) -> str:
    """Return the page: what it is, then the systems in their order."""
    ordered = [parts[system] for system in SYSTEMS if system in parts]
    return "\n\n".join(["# The published systems", NOTES, *ordered]) + "\n"


def sections_of(text: str) -> dict[str, str]:
    """Return the parts of a page by system, so that one can be measured anew and others kept."""
    titles = {f"## {system.title}": name for name, system in SYSTEMS.items()}
    parts = [f"## {part.strip()}" for part in text.split("\n## ")[1:]]
    named = ((titles.get(part.splitlines()[0]), part) for part in parts)
    return {name: part for name, part in named if name is not None}


NOTES: Final = """\
The published systems on held-out phantoms, a lumbar and a thoracic CT, each beside what is trivial.
Printed by `python -m benchmarks.systems`; all other figures by `python -m inference evaluate`.
Phantoms come from the generator that also made the training data; their figures prove code, not
medicine. Two real CT are an existence proof, not a statistic. Intervals: bootstrap over patients,
Wilson for shares of calls and cases."""


def section(system: str, phantoms: str, workers: int, stamp: str) -> str:
    """Return the part of one system."""
    title = f"## {SYSTEMS[system].title}\n\n{SYSTEMS[system].source}"
    folder = shipped_folder(system)
    if folder is None or system not in PIPELINES:
        return f"{title}\n\n`{system}`: {how_to_get(system)}."
    weights = load_weights(folder)
    tasks = [
        Task(case, system, folder)
        for case in cases_of(f"phantoms:{phantoms}", SYSTEMS[system].kind)
    ]
    judged = [replace(one, data=PHANTOMS) for one in judge_all(tasks, workers)]
    if SYSTEMS[system].kind == "ct":
        for data, read in ((LUMBAR, lumbar_truth), (THORACIC, thoracic_truth)):
            judged.append(judged_truth(data, read(), system, weights))
    reports = reported(judged)
    lines = [row for line in LINES for row in rows_of(line, reports, system)]
    table = "\n".join(_line(row) for row in (HEAD, ("---",) * len(HEAD), *lines))
    what = f"{weights.name}, {weights.sha256[:12]}, {len(tasks)} phantoms, {stamp}"
    named = f"`{system}` with {what}."
    return f"{title}\n\n{named}\n\n{table}"


def rows_of(line: Line, reports: Sequence[Report], system: str) -> list[tuple[str, ...]]:
    """Return a measure's rows, phantoms first and real CT under them."""
    rows = []
    for report in reports:
        found = [row for sheet in report.sheets for row in sheet.rows if row.what == line.what]
        for row in found:
            has_bar = report.data == PHANTOMS and system in WITH_BARS
            rows.append(_cells(line, row, report.data, line if has_bar else None))
    return rows


def _cells(line: Line, row: Row, data: str, barred: Line | None) -> tuple[str, ...]:
    found = row.estimate
    return (
        line.what,
        data,
        number(found.value, row.digits),
        interval(found, row.digits) if found.low is not None else "-",
        str(found.n_units),
        f"{number(row.baseline, row.digits)} ({row.trivial})" if row.trivial else "",
        _beats(line, row),
        "" if barred is None else barred.verdict(found.value),
    )


def _beats(line: Line, row: Row) -> str:
    value = row.estimate.value
    if value is None or row.baseline is None or line.is_half:
        return "-"
    if value == row.baseline:
        return "as good"
    return "yes" if line.is_better(value, row.baseline) else "no"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
