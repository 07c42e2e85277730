"""Takes files into a data set by the same way as the browser's import."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.domain.refusals import Refused
from annotation.imaging.label_maps import TABLES
from annotation.imaging.radiographs import LEFT, RIGHT
from annotation.studies import intake
from annotation.studies.models import Dataset, ImportBatch
from annotation.studies.tasks import read_import


class Command(BaseCommand):
    """Import a file, an archive or a folder."""

    help = "Import a DICOM folder, a zip or a NIfTI file into a data set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--dataset", required=True, help="short name of the data set")
        parser.add_argument("--mask", type=Path, help="NIfTI mask on the grid of the one image")
        parser.add_argument("--mask-labels", choices=sorted(TABLES), default="verse")
        parser.add_argument(
            "--front",
            choices=[LEFT, RIGHT],
            default="",
            help="where the front lies in radiographs that do not say it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = Dataset.objects.filter(slug=options["dataset"]).first()
        if dataset is None:
            raise CommandError("There is no data set of this short name.")
        try:
            batch = take_in(
                dataset,
                options["path"],
                options["mask"],
                options["mask_labels"],
                front=options["front"],
            )
        except Refused as refusal:
            raise CommandError(refusal.detail) from None
        for finding in batch.findings:
            self.stdout.write(describe(finding))
        if batch.state != ImportBatch.State.DONE:
            raise CommandError(batch.job.failure if batch.job else "The import failed.")


def take_in(
    dataset: Dataset,
    path: Path,
    mask: Path | None = None,
    mask_table: str = "",
    *,
    front: str = "",
) -> ImportBatch:
    """Import what lies at a path and wait until it is read.

    Raises:
        CommandError: if there is nothing at the path.
        Refused: if it cannot be taken.
    """
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in [*files, *([mask] if mask else [])]):
        raise CommandError("There is no file at this path.")
    batch = intake.begin_import(dataset, by=None)
    for file in files:
        with file.open("rb") as stream:
            intake.add_file(batch, stream)
    if mask is not None:
        with mask.open("rb") as stream:
            intake.add_file(batch, stream, is_mask=True)
    intake.finish_import(batch, mask_table=mask_table if mask else "", front=front)
    read_import(str(batch.job_id))
    while True:
        batch.refresh_from_db()
        if batch.state != ImportBatch.State.READING:
            return batch
        time.sleep(0.5)


def describe(finding: dict[str, Any]) -> str:
    """Return one line on what became of a series."""
    if not finding["accepted"]:
        return f"{finding['name']}: refused, {finding['code']}: {finding['reason']}"
    verb = "is already" if finding["duplicate"] else "is now"
    return f"{finding['name']}: {finding['reason']}; it {verb} {finding['case_code']}"
