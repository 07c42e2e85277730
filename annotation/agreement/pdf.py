"""A report on agreement as PDF; the same report gives the same bytes."""

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from annotation.agreement import pdf_plots, services
from annotation.agreement.models import AgreementReport
from annotation.domain.vertebrae import LEVELS
from annotation.studies.models import Dataset

_TITLE: Final = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=16, leading=20)
_HEAD: Final = ParagraphStyle(
    "head", fontName="Helvetica-Bold", fontSize=11, spaceBefore=12, leading=15
)
_TEXT: Final = ParagraphStyle("text", fontName="Helvetica", fontSize=8.5, leading=11)
MARGIN: Final = 44
_FAINT: Final = HexColor("#d5dae0")
_LOOK: Final = [
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("LINEBELOW", (0, 0), (-1, 0), 0.6, _FAINT),
    ("LINEBELOW", (0, 1), (-1, -1), 0.25, _FAINT),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
]
_ARMS: Final = {
    "all": "All readings",
    "hidden": "Readings without the model's proposal",
    "shown": "Readings with the model's proposal in sight",
    "after_commit": "Readings with the proposal shown after the first commit",
}
Rows = Sequence[dict[str, Any]]


def write_pdf(dataset: Dataset, report: AgreementReport) -> bytes:
    """Return tables and plots of a report."""
    content = services.complete(report.content)
    name = report.label or "as the readings stand"
    story: list[Flowable] = [
        Paragraph(f"Agreement of readers: {_plain(dataset.name)}", _TITLE),
        Paragraph(_plain(f"{name}, {report.made_at:%Y-%m-%d %H:%M} UTC"), _TEXT),
        Paragraph(_plain(_how(content)), _TEXT),
    ]
    if report.source:
        experts = ", ".join(f"{one['letter']} is {one['name']}" for one in content["experts"])
        words = f"Published readings: {report.source}. {experts}. Grades are measured."
        story.append(Paragraph(_plain(words), _TEXT))
    for arm, found in content["arms"].items():
        story += _of_arm(arm, found)
    story += _statistics("Readers with themselves (unannounced repeats)", content["within"])
    story += _masks(content["masks"])
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        invariant=1,
        title=f"Agreement, {dataset.name}",
        author="Lamina",
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=60,
    )
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return file.getvalue()


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 7.5)
    canvas.drawRightString(A4[0] - MARGIN, 40, str(document.page))


