"""Imports published six-point readings of experts and prints how far the experts agree."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.agreement.published import import_published
from annotation.domain.refusals import Refused
from annotation.studies.models import Dataset

_SHOWN = ("agreement", "kappa unweighted", "kappa linear", "kappa quadratic", "bias")


class Command(BaseCommand):
    """Compute and keep the agreement of published readings."""

    help = "Import six-point readings of experts published as JSON, with spacings given apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="short name of the data set that keeps the report")
        parser.add_argument("readings", type=Path, help="JSON: study to expert to vertebrae")
        parser.add_argument("spacings", type=Path, help="JSON: study to row, column, slice in mm")
        parser.add_argument("--name", required=True, help="name of the report")
        parser.add_argument("--source", required=True, help="where the readings were published")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = Dataset.objects.filter(slug=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"There is no data set {options['dataset']}.")
        try:
            files = options["readings"].read_bytes(), options["spacings"].read_bytes()
            report = import_published(
                dataset, files=files, name=options["name"], source=options["source"], by=None
            )
        except (OSError, Refused) as error:
            raise CommandError(str(error)) from None
        arm = report.content["arms"]["all"]
        self.stdout.write(f"{arm['n_patients']} studies, {arm['n_vertebrae']} vertebrae")
        for row in arm["rows"]:
            if row["readers"] and row["group"] == "all" and row["statistic"] in _SHOWN:
                value = row["reason"] if row["value"] is None else f"{row['value']:.4f}"
                pair = " and ".join(row["readers"])
                self.stdout.write(f"{pair}, {row['of']}, {row['statistic']}: {value}")
