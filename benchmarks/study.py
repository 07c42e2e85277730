"""Studies with readers whose habits are known: does the report find what was planted?

    python -m benchmarks.study [--studies 20] [--cases 200] [--draws 500] [--write]

Six readers with known biases read every case in one of three arms (proposal hidden, shown, shown
after the first commit), through the services: they open, say, submit and amend; what they differ on
is settled as the phantom truly is, and signed. The report on agreement is computed from that. For
every planted value (Cohen's kappa of each pair, how much larger one reader measures G than another,
rates of automation bias) the table says in how many studies the 95 % interval holds it.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.study_house import Found

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "measured" / "study.md"


def main() -> None:
    """Play the studies and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--studies", type=int, default=20)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--write", action="store_true", help=f"also write {PAGE.name}")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lamina-study-") as folder:
        _set_up(Path(folder))
        from benchmarks import study_house, study_readers  # noqa: PLC0415 - after the settings

        house, planted = study_house.House(), study_readers.plant()
        studies = []
        for seed in range(1, options.studies + 1):
            studies.append(house.study(seed, options.cases, planted, options.draws))
            minutes = (time.monotonic() - started) / 60
            print(f"study {seed}: {minutes:.1f} minutes", flush=True)
            text = "\n".join(page(studies, options.cases, options.draws, minutes))
            if options.write:  # a run that is ended early leaves what it has
                PAGE.write_text(text + "\n", encoding="utf-8")
    print(text)


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


def coverage(studies: Sequence[Sequence["Found"]], kind: str = "") -> tuple[int, int, int]:
    """Return of how many intervals how many hold the planted value, and how many had none."""
    told = [one for some in studies for one in some if kind in ("", one.kind)]
    covered = [one.is_covered for one in told]
    return sum(one is True for one in covered), len(told), covered.count(None)


def page(studies: Sequence[Sequence["Found"]], n: int, draws: int, minutes: float) -> list[str]:
    """Return the page of the measurement."""
    command = f"python -m benchmarks.study --studies {len(studies)} --cases {n}"
    lines = [
        "# Studies with planted readers",
        "",
        f"`{command} --draws {draws} --write`",
        "",
        "| planted | values | intervals that hold it | without an interval |",
        "|---|---:|---:|---:|",
    ]
    for kind in ("kappa", "bias of G", "automation", ""):
        held, told, none = coverage(studies, kind)
        share = 100 * held / (told - none) if told > none else float("nan")
        name = kind or "**all**"
        lines.append(f"| {name} | {told} | {held} ({share:.1f} %) | {none} |")
    lines += ["", "| kind | value | planted | mean found | held in |", "|---|---|---:|---:|---:|"]
    by_name: dict[tuple[str, str], list[Found]] = {}
    for one in (one for some in studies for one in some):
        by_name.setdefault((one.kind, one.name), []).append(one)
    for (kind, name), every in by_name.items():
        values = [each.value for each in every if each.value is not None]
        held = sum(each.is_covered is True for each in every)
        planted = statistics.fmean(each.planted for each in every)
        mean = f"{statistics.fmean(values):.3f}" if values else ""
        lines.append(f"| {kind} | {name} | {planted:.3f} | {mean} | {held}/{len(every)} |")
    return [*lines, "", *_made(studies, n, minutes)]


def _made(studies: Sequence[object], n: int, minutes: float) -> list[str]:
    return [
        f"{len(studies)} studies of {n} cases with three vertebrae each, six readers on every",
        "case, three arms that the protocol gives out; readings, amendments, sittings and",
        "signatures by the services. Intervals are the report's own (bootstrap over patients).",
        "Planted values come from the same habits on 400,000 vertebrae; a kappa over all arms is",
        "weighed by the arms in which the two readers happened to read.",
        "",
        "Limits: cases are rows like those of one case that went through the services, without",
        "pictures of their own; readers are simulated, each vertebra by itself, so a patient's are",
        "no more alike than chance; a grade that all six get wrong alike settles itself and",
        f"counts as true, which is rare. {minutes:.0f} minutes on Python",
        f"{platform.python_version()} with {os.cpu_count()} processors shared with other work.",
    ]


if __name__ == "__main__":
    main()
