"""Takes a person out: the only code that deletes.

Everything about a person hangs on `Patient`. What stays is a tombstone without identity, and marks
on the model versions and releases that had contained the person.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import models, transaction

from annotation.activity.models import Activity
from annotation.consensus.models import (
    Attendance,
    ConsensusMask,
    Disagreement,
    MaskSettlement,
    NormalBody,
    Settlement,
    Signature,
    Sitting,
    SittingMask,
    Turn,
)
from annotation.preannotation.models import ModelVersion, PreAnnotation, ProposedVertebra
from annotation.reading.models import Assignment, Finding, PlantedError, Reading
from annotation.refinement.models import (
    Lease,
    LevelDone,
    MaskHeights,
    MaskRevision,
    MaskTrack,
    Override,
    Pin,
    Stroke,
)
from annotation.releases.models import Release, ReleaseCase
from annotation.rounds.models import CaseEffort, RoundCase, TrainingRound
from annotation.studies.anomalies import AnomalyDeclaration
from annotation.studies.blobs import blob_store, original_store
from annotation.studies.models import (
    Case,
    CaseEvent,
    Image,
    ImportBatch,
    LevelAssignment,
    Patient,
    PatientTombstone,
    Series,
    Study,
    User,
    Vertebra,
    Volume,
)

_BLOBS: Final[tuple[tuple[type[models.Model], tuple[str, ...]], ...]] = (
    (
        Volume,
        ("hu_blob", "slices_blob", "slices_gzip_blob", "preview_blob", "thumbnail_blob"),
    ),
    (MaskRevision, ("blob",)),
    (ConsensusMask, ("uncertain_blob",)),
    (PreAnnotation, ("mask_blob", "straightened_blob")),
    (Release, ("blob",)),
)
"""Every column that names a blob of the store."""


@dataclass
class _Leftovers:
    """What is removed from the disk once the rows are gone."""

    blobs: set[str] = field(default_factory=set)
    originals: set[str] = field(default_factory=set)
    folders: set[Path] = field(default_factory=set)


def withdraw_patient(patient: Patient, *, by: User | None) -> PatientTombstone:
    """Remove a person with everything that was made of their images.

    Blobs that another row names stay. Frozen folders and archives that held the person are removed
    whole; rounds and releases remain as rows and say that they contained someone withdrawn.

    Returns:
        The tombstone, which counts what was removed.
    """
    with transaction.atomic():
        cases = list(Case.objects.select_for_update().filter(patient=patient))
        left = _Leftovers()
        _mark_models(cases, left)
        _mark_releases(cases, left)
        _collect(cases, patient, left)
        removed = _delete_rows(cases, patient)
        tombstone = PatientTombstone.objects.create(patient_id=patient.pk, by=by, removed=removed)
        _scrub_imports(cases)
        patient.delete()
    _remove(left)
    return tombstone


def _mark_models(cases: list[Case], left: _Leftovers) -> None:
    """Mark the models that learnt from the cases, and those that grew out of them."""
    frozen = RoundCase.objects.filter(case__in=cases)
    for training in TrainingRound.objects.filter(cases__in=frozen).distinct():
        left.folders.add(Path(settings.ROUNDS_ROOT) / training.folder)
        left.folders.add(Path(settings.WEIGHTS_ROOT) / f"{training.folder}-examples")
    learnt = frozen.filter(split=RoundCase.Split.TRAIN)
    marked = set(learnt.values_list("round__candidate_model", flat=True)) - {None}
    while marked:
        ModelVersion.objects.filter(pk__in=marked).update(contains_withdrawn=True)
        children = ModelVersion.objects.filter(parent__in=marked, contains_withdrawn=False)
        marked = set(children.values_list("pk", flat=True))
    frozen.delete()


def _mark_releases(cases: list[Case], left: _Leftovers) -> None:
    rows = ReleaseCase.objects.filter(case__in=cases)
    codes = {case.code for case in cases}
    for release in Release.objects.filter(cases__in=rows).distinct():
        left.blobs.add(release.blob)
        kept = [one for one in release.manifest.get("cases", []) if one["code"] not in codes]
        release.manifest = {**release.manifest, "cases": kept}
        release.blob, release.n_bytes, release.contains_withdrawn = "", None, True
        release.save()
    rows.delete()


def _collect(cases: list[Case], patient: Patient, left: _Leftovers) -> None:
    images = Image.objects.filter(series__study__patient=patient)
    left.originals.update(images.values_list("original_blob", flat=True))
    own: dict[type[models.Model], Any] = {
        Volume: Volume.objects.filter(image__in=images),
        MaskRevision: MaskRevision.objects.filter(track__case__in=cases),
        ConsensusMask: ConsensusMask.objects.filter(sitting__case__in=cases),
        PreAnnotation: PreAnnotation.objects.filter(case__in=cases),
    }
    for kind, columns in _BLOBS:
        for column in columns if kind in own else ():
            left.blobs.update(own[kind].values_list(column, flat=True))


def _delete_rows(cases: list[Case], patient: Patient) -> dict[str, int]:
    """Delete in the order in which rows rest on one another; return how many of each."""
    images = Image.objects.filter(series__study__patient=patient)
    Reading.unblinded.filter(case__in=cases).update(amends=None)  # they would hold each other
    queries: Iterable[models.QuerySet[Any]] = (
        NormalBody.objects.filter(case__in=cases),
        Settlement.objects.filter(sitting__case__in=cases),
        MaskSettlement.objects.filter(sitting__case__in=cases),
        ConsensusMask.objects.filter(sitting__case__in=cases),
        Turn.objects.filter(disagreement__sitting__case__in=cases),
        Disagreement.objects.filter(sitting__case__in=cases),
        SittingMask.objects.filter(sitting__case__in=cases),
        Signature.objects.filter(sitting__case__in=cases),
        Attendance.objects.filter(sitting__case__in=cases),
        Sitting.objects.filter(case__in=cases),
        Finding.unblinded.filter(reading__case__in=cases),
        Reading.unblinded.filter(case__in=cases),
        Assignment.objects.filter(case__in=cases),
        PlantedError.objects.filter(case__in=cases),
        Pin.objects.filter(case__in=cases),
        Override.objects.filter(case__in=cases),
        Stroke.objects.filter(track__case__in=cases),
        MaskHeights.objects.filter(revision__track__case__in=cases),
        MaskRevision.objects.filter(track__case__in=cases),
        MaskTrack.objects.filter(case__in=cases),
        Lease.objects.filter(case__in=cases),
        LevelDone.objects.filter(case__in=cases),
        Activity.objects.filter(case__in=cases),
        CaseEffort.objects.filter(case__in=cases),
        ProposedVertebra.objects.filter(preannotation__case__in=cases),
        PreAnnotation.objects.filter(case__in=cases),
        LevelAssignment.objects.filter(vertebra__case__in=cases),
        Vertebra.objects.filter(case__in=cases),
        AnomalyDeclaration.objects.filter(case__in=cases),
        CaseEvent.objects.filter(case__in=cases),
        Case.objects.filter(pk__in=[case.pk for case in cases]),
        Volume.objects.filter(image__in=images),
        images,
        Series.objects.filter(study__patient=patient),
        Study.objects.filter(patient=patient),
    )
    removed: dict[str, int] = {}
    for rows in queries:
        removed[str(rows.model._meta.verbose_name_plural)] = rows.count()
        rows.delete()
    return removed


def _scrub_imports(cases: list[Case]) -> None:
    keys = {str(case.pk) for case in cases}
    for batch in ImportBatch.objects.filter(dataset__in={case.dataset_id for case in cases}):
        if any(finding["case"] in keys for finding in batch.findings):
            batch.findings = [one for one in batch.findings if one["case"] not in keys]
            batch.save(update_fields=["findings"])


def _remove(left: _Leftovers) -> None:
    store, originals = blob_store(), original_store()
    for key in left.blobs - {""}:
        if not _is_named(key):
            store.delete(key)
    for key in left.originals - {""}:
        if not Image.objects.filter(original_blob=key).exists():
            originals.delete(key)
    for folder in left.folders:
        shutil.rmtree(folder, ignore_errors=True)


def _is_named(key: str) -> bool:
    return any(
        kind._default_manager.filter(**{column: key}).exists()
        for kind, columns in _BLOBS
        for column in columns
    )
