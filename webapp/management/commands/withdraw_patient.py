"""Takes a person out, with everything that was made of their images."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.studies.models import Dataset, User
from webapp.withdrawal import withdraw_patient


class Command(BaseCommand):
    """Withdraw the patient of a case."""

    help = "Withdraw the patient of a case from every data set. Cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="code of one of the patient's cases, such as LAM-0001")
        parser.add_argument("--dataset", required=True, help="short name of the case's data set")
        parser.add_argument("--by", help="name of the account that asks for it")
        parser.add_argument("--yes", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = Dataset.objects.filter(slug=options["dataset"]).first()
        cases = dataset.cases.select_related("patient") if dataset else []
        case = next((one for one in cases if one.code == options["code"]), None)
        if case is None:
            raise CommandError("There is no such case in this data set.")
        if not options["yes"]:
            n = case.patient.cases.count()
            raise CommandError(f"This removes {n} cases of one person; add --yes to do it.")
        by = User.objects.filter(username=options["by"]).first() if options["by"] else None
        tombstone = withdraw_patient(case.patient, by=by)
        for what, number in tombstone.removed.items():
            if number:
                self.stdout.write(f"{number} {what}")
