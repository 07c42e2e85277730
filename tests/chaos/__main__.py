"""Plays rounds of bad luck and prints what became of every act.

python -m tests.chaos --rounds 200 --seed 7 --database postgresql --write docs/measured/chaos.md
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.chaos.playing import play
from tests.chaos.report import Report, sum_of
from tests.chaos.rounds import EVENTS, Failed
from tests.run_all import Services, find_postgres


def main() -> int:
    """Read the command line, start what is asked for, play, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", type=int, help="play this round alone")
    parser.add_argument("--kind", action="append", choices=list(EVENTS), help="only these events")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--jobs", type=int, default=1, help="houses that share the rounds")
    parser.add_argument(
        "--minutes", type=float, default=24 * 60, help="begin no round after so long"
    )
    parser.add_argument("--write", type=Path, help="page to which the table is added")
    options = parser.parse_args()
    numbers = range(options.rounds)
    if options.only is not None:
        numbers = range(options.only, options.only + 1)
    with tempfile.TemporaryDirectory(prefix="lamina-") as folder:
        services = Services(Path(folder))
        try:
            start_services(services, options.database)
            report = play_shared(numbers, options)
        except Failed as failed:
            print(f"\n{failed}", file=sys.stderr)
            return 1
        finally:
            services.stop()
    print(f"\n{report.table()}")
    if options.write:
        report.write(options.write)
    return 0


def play_shared(numbers: range, options: argparse.Namespace) -> Report:
    """Play rounds in as many houses as asked for, each with a stretch of them."""
    if options.jobs < 2:
        return play(numbers, options.seed, options.kind, options.minutes)
    size = -(-len(numbers) // options.jobs)
    stretches = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        playing = [
            pool.submit(play, one, options.seed, options.kind, options.minutes) for one in stretches
        ]
        return sum_of([one.result() for one in playing])


def start_services(services: Services, database: str) -> None:
    """Point the house that follows at the database that was asked for."""
    os.environ["DATABASE_URL"] = os.environ["REDIS_URL"] = ""
    programs = find_postgres()
    if database == "sqlite":
        return
    if programs is None:
        raise SystemExit("PostgreSQL is not installed here.")
    os.environ["DATABASE_URL"] = services.postgres(programs)
    os.environ["REDIS_URL"] = services.redis("redis-server")


if __name__ == "__main__":
    sys.exit(main())
