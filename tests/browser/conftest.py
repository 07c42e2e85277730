"""A real application and a real browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import making
from tests.browser.bench import Bench, grid_of
from tests.browser.house import House
from tests.browser.walking import FLAGS, Person

expect.set_options(timeout=30_000)  # a machine may be busy; what never comes still fails


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("LAMINA_CHROMIUM", "/usr/bin/chromium")
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """An SQLite file with all tables and nothing in them; None on another database."""
    if os.environ.get("DATABASE_URL"):
        return None
    empty = House(tmp_path_factory.mktemp("empty"))
    empty.manage("migrate", "--verbosity", "0")
    return empty.var / "lamina.sqlite3"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Path | None) -> Iterator[House]:
    """An application with an empty demo data set and running workers."""
    running = House(tmp_path_factory.mktemp("house"))
    if migrated:
        shutil.copy(migrated, running.var)
    else:
        running.manage("migrate", "--verbosity", "0")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def bench(house, browser) -> Iterator[Bench]:
    """A student with a case that has something for every tool."""
    house.manage("demo_data", "--without-images")
    code = "from tests.browser import seeding; print(seeding.make_tool_case().pk)"
    case = house.manage("shell", "--verbosity", "0", "-c", code).split()[-1]
    house.start("web")
    person = Person(browser, house, "student")
    person.open_case(case, "refine")
    hu = making.make_ct(seed=7, dims=(60, 90, 24)).hu
    yield Bench(person, case, grid_of(person, case), hu)
    person.leave()


@pytest.fixture
def pictures() -> Path:
    """Where screenshots of a failed or finished walk go."""
    folder = Path(os.environ.get("LAMINA_PICTURES", "var/pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep a picture of every open page of a failed test."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser:
        folder = Path(os.environ.get("LAMINA_PICTURES", "var/pictures"))
        folder.mkdir(parents=True, exist_ok=True)
        for number, context in enumerate(browser.contexts):
            for page in context.pages:
                page.screenshot(path=folder / f"{item.name}-{number}.png")
    return report
