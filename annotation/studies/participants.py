"""A table of participants, imported with or after the images."""

import csv
import io
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from pydicom import Dataset as Header

from annotation.domain.refusals import ContentRefused
from annotation.imaging.allow import allowed_of
from annotation.studies.models import Case, Dataset
from annotation.studies.pseudonyms import patient_key

MAX_BYTES: Final = 4 << 20
_SEXES: Final = {"f": "F", "female": "F", "0": "F", "w": "F", "m": "M", "male": "M", "1": "M"}
_SEXES_OTHER: Final = {"o": "O", "other": "O"}
_CONTRASTS: Final = ("none", "arterial", "portal", "yes")
_EMPTY: Final = ("", "n/a", "na")


def import_participants(dataset: Dataset, content: bytes) -> tuple[int, list[str]]:
    """Write sex, age, scanner and contrast of a CSV or TSV table to the cases of a data set.

    Rows name a person by `participant_id` (the hospital's identifier, which is not kept) or a
    case by `code`. A bad row never spoils the others.

    Returns:
        The number of rows that were taken, and a sentence for each that was not; a sentence
        names the row by its number only.

    Raises:
        ContentRefused: if it is no such table.
    """
    if len(content) > MAX_BYTES:
        raise ContentRefused("The table is larger than 4 MiB.", code="too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ContentRefused("The table is not UTF-8 text.", code="not_text") from None
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    if not {"participant_id", "code"} & set(rows.fieldnames or ()):
        raise ContentRefused("The table has no column participant_id or code.", code="no_column")
    updated, problems = 0, []
    for number, row in enumerate(rows, start=2):
        problem = _take(dataset, {key: (value or "").strip() for key, value in row.items() if key})
        if problem:
            problems.append(f"Row {number}: {problem}")
        else:
            updated += 1
    return updated, problems


@transaction.atomic
def _take(dataset: Dataset, row: Mapping[str, str]) -> str:
    """Write one row; return why not, empty if it was taken."""
    cases = _cases_of(dataset, row)
    if not cases:
        return "no case of this data set belongs to it."
    said = {name: value for name, value in row.items() if value.lower() not in _EMPTY}
    sex = (_SEXES | _SEXES_OTHER).get(said.get("sex", "").lower(), "")
    age = said.get("age", "")
    contrast = said.get("contrast", "").lower()
    if "sex" in said and not sex:
        return "the sex is none of F, M, O."
    if age and not (age.isdecimal() and int(age) <= 130):
        return "the age is no whole number of years."
    if contrast and contrast not in _CONTRASTS:
        return f"the contrast is none of {', '.join(_CONTRASTS)}."
    for case in cases:
        _write(case, sex=sex, age=age, contrast=contrast, scanner=said.get("scanner", ""))
    return ""


def _cases_of(dataset: Dataset, row: Mapping[str, str]) -> list[Case]:
    cases = dataset.cases.select_related("patient", "image__series__study")
    code = row.get("code", "")
    if code:
        return [case for case in cases if case.code == code]
    person = row.get("participant_id", "")
    return list(cases.filter(patient__key=patient_key(f"id/{person}"))) if person else []


def _write(case: Case, *, sex: str, age: str, contrast: str, scanner: str) -> None:
    series = case.image.series
    if sex:
        case.patient.sex = sex
        case.patient.save(update_fields=["sex"])
    if age:
        series.study.age_years = min(int(age), 90)
        series.study.save(update_fields=["age_years"])
    if contrast:
        series.contrast = contrast
    if scanner:
        header = Header()
        header.ManufacturerModelName = scanner
        series.allowed = {**series.allowed, "model": allowed_of(header).model}
    series.save(update_fields=["contrast", "allowed"])
