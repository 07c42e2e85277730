"""The statistics of agreement: beside their peers, and how long a large study takes.

Prints the tables of docs/measured/agreement.md: every statistic with its peer and the largest
difference on 200 random data sets; then seconds and peak memory of the whole table of statistics,
bootstrap included, for 10,000 vertebrae read by five readers, on one core.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m benchmarks.agreement
"""

import os
import resource
import time

import django
import numpy as np

from annotation.domain.agreement import report
from annotation.domain.agreement.estimates import DRAWS, SEED
from annotation.domain.agreement.report import Rated

LEVELS = (*(f"T{number}" for number in range(1, 13)), *(f"L{number}" for number in range(1, 6)))
VERTEBRAE = 10_000
READERS = "ABCDE"


def large_study(seed: int = 1) -> list[Rated]:
    """Return what five readers say about 10,000 vertebrae; one in twenty findings is missing."""
    random = np.random.default_rng(seed)
    said = []
    for place in range(VERTEBRAE):
        patient, level = divmod(place, len(LEVELS))
        truth = int(random.choice(4, p=[0.8, 0.1, 0.07, 0.03]))
        heights = random.normal(22, 2, 3)
        for reader in READERS:
            if random.random() < 0.05:
                continue
            grade = int(random.choice(4)) if random.random() < 0.1 else truth
            own = heights + random.normal(0, 0.5, 3)
            a, m, p = (float(one) for one in own)
            said.append(
                Rated(
                    patient=str(patient),
                    vertebra=str(place),
                    level=LEVELS[level],
                    reader=reader,
                    grade=grade,
                    shape="wedge" if grade else "none",
                    g=min(a, m, p) / max(a, m, p),
                    heights_mm=(a, m, p),
                )
            )
    return said


def print_speed() -> None:
    """Print seconds and peak memory of a large study."""
    said = large_study()
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    rows = report.agreement_rows(report.tabulate(said), draws=DRAWS, seed=SEED)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    print("| vertebrae | readers | statistics | draws | seconds | processor s | peak memory |")
    print("|---|---|---|---|---|---|---|")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"| {VERTEBRAE:,} | {len(READERS)} | {len(rows):,} | {DRAWS:,} | {seconds:.1f} | "
        f"{used:.1f} | {after.ru_maxrss / 1024:.0f} MiB |"
    )


def print_report() -> None:
    """Print seconds and peak memory of a whole report: three arms, pairs, plots, references."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    django.setup()
    from annotation.agreement.selectors import Said, Trait  # noqa: PLC0415  # needs the tables
    from annotation.agreement.services import compute  # noqa: PLC0415

    rated = large_study()
    arms = [Trait(name, "", 1, incorporated=True) for name in ("hidden", "shown")]
    traits = {(one.vertebra, one.reader): arms[int(one.patient) % 2] for one in rated}
    settled = {one.vertebra: one.grade or 0 for one in rated}
    said = Said(rated, [], {}, traits, settled, VERTEBRAE // len(LEVELS), ["loss20_25_40"], "")
    started = time.process_time()
    content = compute(said)
    used = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| whole report | processor s | peak memory |")
    print("|---|---|---|")
    print(f"| {', '.join(content['arms'])} | {used:.1f} | {peak:.0f} MiB |")


def print_peers() -> None:
    """Print the largest difference of every statistic from its peer."""
    from benchmarks.agreement_peers import SETS, Compared, compare  # noqa: PLC0415  # adds memory

    found: dict[tuple[str, str], list[Compared]] = {}
    for seed in range(SETS):
        for one in compare(seed):
            found.setdefault((one.statistic, one.peer), []).append(one)
    print("| statistic | peer | sets with a value | undefined in both | largest difference |")
    print("|---|---|---|---|---|")
    for (statistic, peer), rows in found.items():
        both = [row for row in rows if row.ours is not None and row.theirs is not None]
        neither = sum(row.ours is None and row.theirs is None for row in rows)
        if len(both) + neither < len(rows):
            raise SystemExit(f"{statistic}: one side has a value where the other has none")
        largest = max(abs(row.ours - row.theirs) for row in both)
        print(f"| {statistic} | {peer} | {len(both)} | {neither} | {largest:.1e} |")


if __name__ == "__main__":
    print_speed()
    print()
    print_report()
    print()
    print_peers()
