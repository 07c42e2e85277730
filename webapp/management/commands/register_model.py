"""Writes down trained weights as a model version and lets it serve data sets."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from annotation.domain.refusals import Refused
from annotation.preannotation.services import publish_model_version, register_model
from annotation.studies.models import Dataset


class Command(BaseCommand):
    """Register weights by their folder."""

    help = "Register the weights of a folder: its path, or its name below the weights roots."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="path of the folder, or its name")
        parser.add_argument("--dataset", action="append", default=[], help="data set it serves")

    def handle(self, *args: Any, **options: Any) -> None:
        roots = (Path(settings.WEIGHTS_ROOT), Path(settings.SHIPPED_WEIGHTS_ROOT), Path())
        folder = next((r / options["name"] for r in roots if (r / options["name"]).is_dir()), None)
        if folder is None:
            raise CommandError("There are no weights of this name.")
        try:
            model = register_model(folder)
        except Refused as refusal:
            raise CommandError(refusal.detail) from None
        for slug in options["dataset"]:
            dataset = Dataset.objects.filter(slug=slug).first()
            if dataset is None:
                raise CommandError(f"There is no data set {slug}.")
            publish_model_version(dataset, model, by=None, reason="registered by the operator")
        self.stdout.write(f"{model.version}: {model.trained_on}")
