"""Many cases in one data set, quickly: rows like those of one case that went through the services.

The template's bytes (volume, mask) are shared; patient, study, image, vertebrae, names, proposal
and events are each case's own. Only measurements and tests of size make cases this way.
"""

import itertools
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models

from annotation.preannotation.models import ProposedVertebra
from annotation.refinement.models import MaskRevision
from annotation.studies.models import Case, LevelAssignment

_numbers = itertools.count(1)


def copied(row: models.Model, **changes: Any) -> Any:
    """Return an unsaved row with the same values but those given, and a key of its own."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in fields}
    if "uuid" in values:
        values["uuid"] = uuid.uuid4()
    return type(row)(**{**values, **changes})


def _save(rows: Iterable[Any]) -> list[Any]:
    made = list(rows)
    return list(type(made[0])._base_manager.bulk_create(made, batch_size=500)) if made else []


def clone(template: Case, n: int, *, events: bool = True) -> list[Case]:
    """Return new cases that stand where a template stands, each of its own patient."""
    volume = template.volume
    image = volume.image
    series = image.series
    study = series.study
    keys = [f"many{next(_numbers):060d}" for _ in range(n)]
    patients = _save(copied(study.patient, key=key) for key in keys)
    studies = _save(
        copied(study, key=key, patient_id=one.pk) for key, one in zip(keys, patients, strict=True)
    )
    every = _save(
        copied(series, key=key, study_id=one.pk) for key, one in zip(keys, studies, strict=True)
    )
    images = _save(copied(image, series_id=one.pk) for one in every)
    volumes = _save(copied(volume, image_id=one.pk) for one in images)
    last = template.dataset.cases.order_by("-number").values_list("number", flat=True).first() or 0
    cases: list[Case] = _save(
        copied(
            template,
            number=last + place,
            patient_id=patient.pk,
            image_id=volume.image_id,
            volume_id=volume.pk,
        )
        for place, (patient, volume) in enumerate(zip(patients, volumes, strict=True), start=1)
    )
    _clone_below(template, cases)
    if events:
        rows = list(template.events.all())
        _save(copied(row, case_id=case.pk) for case in cases for row in rows)
    return cases


def _clone_below(template: Case, cases: Sequence[Case]) -> None:
    """Give each case the template's vertebrae, names, newest mask and newest proposal."""
    bones = list(template.vertebrae.all())
    own = _each(cases, bones, lambda row, case: copied(row, case_id=case.pk))
    vertebra = {
        (case.pk, old.pk): new.pk
        for (case, old), new in zip(_pairs(cases, bones), own, strict=True)
    }
    names = list(LevelAssignment.objects.filter(vertebra__case=template).order_by("id"))
    _each(
        cases,
        names,
        lambda row, case: copied(row, vertebra_id=vertebra[case.pk, row.vertebra_id]),
    )
    proposals = list(template.preannotations.filter(status="done"))
    made = _each(cases, proposals, lambda row, case: copied(row, case_id=case.pk, job_id=None))
    proposal = _keys(cases, proposals, made)
    said = list(ProposedVertebra.objects.filter(preannotation__in=proposals).order_by("id"))
    _each(
        cases,
        said,
        lambda row, case: copied(
            row,
            preannotation_id=proposal[case.pk, row.preannotation_id],
            vertebra_id=vertebra[case.pk, row.vertebra_id],
        ),
    )
    _clone_masks(template, cases)


def _clone_masks(template: Case, cases: Sequence[Case]) -> None:
    tracks = list(template.tracks.all())
    made = _each(cases, tracks, lambda row, case: copied(row, case_id=case.pk))
    track = _keys(cases, tracks, made)
    revisions = list(MaskRevision.objects.filter(track__in=tracks).order_by("number"))
    _each(
        cases,
        revisions,
        lambda row, case: copied(row, track_id=track[case.pk, row.track_id], preannotation_id=None),
    )


def _keys(cases: Sequence[Case], old: Sequence[Any], new: Sequence[Any]) -> dict[Any, Any]:
    """Return the key of each new row by the keys of its case and of the row it was copied from."""
    pairs = zip(_pairs(cases, old), new, strict=True)
    return {(case.pk, row.pk): made.pk for (case, row), made in pairs}


def _pairs(cases: Sequence[Case], rows: Sequence[Any]) -> list[tuple[Case, Any]]:
    return [(case, row) for case in cases for row in rows]


def _each(
    cases: Sequence[Case], rows: Sequence[Any], make: Callable[[Any, Case], Any]
) -> list[Any]:
    return _save(make(row, case) for case, row in _pairs(cases, rows))
