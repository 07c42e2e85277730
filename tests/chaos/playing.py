"""One run of rounds: a house, a browser, two people, and what became of their acts."""

import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.house import House
from tests.browser.walking import FLAGS
from tests.chaos.report import Report
from tests.chaos.rounds import ROUNDS_PER_CASE, play_round
from tests.chaos.town import Town
from tests.run_all import find_chromium


def play(
    numbers: range, seed: int, only: list[str] | None = None, minutes: float = 24 * 60
) -> Report:
    """Play rounds in a house of their own, as many as begin in time, and return what happened."""
    started = time.monotonic()
    kinds: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="lamina-chaos-") as folder, sync_playwright() as asked:
        house = House(Path(folder) / "house", database=f"lamina_chaos_{os.getpid()}")
        house.manage("migrate", "--verbosity", "0")
        browser = asked.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        try:
            town = Town(house, browser, 1 + len(numbers) // ROUNDS_PER_CASE)
            played = 0
            for place, number in enumerate(numbers):
                if time.monotonic() - started > 60 * minutes:
                    break
                if place and place % ROUNDS_PER_CASE == 0:
                    town.next_case()
                kinds += play_round(town, seed, number, only)
                played += 1
                print(".", end="" if (place + 1) % 50 else "\n", flush=True)
            fates, version = town.tallies(), town.books.version
            town.stop()
        finally:
            browser.close()
            house.stop()
    return Report(seed, played, kinds, fates, version, time.monotonic() - started)
