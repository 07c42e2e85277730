"""Checks that this installation can work, and says what cannot."""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError

from annotation.imaging.deidentify import load_key
from webapp.celery import app


class Command(BaseCommand):
    """Check data base, folders, key file, broker and front end."""

    help = "Check the installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--worker", action="store_true", help="only what a worker needs; no front end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        checks: dict[str, Callable[[], str]] = {
            "data base": check_database,
            "folders": check_folders,
            "key file": check_key,
            "broker": check_broker,
        }
        if not options["worker"]:
            checks["front end"] = check_frontend
        failed = 0
        for name, check in checks.items():
            problem = check()
            failed += bool(problem)
            self.stdout.write(f"{name}: {problem or 'well'}")
        if failed:
            raise CommandError(f"{failed} of {len(checks)} checks failed.")


def check_database() -> str:
    """Say what is wrong with the data base, empty if nothing."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are missing; run manage.py migrate" if missing else ""


def check_folders() -> str:
    """Say which folder cannot be written."""
    for name in ("STORE_ROOT", "ORIGINALS_ROOT", "INCOMING_ROOT", "ROUNDS_ROOT", "WEIGHTS_ROOT"):
        folder = Path(getattr(settings, name))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            return f"{name} cannot be written"
    return ""


def check_key() -> str:
    """Say what is wrong with the pseudonyms' key file."""
    try:
        load_key(settings.KEY_FILE)
    except OSError as error:
        return str(error) if error.errno is None else os.strerror(error.errno)
    return ""


def check_broker() -> str:
    """Say whether messages can be sent."""
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except (OSError, OperationalError):
        return "no message can be sent"
    return ""


def check_frontend() -> str:
    """Say whether the front end is built."""
    built = (Path(settings.FRONTEND_DIST) / "index.html").is_file()
    return "" if built else "not built; run.py builds it"
