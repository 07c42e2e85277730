"""Makes the demo data set: accounts, the shipped model, and real CT by the ordinary import."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand

from annotation.domain.systems import READ_RADIOGRAPHS
from annotation.domain.workflow import Role
from annotation.preannotation.selectors import model_in_service
from annotation.preannotation.services import publish_model_version, register_model
from annotation.studies.models import Dataset, Membership, User
from webapp.management.commands.intake import describe, take_in

SLUG: Final = "demo"
MODELS: Final = ("anchor-free-tiny", "compression-ratio-tiny")
"""Shipped weights, of CTs and of radiographs; what a folder does not hold does not serve."""
ACCOUNTS: Final = {
    "student": ("Sam Student", Role.STUDENT),
    "reader1": ("Robin Reader", Role.READER),
    "reader2": ("Riley Reader", Role.READER),
    "manager": ("Max Manager", Role.MANAGER),
}
IMAGES: Final = (
    "thoracic/lidc0314_crop_dicom_275.zip",
    "lumbar/example_ct.nii.gz",
    "phantom/phantom_ct.nii.gz",
    "radiograph/lidc0314_lateral_drr.zip",
)


class Command(BaseCommand):
    """Make what is missing of the demo; run again, it changes nothing."""

    help = "Create the demo data set, its accounts, its model and its cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", type=Path, help="file for names and passwords")
        parser.add_argument("--without-images", action="store_true", help="accounts and model only")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset, _ = Dataset.objects.get_or_create(
            slug=SLUG, defaults={"name": "Demo", "code_prefix": "LAM"}
        )
        place = options["accounts"] or Path(settings.VAR_DIR) / "demo-accounts.txt"
        if not place.exists():
            write_accounts(place, make_accounts(dataset))
        self.stdout.write(place.read_text(encoding="utf-8"))
        for name in MODELS:
            put_in_service(dataset, name)
        if not options["without_images"] and not dataset.cases.exists():
            self._take_images(dataset)

    def _take_images(self, dataset: Dataset) -> None:
        for name in IMAGES:
            path = Path(settings.BASE_DIR) / "demo" / name
            if path.is_file():
                for finding in take_in(dataset, path).findings:
                    self.stdout.write(describe(finding))


def make_accounts(dataset: Dataset) -> dict[str, str]:
    """Return a new password for each demo account, made where it is missing."""
    passwords: dict[str, str] = {}
    for username, (name, role) in ACCOUNTS.items():
        first, last = name.split()
        user, _ = User.objects.get_or_create(
            username=username, defaults={"first_name": first, "last_name": last}
        )
        passwords[username] = secrets.token_urlsafe(9)
        user.set_password(passwords[username])
        user.save()
        Membership.objects.get_or_create(user=user, dataset=dataset, role=role.value)
    return passwords


def write_accounts(place: Path, passwords: dict[str, str]) -> None:
    """Write names and passwords to a file that only its owner reads."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for username, password in passwords.items():
            file.write(f"  {username:<10}{password}\n")


def put_in_service(dataset: Dataset, name: str) -> None:
    """Let a shipped model serve the data set, unless one of its own rounds' models does."""
    folder = Path(settings.SHIPPED_WEIGHTS_ROOT) / name
    system = name.rsplit("-", 1)[0]
    serving = model_in_service(dataset, for_radiographs=system in READ_RADIOGRAPHS)
    is_own = serving is not None and serving.parent is not None
    if is_own or not (folder / "card.json").is_file():
        return
    model = register_model(folder)
    if model != serving:
        publish_model_version(dataset, model, by=None, reason="shipped with Lamina")
