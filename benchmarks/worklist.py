"""What the lists of a data set cost as it grows: queries and milliseconds for each address.

    python -m benchmarks.worklist [--cases 5000] [--write]

Makes a data set below a temporary folder on SQLite whose cases stand at every stage, with readings,
assignments, leases, sittings, events and active time, and asks for each list of it through the
whole application, without a socket, as a reader and as the manager. Each figure is the median of
five answers after one that is not counted.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "measured" / "worklist.md"
LISTS = ("worklist/", "worklist/?scope=mine", "next/", "week/", "effort/", "agreement/")
ASKED = (("reader1", LISTS), ("manager", ("worklist/", "activity.csv", "rounds/")))
ANSWERS = 5
FEWER = 50

Figures = dict[tuple[str, str], tuple[int, float, int]]
"""Queries, milliseconds and bytes by person and address."""


def main() -> None:
    """Measure a small and a large data set and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--write", action="store_true", help=f"also write {PAGE.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamina-lists-") as folder:
        _set_up(Path(folder))
        few, many = _measure(options.cases)
    text = "\n".join(_page(few, many, options.cases))
    print(text)
    if options.write:
        PAGE.write_text(text + "\n", encoding="utf-8")


def _set_up(folder: Path) -> None:
    """Point the application at an empty folder and make its tables."""
    os.environ.update(
        LAMINA_VAR=str(folder), DJANGO_SETTINGS_MODULE="webapp.settings", LAMINA_LOG="CRITICAL"
    )
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    import django  # noqa: PLC0415 - the settings read the folder when they are loaded
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


def _measure(n: int) -> tuple[Figures, Figures]:
    # Tables exist only once the apps are loaded.
    from annotation.agreement.services import report_of  # noqa: PLC0415
    from tests import crowd, making  # noqa: PLC0415

    dataset = making.make_dataset()
    people = making.make_people(dataset)
    crowd.gather(dataset, people, FEWER)
    report_of(dataset)
    few = dict(_ask(people))
    crowd.gather(dataset, people, n - FEWER, seed=1)
    report_of(dataset)
    return few, dict(_ask(people))


def _ask(people: object) -> Iterator[tuple[tuple[str, str], tuple[int, float, int]]]:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    for who, addresses in ASKED:
        client = Client()
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(getattr(people, who), backend=backend)
        for address in addresses:
            place = f"/api/datasets/set/{address}"
            client.get(place)
            seconds = []
            for _ in range(ANSWERS):
                started = time.perf_counter()
                answer = client.get(place)
                seconds.append(time.perf_counter() - started)
            with CaptureQueriesContext(connection) as queries:
                client.get(place)
            took = 1000 * statistics.median(seconds)
            yield (who, address), (len(queries), took, len(answer.content))


def _page(few: Figures, many: Figures, n: int) -> Sequence[str]:
    rows = [
        f"| {who} | `{address}` | {few[who, address][0]} | {queries} | {few[who, address][1]:.0f} "
        f"| {took:.0f} | {size / 1e6:.2f} |"
        for (who, address), (queries, took, size) in many.items()
    ]
    return [
        "# Lists of a data set, few cases and many",
        "",
        f"`python -m benchmarks.worklist --cases {n} --write`",
        "",
        f"| who | list | queries, {FEWER} cases | queries, {n} | ms, {FEWER} | ms, {n} | MB, {n} |",
        "|---|---|---:|---:|---:|---:|---:|",
        *rows,
        "",
        "Median of five answers of the whole application without a socket, after one that is not",
        f"counted; SQLite, Python {platform.python_version()}, {os.cpu_count()} processors shared "
        f"with other work (load {os.getloadavg()[0]:.0f} at the end).",
        "Milliseconds are this machine's; the numbers of queries are held by",
        "`tests/webapp/test_many_cases.py` on both databases for every list of a data set.",
        "A list is answered whole, so bytes and time grow with the cases while queries do not; a",
        "difference of up to three queries is of kinds of rows that the few cases had none of.",
        "The agreement is worked out once for each state of the readings; its figure is the kept",
        "one.",
    ]


if __name__ == "__main__":
    main()