def _plain(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _how(content: dict[str, Any]) -> str:
    conventions = ", ".join(content["conventions"]) or "no convention yet"
    return (
        f"{content['n_cases']} closed cases. Grades by {conventions}. Intervals hold 95 %: by"
        f" bootstrap over patients ({content['draws']} draws, seed {content['seed']}), for shares"
        " after Wilson. Readers are letters. A value that is not defined is left out with its"
        " reason. Single levels stand in the CSV and the JSON."
    )


def _of_arm(arm: str, found: dict[str, Any]) -> list[Flowable]:
    kind, _, name = arm.partition(":")
    title = f"{kind.title()} {name}" if name else _ARMS.get(arm, arm)
    counts = (
        f"{len(found['readers'])} readers, {found['n_patients']} patients, {found['n_vertebrae']}"
        f" vertebrae, {found['n_by_two']} of them graded by two readers or more."
    )
    story: list[Flowable] = [
        Paragraph(_plain(title), ParagraphStyle("arm", parent=_HEAD, fontSize=13, spaceBefore=18)),
        Paragraph(counts, _TEXT),
    ]
    if not found["pairs"]:
        return [*story, Paragraph("Nothing was read by two readers in this way.", _TEXT)]
    story += _statistics(
        "All readers together", [one for one in found["rows"] if not one["readers"]]
    )
    for pair in found["pairs"]:
        story += _pair(pair, [one for one in found["rows"] if one["readers"] == pair["readers"]])
    story += _held("Share of vertebrae with different grades", pdf_plots.levels(found["levels"]))
    held = [(_named(one), one) for one in found["against_consensus"]]
    held += [("majority of the others", one) for one in found["against_others"]]
    return story + _against(held)


def _named(row: dict[str, Any]) -> str:
    return "consensus, took part" if row["incorporated"] else "consensus, took no part"


def _pair(pair: dict[str, Any], rows: Rows) -> list[Flowable]:
    first, second = pair["readers"]
    story = _statistics(f"Readers {first} and {second}", rows)
    story += _held(
        f"Grades of {first} and {second}", pdf_plots.confusion(pair["confusion"], pair["readers"])
    )
    for height, plot in pair["heights"].items():
        if plot is not None:
            unit = "" if height == "g" else " mm"
            axes = f"mean of {first} and {second}{unit}", f"{first} - {second}{unit}"
            what = "G" if height == "g" else f"{height.title()} height"
            title = f"{what}: differences against the mean, {plot['n']} vertebrae"
            story += _held(title, pdf_plots.differences(plot, axes, unit))
    story += _distances(pair["points"])
    if pair["map"]:
        story += _held(f"Where {first} and {second} differ", pdf_plots.spine_map(pair["map"]))
    return story


def _distances(points: dict[str, Any] | None) -> list[Flowable]:
    if points is None:
        return []
    text = (
        f"Six points of {points['n']} vertebrae, distances within the plane of the vertebra: median"
        f" {points['median']:.2f} mm, 95 % below {points['p95']:.2f} mm, 99 % below"
        f" {points['p99']:.2f} mm, largest {points['largest']:.2f} mm; across the plane 95 % below"
        f" {points['lateral_p95']:.2f} mm."
    )
    return [Spacer(1, 4), Paragraph(text, _TEXT)]


def _held(title: str, drawing: Flowable) -> list[Flowable]:
    return [KeepTogether([Paragraph(_plain(title), _HEAD), Spacer(1, 4), drawing])]


def _statistics(title: str, rows: Rows) -> list[Flowable]:
    if not rows:
        return []
    columns = ["part", "of", "readers", "statistic", "value", "95 % interval", "units", "patients"]
    cells = [
        [
            row["group"],
            row["of"],
            "-".join(row["readers"]),
            row["statistic"],
            _value(row),
            _interval(row),
            row["n_units"],
            row["n_clusters"],
        ]
        for row in rows
        if row["n_units"] and row["group"] not in LEVELS
    ]
    return [Paragraph(_plain(title), _HEAD), _table(columns, cells)]


def _value(row: dict[str, Any]) -> Any:
    if row["value"] is None:
        return Paragraph(_plain(row["reason"]), ParagraphStyle("reason", fontSize=6.5, leading=7.5))
    return f"{row['value']:.3f}"


def _interval(row: dict[str, Any]) -> str:
    return "" if row["low"] is None else f"{row['low']:.3f} to {row['high']:.3f}"


def _table(columns: Sequence[str], cells: Sequence[Sequence[Any]], size: float = 7.5) -> Table:
    fonts = [
        ("FONT", (0, 0), (-1, -1), "Helvetica", size),
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", size),
    ]
    rows = [list(columns), *map(list, cells)]
    return Table(rows, style=[*fonts, *_LOOK], repeatRows=1, hAlign="LEFT")


def _against(rows: Sequence[tuple[str, dict[str, Any]]]) -> list[Flowable]:
    cells = list(_accuracies(rows))
    if not cells:
        return []
    text = (
        "A reader who took part in the consensus is flattered by it; the majority of the others is"
        " a consensus without the reader. Vertebrae are counted as independent."
    )
    columns = ["reader", "against", "positive", "sensitivity", "specificity", "PPV", "NPV", "F1"]
    head = Paragraph("Each reader against a reference", _HEAD)
    return [head, Paragraph(text, _TEXT), Spacer(1, 4), _table(columns, cells, 6.5)]


def _accuracies(rows: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[list[str]]:
    names = ("sensitivity", "specificity", "positive_predictive", "negative_predictive")
    for against, row in rows:
        for by, part in (("", row), (", patients", row["patients"])):
            for limit in ("fracture", "moderate") if part else ():
                shares = [_share(part[limit][name]) for name in names]
                f1 = part[limit]["f1"]
                last = "" if f1 is None else f"{f1:.3f}"
                yield [row["reader"], against, f"{limit}{by}", *shares, last]


def _share(share: dict[str, Any]) -> str:
    if share["value"] is None:
        return str(share["reason"])
    low, high = 100 * share["low"], 100 * share["high"]
    return f"{100 * share['value']:.1f} % ({low:.0f}-{high:.0f}), {share['hits']}/{share['of']}"


def _masks(masks: dict[str, Any]) -> list[Flowable]:
    missed = [
        f"{' and '.join(one['tracks'])}: {one['n']} vertebrae, {one['n_missed']} in one mask only."
        for one in masks["missed"]
    ]
    story = _statistics("Masks made independently, means (distances in mm)", masks["rows"])
    return story + [Paragraph(_plain(words), _TEXT) for words in missed]
