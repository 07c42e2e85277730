"""Uploads on their way to cases: open a batch, add files, finish, read."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from annotation.domain.geometry import GeometryMismatch
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.imaging.dicom import iter_series
from annotation.imaging.label_maps import TABLES
from annotation.imaging.masks import import_mask
from annotation.imaging.nifti import is_nifti, read_ct
from annotation.imaging.radiographs import LEFT, RIGHT
from annotation.imaging.results import Code, ImageRefused, Removed, SeriesResult
from annotation.storage.archives import ArchiveRefused, Limits, is_zip, unpack
from annotation.studies.admission import (
    Admitted,
    Arrival,
    Labels,
    admit,
    find_case,
    find_image,
    recognise,
)
from annotation.studies.models import Case, Dataset, ImportBatch, User
from annotation.studies.originals import InstanceIndex, keep_original
from annotation.studies.pseudonyms import neutral_name
from annotation.work.models import Job
from annotation.work.services import Claim, start_job

TASK: Final = "lamina.intake"
QUEUE: Final = "io"
MASK_FILE: Final = "mask"
_CHUNK_BYTES: Final = 1 << 20


def folder_of(batch: ImportBatch) -> Path:
    """Return where the files of a batch wait."""
    return Path(settings.INCOMING_ROOT) / batch.pk.hex


def begin_import(dataset: Dataset, *, by: User | None) -> ImportBatch:
    """Open a batch that takes files."""
    batch = ImportBatch.objects.create(dataset=dataset, by=by)
    folder_of(batch).mkdir(parents=True, mode=0o700)
    return batch


def add_file(batch: ImportBatch, source: BinaryIO, *, is_mask: bool = False) -> int:
    """Keep an uploaded file under a name of our own and return its number of bytes.

    Raises:
        Conflict: if the batch takes no files any more.
        ContentRefused: if the batch would hold too many files or bytes.
    """
    _require_open(batch)
    batch.refresh_from_db(fields=["n_files", "n_bytes"])
    if batch.n_files >= settings.IMPORT_MAX_FILES:
        raise ContentRefused(
            f"An import holds at most {settings.IMPORT_MAX_FILES} files.", code="too_many_files"
        )
    place = folder_of(batch) / (MASK_FILE if is_mask else neutral_name())
    n_bytes = _copy(source, place, settings.IMPORT_MAX_BYTES - batch.n_bytes)
    ImportBatch.objects.filter(pk=batch.pk).update(
        n_files=F("n_files") + 1, n_bytes=F("n_bytes") + n_bytes
    )
    return n_bytes


def _copy(source: BinaryIO, place: Path, at_most: int) -> int:
    n_bytes = 0
    with place.open("wb") as out:
        while chunk := source.read(_CHUNK_BYTES):
            n_bytes += len(chunk)
            if n_bytes > at_most:
                break
            out.write(chunk)
    if n_bytes > at_most:
        place.unlink()
        limit = settings.IMPORT_MAX_BYTES >> 20
        raise ContentRefused(f"An import holds at most {limit} MiB.", code="too_large")
    return n_bytes


@transaction.atomic
def finish_import(batch: ImportBatch, *, mask_table: str = "", front: str = "") -> ImportBatch:
    """Close a batch and have its files read by a worker.

    Args:
        batch: open.
        mask_table: meaning of the mask that was added, see `imaging.label_maps.TABLES`.
        front: where the front lies in radiographs that do not say it, "left" or "right"; empty
            where the importer does not know it either.

    Raises:
        Conflict: if it was closed before.
        ContentRefused: if it is empty, or no such table is known.
    """
    if mask_table and mask_table not in TABLES:
        raise ContentRefused(f"Known tables of labels: {', '.join(TABLES)}.", code="unknown_table")
    if front not in ("", LEFT, RIGHT):
        raise ContentRefused("The front lies left or right.", code="unknown_front")
    batch.refresh_from_db()
    _require_open(batch)
    if batch.n_files == 0:
        raise ContentRefused("No file was added.", code="empty")
    batch.job = start_job(
        kind=Job.Kind.INTAKE,
        task=TASK,
        queue=QUEUE,
        channel=batch.dataset.channel,
        about={"import": str(batch.pk)},
    )
    batch.state, batch.mask_table = ImportBatch.State.READING, mask_table
    batch.front = front
    batch.save(update_fields=["job", "state", "mask_table", "front"])
    return batch


def _require_open(batch: ImportBatch) -> None:
    if batch.state != ImportBatch.State.OPEN:
        raise Conflict(f"This import is {batch.state}; it takes no more files.", code="closed")


def note_failure(job: Job) -> None:
    """Write the failure of a job to its batch."""
    ImportBatch.objects.filter(job=job).update(state=ImportBatch.State.FAILED)


def read_batch(batch: ImportBatch, claim: Claim) -> list[dict[str, Any]]:
    """Read the files of a batch; every series becomes a case, or is refused for itself.

    Safe to run twice: a case that an interrupted run has made is not called a duplicate.
    """
    made_before = {finding["case"] for finding in batch.findings if not finding["duplicate"]}
    findings: list[dict[str, Any]] = []
    removed = Removed()
    paths, refused = _files_of(batch)
    for read in chain(map(Read, refused), _results(paths, claim, batch.front or None)):
        finding = _one(batch, read, claim)
        finding["duplicate"] = finding["duplicate"] and finding["case"] not in made_before
        removed += read.result.removed
        findings.append(finding)
        batch.findings = findings
        batch.removed = {
            "values": removed.values,
            "private": removed.private,
            "dates": removed.dates,
        }
        batch.save(update_fields=["findings", "removed"])
    return findings


def close_batch(batch: ImportBatch) -> None:
    """Mark a batch as read."""
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.DONE)


def discard_files(batch: ImportBatch) -> None:
    """Remove the files of a batch that has been read."""
    shutil.rmtree(folder_of(batch), ignore_errors=True)


def _files_of(batch: ImportBatch) -> tuple[list[Path], list[SeriesResult]]:
    """Return all files of a batch with its archives opened, and what was refused on the way."""
    folder = folder_of(batch)
    paths: list[Path] = []
    refused: list[SeriesResult] = []
    for number, path in enumerate(sorted(p for p in folder.iterdir() if p.is_file()), start=1):
        if path.name == MASK_FILE:
            continue
        with path.open("rb") as stream:
            if not is_zip(stream):
                paths.append(path)
                continue
            inflated, problems = _unpacked(stream, path.with_suffix(".files"), number)
            paths += inflated
            refused += problems
    return paths, refused


def _unpacked(stream: BinaryIO, folder: Path, number: int) -> tuple[list[Path], list[SeriesResult]]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    limits = Limits(settings.IMPORT_MAX_FILES, settings.IMPORT_MAX_BYTES)
    name = f"Archive {number}"
    try:
        unpacked = unpack(stream, folder, limits)
    except ArchiveRefused as refusal:
        return [], [SeriesResult(name, _archive_code(refusal.code), refusal.reason, n_slices=1)]
    members = [
        SeriesResult(f"{name}, file {one.place}", Code.UNREADABLE, one.reason, n_slices=1)
        for one in unpacked.refused
    ]
    return list(unpacked.paths), members


def _archive_code(code: str) -> Code:
    return Code.TOO_LARGE if code in ("TOO_LARGE", "TOO_MANY_FILES", "BOMB") else Code.UNREADABLE


@dataclass(frozen=True)
class Read:
    """One result and, for what was accepted, a way to its files."""

    result: SeriesResult
    files: Callable[[], list[Path]] = list


def _results(paths: list[Path], claim: Claim, front: str | None) -> Iterator[Read]:
    """Yield NIfTI images and then DICOM series, one volume at a time."""
    niftis = [path for path in paths if is_nifti(path)]
    others = [path for path in paths if path not in set(niftis)]
    for number, path in enumerate(niftis, start=1):
        claim.report(5, f"Reading image {number} of {len(niftis)}")
        result = read_ct(path, name=f"Image {number}", max_bytes=settings.IMPORT_MAX_BYTES)
        yield Read(result, partial(list, [path]))
    if not others:
        return
    index = InstanceIndex(others)
    steps = _Steps(claim, 5, 70, "Reading")
    limit = settings.IMPORT_MAX_BYTES
    for result in iter_series(others, max_bytes=limit, progress=steps, front=front):
        yield Read(result, partial(index.files_of, result.identity.sop_uids))


class _Steps:
    """Reports progress between two percentages, at most once per percent."""

    def __init__(self, claim: Claim, low: int, high: int, message: str) -> None:
        self._claim, self._low, self._high, self._message = claim, low, high, message
        self._last = -1

    def __call__(self, share: float) -> None:
        percent = self._low + round((self._high - self._low) * share)
        if percent >= self._last + 2:
            self._last = percent
            self._claim.report(percent, self._message)


def _one(batch: ImportBatch, read: Read, claim: Claim) -> dict[str, Any]:
    finding = _describe(read.result)
    if not read.result.is_accepted:
        return finding
    try:
        arrival = recognise(read.result)
    except GeometryMismatch:
        reason = "the axes of the image are not at right angles"
        return finding | {"accepted": False, "code": Code.SHEARED.value, "reason": reason}
    known = find_case(arrival, batch.dataset)
    if known is not None:
        return finding | _fate(Admitted(known, is_duplicate=True))
    labels = None
    mask = folder_of(batch) / MASK_FILE
    if mask.exists():
        labels, remark = _labels(mask, batch.mask_table, arrival)
        finding["reason"] = f"{finding['reason']}; {remark}"
    if find_image(arrival) is None:
        arrival = replace(arrival, original_blob=keep_original(read.files()))
    steps = _Steps(claim, 70, 95, "Storing")
    return finding | _fate(admit(arrival, batch.dataset, labels=labels, progress=steps))


def _labels(mask: Path, table: str, arrival: Arrival) -> tuple[Labels | None, str]:
    if arrival.result.radiograph is not None:
        return None, "its mask was left out: masks come with a CT only"
    try:
        labels = import_mask(mask, TABLES[table or "verse"], arrival.ct.grid)
    except ImageRefused as refusal:
        return None, f"its mask was left out: {refusal.reason}"
    return labels, "it begins with the imported mask"


def _describe(result: SeriesResult) -> dict[str, Any]:
    place = result.place
    return {
        "name": result.name,
        "accepted": result.is_accepted,
        "code": result.code.value,
        "reason": "; ".join([result.reason, *(result.notes if result.radiograph else ())]),
        "place": place.text,
        "n_slices": result.n_slices,
        "spacing_mm": _floats((result.spacing_mm or ())[: 2 if result.radiograph else 3] or None),
        "positions_mm": _floats(place.positions_mm),
        "gaps": list(place.gaps) if place.gaps else None,
        "case": None,
        "case_code": None,
        "duplicate": False,
    }


def _floats(values: Iterable[float] | None) -> list[float] | None:
    return None if values is None else [round(float(value), 4) for value in values]


def _fate(admitted: Admitted) -> dict[str, Any]:
    case: Case = admitted.case
    return {
        "case": str(case.pk),
        "case_code": case.code,
        "duplicate": admitted.is_duplicate,
    }
