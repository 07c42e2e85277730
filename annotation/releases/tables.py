"""The tables of a release, made from its manifest alone.

Columns follow Loeffler et al. 2020 (doi:10.1148/ryai.2020190138) where its release has them; empty
means not visible or not assessed, 0 means assessed and none.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, stdev
from typing import Any, Final

from annotation.domain.vertebrae import LEVELS, Region, is_graded, region_of
from annotation.imaging.canonical import axis_codes
from annotation.imaging.verse import plane_of
from annotation.releases.freezing import SPLITS
from annotation.studies.volumes import decode_grid

GRADED: Final = tuple(level for level in LEVELS if is_graded(level))
CENTROID_METHOD: Final = "mean_of_six_points"
OLDEST_YEARS: Final = 89
Case = Mapping[str, Any]


def participants(cases: Sequence[Case]) -> str:
    """Return participants.tsv: one row per person; ages over 89 are written 90."""
    rows = []
    for subject, group in _by_subject(cases).items():
        age = group[0]["age_years"]
        is_old = age is not None and age > OLDEST_YEARS
        rows.append(
            {
                "participant_id": f"sub-{subject}",
                "age": "n/a" if age is None else min(age, OLDEST_YEARS + 1),
                "age_top_coded": int(is_old),
                "sex": group[0]["sex"] or "n/a",
                "n_series": len(group),
                "split": group[0]["split"],
            }
        )
    return _table(rows, delimiter="\t")


def series(cases: Sequence[Case]) -> str:
    """Return series.csv: one row per image with its grid and scanner."""
    rows = []
    for case in cases:
        grid = decode_grid(case["grid"])
        i, j, k = grid.spacing_mm
        rows.append(
            {
                "subject": case["subject"],
                "series": case["series"] or "",
                "subset": case["split"],
                "dir": plane_of(grid),
                "sx": f"{i:.4f}",
                "sy": f"{j:.4f}",
                "sz": f"{k:.4f}",
                "orientation": axis_codes(grid),
                "contrast": case["contrast"] or "",
                "kernel": case["kernel"] or "",
                "manufacturer": case["manufacturer"] or "",
                "model": case["model"] or "",
            }
        )
    return _table(rows)


def fracture_grading(cases: Sequence[Case]) -> str:
    """Return fracture_grading.csv: one row per image, three columns per graded level."""
    rows = []
    for number, case in enumerate(cases, start=1):
        row: dict[str, Any] = {
            "verse_ID": number,
            "subject": case["subject"],
            "series": case["series"] or "",
        }
        found = {one["level"]: one for one in case["vertebrae"] if one["visible"]}
        for suffix in ("fx-g", "fx-shape", "foreign"):
            for level in GRADED:
                row[f"{level}_{suffix}"] = _said(found.get(level), suffix)
        rows.append(row)
    return _table(rows)


def _said(one: Mapping[str, Any] | None, suffix: str) -> Any:
    if one is None:
        return ""
    if suffix == "foreign":
        return int(bool(one["foreign_material"]))
    value = one["grade"] if suffix == "fx-g" else one["shape"]
    return "" if value is None else value


def vertebrae(cases: Sequence[Case]) -> str:
    """Return vertebrae.csv: one row per vertebra; the table that loses nothing."""
    return _table([_vertebra_row(case, one) for case in cases for one in case["vertebrae"]])


def _vertebra_row(case: Case, one: Mapping[str, Any]) -> dict[str, Any]:
    heights = one.get("heights_mm") or ("", "", "")
    grades = [*one.get("reader_grades", []), None, None]
    shown = {
        "fx_grade": one.get("grade"),
        "fx_shape": one.get("shape"),
        "not_graded_reason": one.get("not_graded_reason"),
    }
    return {
        "subject": case["subject"],
        "series": case["series"] or "",
        "label": one["label"],
        "level": one["level"],
        "visible": int(one["visible"]),
        **{name: "" if value is None else value for name, value in shown.items()},
        "foreign": ";".join(one.get("foreign_material", [])),
        "deformity": ";".join(one.get("deformity", [])),
        **dict(zip(("h_ant_mm", "h_mid_mm", "h_post_mm"), map(_mm, heights), strict=True)),
        "g": "" if one.get("g") is None else f"{one['g']:.4f}",
        "method": "six_points_3d" if one.get("six_points_mm") else "",
        "centroid_method": CENTROID_METHOD if one.get("six_points_mm") else "",
        "n_readers": len(one.get("reader_grades", [])),
        "consensus": one.get("consensus", ""),
        "reader_1_grade": "" if grades[0] is None else grades[0],
        "reader_2_grade": "" if grades[1] is None else grades[1],
    }


def _mm(value: Any) -> str:
    return "" if value == "" else f"{value:.2f}"


def overview(cases: Sequence[Case]) -> list[dict[str, str]]:
    """Return the rows of Table 1: figures per subset and for all."""
    subsets = {split: [case for case in cases if case["split"] == split] for split in SPLITS}
    subsets["all"] = list(cases)
    columns = {name: _figures(group) for name, group in subsets.items()}
    return [
        {"row": row, **{name: figures[row] for name, figures in columns.items()}}
        for row in columns["all"]
    ]


def _figures(cases: Sequence[Case]) -> dict[str, str]:
    seen = [one for case in cases for one in case["vertebrae"] if one["visible"]]
    regions = Counter(region_of(one["level"]) for one in seen)
    grades = Counter(one["grade"] for one in seen if one["grade"])
    people = _by_subject(cases)
    contrast = Counter(case["contrast"] or "unknown" for case in cases)
    scanners = {(case["manufacturer"], case["model"]) for case in cases if case["model"]}
    return {
        "Scans": str(len(cases)),
        "Vertebrae": str(len(seen)),
        "Cervical": str(regions[Region.CERVICAL]),
        "Thoracic": str(regions[Region.THORACIC]),
        "Lumbar": str(regions[Region.LUMBAR]),
        "Fractures, thoracolumbar": str(sum(grades.values())),
        "Grade 1": str(grades[1]),
        "Grade 2": str(grades[2]),
        "Grade 3": str(grades[3]),
        "Foreign material": str(sum(bool(one["foreign_material"]) for one in seen)),
        "Patients": str(len(people)),
        "Women": str(sum(group[0]["sex"] == "F" for group in people.values())),
        "Age, years": _spread(group[0]["age_years"] for group in people.values()),
        "Contrast none / arterial / portal": " / ".join(
            str(contrast[name]) for name in ("none", "arterial", "portal")
        ),
        "Scanner models": str(len(scanners)),
    }


def _spread(ages: Iterable[int | None]) -> str:
    known = [age for age in ages if age is not None]
    if not known:
        return "unknown"
    return f"{mean(known):.1f} \N{PLUS-MINUS SIGN} {stdev(known) if len(known) > 1 else 0:.1f}"


def _by_subject(cases: Iterable[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case["subject"], []).append(case)
    return dict(sorted(found.items()))


def _table(rows: Sequence[Mapping[str, Any]], delimiter: str = ",") -> str:
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()
