"""A worker: takes jobs of some queues, one at a time, and sends lost ones again."""

import logging
import threading
from argparse import ArgumentParser
from typing import Any, Final

from celery.signals import worker_ready
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import connection

from annotation.reading.repeats import give_repeats_due
from annotation.work.services import sweep_jobs
from webapp.celery import app

SWEEP_PERIOD_S: Final = 10
SWEEPS_PER_REPEATS: Final = 360
"""Repeats fall due by days: once an hour is often enough."""
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Run a worker until it is stopped."""

    help = "Take jobs of the named queues (io, infer, train), one at a time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queues", default="io,infer", help="names joined by commas")

    def handle(self, *args: Any, **options: Any) -> None:
        queues = options["queues"]
        sweeping = threading.Thread(target=_sweep_for_ever, daemon=True)

        def _start_sweeping(**_: Any) -> None:
            sweeping.start()

        worker_ready.connect(_start_sweeping, weak=False)
        connection.close()
        name = f"{queues.replace(',', '-')}@%h"
        arguments = ["--pool", "prefork", "--concurrency", "1", "--queues", queues]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        app.worker_main(["worker", *arguments, *quiet, "--hostname", name, "--loglevel", "WARNING"])


def _sweep_for_ever() -> None:
    starting, n_sweeps = True, 0
    pause = threading.Event()
    while True:
        try:
            sweep_jobs(starting=starting)
            if n_sweeps % SWEEPS_PER_REPEATS == 0:
                give_repeats_due()
            starting, n_sweeps = False, n_sweeps + 1
        except DatabaseError:
            _log.warning("jobs could not be swept; trying again")
        finally:
            connection.close()
        pause.wait(SWEEP_PERIOD_S)
