"""Verbs on releases: start one, build its archive, prove it."""

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

from django.db import transaction
from django.utils import timezone

from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Role
from annotation.releases import tables
from annotation.releases.freezing import PLANTED_ERROR, freeze, leave_out
from annotation.releases.models import Release, ReleaseCase
from annotation.releases.proof import (
    SUMS,
    Proof,
    ReadBack,
    add_left_out,
    add_read_back,
    add_rows,
    add_sums,
    check_case,
)
from annotation.releases.tree import case_files, common_files, load_case, top_of
from annotation.rounds.freezing import final_cases, final_catch_cases, final_radiographs
from annotation.studies.blobs import blob_store
from annotation.studies.models import Dataset, User
from annotation.studies.selectors import require_role
from annotation.work.models import Job
from annotation.work.services import start_job

TASK: Final = "lamina.release"
QUEUE: Final = "io"
_VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
_STORED: Final = (".gz", ".png")
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Built:
    """An archive in the store and what was found of it."""

    blob: str
    n_bytes: int
    files: list[dict[str, Any]]
    proof: list[dict[str, Any]]


@transaction.atomic
def start_release(dataset: Dataset, *, by: User, version: str, licence: str) -> Release:
    """Freeze the cases that are final now and have their archive built.

    A version whose building failed may be asked for again.

    Raises:
        NotPermitted: if the person is no manager.
        ContentRefused: if no case is final, or the version is no plain one.
        Conflict: if there is a release of this version.
    """
    require_role(by, dataset, Role.MANAGER)
    if not _VERSION.fullmatch(version):
        raise ContentRefused(
            "A version has up to 20 letters, digits, dots and hyphens.", code="bad_version"
        )
    cases = final_cases(dataset)
    if not cases:
        raise ContentRefused(
            "No CT case is final yet; there is nothing to release.", code="no_case"
        )
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    release = dataset.releases.select_related("job").filter(version=version).first()
    if release is None:
        release = Release(dataset=dataset, version=version)
    elif release.job is None or release.job.state != Job.State.FAILED:
        raise Conflict(f"There is a release {version} already.", code="version_taken")
    release.licence, release.created_by = licence, by
    release.created_at, release.proof = timezone.now(), []
    release.save()
    ReleaseCase.objects.filter(release=release).delete()
    release.manifest, rows = freeze(release, cases)
    release.manifest["left_out"] = [
        *leave_out(final_radiographs(dataset)),
        *leave_out(final_catch_cases(dataset), PLANTED_ERROR),
    ]
    ReleaseCase.objects.bulk_create(rows)
    release.table = tables.overview(release.manifest["cases"])
    release.job = start_job(
        kind=Job.Kind.RELEASE,
        task=TASK,
        queue=QUEUE,
        channel=dataset.channel,
        about={"release": str(release.pk)},
    )
    release.save()
    return release


def build(manifest: Mapping[str, Any], report: Report) -> Built:
    """Build the archive of a manifest, read it back and keep it; equal manifest, equal bytes.

    Args:
        manifest: ``lamina.release/1``.
        report: hears per cents and a sentence.
    """
    with tempfile.TemporaryFile() as file:
        files = _write(file, manifest, report)
        proof = _prove(file, manifest, report)
        n_bytes = file.seek(0, 2)
        file.seek(0)
        return Built(blob_store().put(file), n_bytes, files, proof.steps)


def store_archive(release: Release, built: Built) -> None:
    """Write down a built archive with its proof."""
    release.files, release.proof = built.files, built.proof
    release.blob, release.n_bytes = built.blob, built.n_bytes
    release.save(update_fields=["files", "proof", "blob", "n_bytes"])


def failed_steps(built: Built) -> list[str]:
    """Return the names of the steps that do not hold."""
    return [step["name"] for step in built.proof if not step["ok"]]


def _write(file: IO[bytes], manifest: Mapping[str, Any], report: Report) -> list[dict[str, Any]]:
    top = top_of(manifest)
    listed: list[dict[str, Any]] = []
    sums: list[str] = []

    def add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
        _add(archive, path, content)
        inner = path.removeprefix(f"{top}/")
        listed.append({"path": inner, "n_bytes": len(content)})
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {inner}")

    with zipfile.ZipFile(file, "w") as archive:
        for path, content in common_files(manifest):
            add(archive, path, content)
        cases = manifest["cases"]
        for number, case in enumerate(cases):
            report(5 + 60 * number // len(cases), f"Writing case {number + 1} of {len(cases)}")
            for path, content in case_files(manifest, load_case(case)):
                add(archive, path, content)
        lines = "".join(f"{line}\n" for line in sorted(sums, key=lambda line: line[66:]))
        _add(archive, f"{top}/{SUMS}", lines.encode())
    return sorted(listed, key=lambda one: str(one["path"]))


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    member = zipfile.ZipInfo(path, date_time=_NO_TIME)
    member.external_attr = 0o644 << 16
    is_small_already = path.endswith(_STORED)
    member.compress_type = zipfile.ZIP_STORED if is_small_already else zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _prove(file: IO[bytes], manifest: Mapping[str, Any], report: Report) -> Proof:
    proof, found = Proof(), ReadBack()
    cases = manifest["cases"]
    add_rows(proof, cases)
    with zipfile.ZipFile(file) as archive:
        for number, case in enumerate(cases):
            report(70 + 25 * number // len(cases), f"Reading case {number + 1} back")
            check_case(archive, manifest, load_case(case), found)
        add_read_back(proof, found)
        add_left_out(proof, archive, manifest.get("left_out", []))
        add_sums(proof, archive, top_of(manifest))
    return proof
