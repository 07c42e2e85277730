"""What a run of rounds has shown, as a table that can be kept."""

import platform
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HEAD = """# Rounds of bad luck

Each round paints with a real browser against the real server and has one or two things go wrong.
After each, the mask of the server, the mask of every open page and an independent replay of the
acts that the pages said they made must be the same, each act must be stored once and in order or
lie in a kept version, and nothing acknowledged may be missing. A round that fails ends the run,
so a table is printed only where there was no mismatch. `python -m tests.chaos --rounds 200
--database sqlite` plays them anew (`run.py test --long` plays both databases).
"""


@dataclass(frozen=True)
class Report:
    """One run: its seed, its kinds of event, the fates of its acts."""

    seed: int
    rounds: int
    kinds: Counter[str]
    fates: dict[str, int]
    database: str
    seconds: float
    houses: int = 1

    def table(self) -> str:
        """Return the run as Markdown."""
        each = self.seconds * self.houses / max(1, self.rounds)
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        lines = [
            f"## {self.rounds} rounds on {self.database}",
            "",
            f"Seed {self.seed}, {today}, commit {_commit()}, {platform.machine()}, "
            f"{self.seconds:.0f} s ({each:.1f} s per round, "
            f"{self.houses} at a time).",
            "",
            "| acts | |",
            "|---|---:|",
            *(f"| {name} | {count} |" for name, count in self.fates.items()),
            "| mismatches | 0 |",
            "",
            "| kind of event | rounds |",
            "|---|---:|",
            *(f"| {name} | {self.kinds[name]} |" for name in sorted(self.kinds)),
        ]
        return "\n".join(lines) + "\n"

    def write(self, page: Path) -> None:
        """Put the table onto a page; an older one of the same database is replaced."""
        old = page.read_text(encoding="utf-8") if page.exists() else HEAD
        head, *parts = old.split("\n## ")
        name = self.database.split()[0]
        kept = [part for part in parts if f" on {name}" not in part.splitlines()[0]]
        sections = [f"## {part.strip()}\n" for part in kept] + [self.table()]
        page.write_text("\n".join([head.strip() + "\n", *sections]), encoding="utf-8")


def sum_of(reports: list[Report]) -> Report:
    """Return what several houses have shown together; the longest decides the time."""
    kinds = sum((one.kinds for one in reports), Counter[str]())
    fates = {name: sum(one.fates[name] for one in reports) for name in reports[0].fates}
    rounds, seconds = sum(one.rounds for one in reports), max(one.seconds for one in reports)
    first = reports[0]
    return Report(first.seed, rounds, kinds, fates, first.database, seconds, len(reports))


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
