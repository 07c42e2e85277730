"""Plays the many random stories of readings and sittings: `python -m benchmarks.stories [--write]`.

The stories are those of tests/consensus/test_properties.py; `--write` keeps what was found in
docs/measured/stories.md.
"""

import argparse
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
TESTS = "tests/consensus/test_properties.py"


class Listener:
    """Hears what the long test recorded of its stories, and whether they all held."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test has recorded."""
        if report.when == "call" and report.passed:
            self.found |= dict(report.user_properties)


def page(found: dict[str, Any], minutes: float) -> list[str]:
    """Return the page of the measurement."""
    first, last = found["seeds"]
    n = last - first + 1
    acts = found["acts"]
    return [
        "# Random stories of readings and sittings",
        "",
        "`python -m benchmarks.stories --write`",
        "",
        f"{n} stories (seeds {first} to {last}), all of which held, on"
        f" {datetime.now(tz=UTC):%Y-%m-%d}.",
        "",
        "| act in a sitting | done |",
        "|---|---:|",
        *(f"| {name.replace('_', ' ')} | {acts[name]:,} |" for name in sorted(acts)),
        f"| refused | {found['refused']:,} |",
        "",
        "A story draws a protocol (one to three readers, exposure, third reader or none), what",
        "each reader says, contradictions included, and 16 acts in the sitting. After every act",
        "each of the three vertebrae is open or settled, never both and never twice; what is",
        "settled names its sources and equals them; settling and taking back restores the former",
        "state field by field, and so does opening a final case again. At the end every case is",
        "final.",
        "",
        f"{minutes:.0f} minutes on Python {platform.python_version()}, SQLite, on a machine shared"
        " with other work.",
    ]


def main() -> None:
    """Play the stories and print or keep the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/measured/stories.md")
    options = parser.parse_args()
    start, listener = time.monotonic(), Listener()
    code = pytest.main(["-q", "-m", "long", TESTS], plugins=[listener])
    if code != pytest.ExitCode.OK:
        sys.exit(int(code))
    minutes = (time.monotonic() - start) / 60
    text = "\n".join(page(listener.found["stories"], minutes)) + "\n"
    if options.write:
        (ROOT / "docs" / "measured" / "stories.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
