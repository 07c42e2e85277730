"""Takes the pictures of docs/screens: `python -m tests.browser.screens [NAME ...] [--to FOLDER]`.

The real application with the demo data set and a real browser; a scene is one screen in one state.
Scenes run in the order they stand here, because a case goes its way through them.
"""

import argparse
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.house import ROOT, House
from tests.browser.test_painting import open_level
from tests.browser.test_undo_and_conflict import paint_beside
from tests.browser.walking import (
    FLAGS,
    Person,
    drag,
    open_page,
    pane_centre,
    read,
    wait_for_stage,
    wait_saved,
    wait_until,
)

COLOURS = 256
SIZES = {"": (1440, 900), "-wide": (1920, 1080)}


@dataclass
class Studio:
    """A running application, a browser and the cases to be shown."""

    house: House
    browser: Browser
    to: Path
    cases: dict[str, str] = field(default_factory=dict)

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture with few colours, so that the repository stays small."""
        with Image.open(io.BytesIO(page.screenshot())) as shot:
            few = shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(self.to / f"{name}.png", optimize=True)

    def make(self, **calls: str) -> None:
        """Make cases by the real services, in one go; see `seeding`."""
        made = ", ".join(f"seeding.{call}.pk" for call in calls.values())
        code = f"from tests.browser import seeding; print({made})"
        printed = self.house.manage("shell", "--verbosity", "0", "-c", code).split()
        self.cases.update(zip(calls, printed[-len(calls) :], strict=True))

    @contextmanager
    def person(self, name: str) -> Iterator[Person]:
        """Sign a person in for a scene."""
        person = Person(self.browser, self.house, name)
        try:
            yield person
        finally:
            person.page.context.close()


Scene = Callable[[Studio], None]
SCENES: dict[str, Scene] = {}


def scene(act: Scene) -> Scene:
    """Add a scene under the name of its function."""
    SCENES[act.__name__.replace("_", "-")] = act
    return act


def settled(person: Person) -> None:
    """Wait until nothing is being drawn."""
    person.hook("idle")
    person.page.wait_for_timeout(400)


def go_to(person: Person, level: str) -> None:
    """Fly to a level by its name."""
    person.page.keyboard.press("g")
    person.page.get_by_role("dialog").get_by_label("Level").fill(level)
    person.page.keyboard.press("Enter")
    settled(person)


def paint(person: Person, below: int = 0) -> None:
    """Make one stroke in front of the level in hand."""
    x, y = pane_centre(person, "sagittal")
    drag(person, (x - 90, y - 15 + below), (x - 40, y - 15 + below))


@scene
def signin(studio: Studio) -> None:
    page = open_page(studio.browser, studio.house)
    page.goto("/signin")
    page.get_by_label("User name").wait_for()
    studio.picture(page, "signin")
    page.get_by_label("User name").fill("student")
    page.locator("input[type=password]").fill("not it")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    studio.picture(page, "signin-refused")
    page.context.close()


@scene
def worklist(studio: Studio) -> None:
    for name, who in (("worklist", "student"), ("worklist-empty", "reader2"), ("cases", "manager")):
        with studio.person(who) as person:
            place = "cases" if who == "manager" else "worklist"
            person.page.goto(f"/d/demo/{place}")
            person.page.wait_for_load_state("networkidle")
            studio.picture(person.page, name)


@scene
def importing(studio: Studio) -> None:
    with studio.person("manager") as person:
        person.page.goto("/d/demo/import")
        person.page.wait_for_load_state("networkidle")
        studio.picture(person.page, "import-empty")
        odd = sorted((ROOT / "tests" / "data" / "pydicom_odd").glob("*.dcm"))
        person.page.locator("input[data-choose=files]").set_input_files(odd)

        def read() -> Any:
            imports = person.api("/datasets/demo/imports/")
            return imports and imports[0]["state"] == "done"

        wait_until(read)
        person.page.get_by_role("row").nth(1).click()
        person.page.wait_for_timeout(500)
        studio.picture(person.page, "import")


@scene
def refining(studio: Studio) -> None:
    with studio.person("student") as student:
        page = student.page
        student.open_case(studio.cases["thoracic"], "refine")
        for suffix, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            go_to(student, "T8")
            studio.picture(page, f"refine{suffix}")
        page.set_viewport_size({"width": 1440, "height": 900})
        for name in ("four-panes", "one-pane"):
            page.keyboard.press("p")
            page.wait_for_timeout(3000)
            settled(student)
            studio.picture(page, f"refine-{name}")
        page.keyboard.press("p")
        for key, name in (("!", "problems"), ("Shift+H", "history")):
            page.keyboard.press(key)
            page.wait_for_timeout(1500)
            studio.picture(page, f"refine-{name}")
            page.keyboard.press(key)
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        studio.picture(page, "keys")


@scene
def loading(studio: Studio) -> None:
    with studio.person("student") as student:
        student.page.route("**/*.j2c", lambda route: None)
        student.page.goto(f"/c/{studio.cases['thoracic']}/refine?test")
        student.page.get_by_text("Sharpening").wait_for()
        student.page.wait_for_timeout(1500)
        studio.picture(student.page, "refine-loading")


@scene
def failing(studio: Studio) -> None:
    with studio.person("student") as student:
        student.page.route("**/meta.json", lambda route: route.fulfill(status=500, body="{}"))
        student.page.goto(f"/c/{studio.cases['thoracic']}/refine?test")
        student.page.get_by_role("alert").wait_for()
        studio.picture(student.page, "refine-failed")


@scene
def offline(studio: Studio) -> None:
    with studio.person("student") as student:
        student.open_case(studio.cases["thoracic"], "refine")
        go_to(student, "T8")
        student.page.context.set_offline(True)
        paint(student)
        student.page.get_by_text("No connection since").wait_for()
        studio.picture(student.page, "refine-offline")
        student.page.context.set_offline(False)
        wait_saved(student)
        student.page.context.clear_cookies()
        paint(student, 30)
        student.page.get_by_role("dialog").wait_for()
        studio.picture(student.page, "refine-signed-out")


@scene
def two_people(studio: Studio) -> None:
    accounts = studio.house.var / "demo-accounts.txt"
    code = f"from tests.browser import seeding; seeding.add_student('student2', '{accounts}')"
    studio.house.manage("shell", "-c", code)
    case = studio.cases["thoracic"]
    with studio.person("student") as student, studio.person("student2") as other:
        student.open_case(case, "refine")
        go_to(student, "T8")
        other.page.goto(f"/c/{case}/refine?test")
        other.page.get_by_text("is working here until").wait_for()
        other.page.wait_for_timeout(3000)
        studio.picture(other.page, "refine-read-only")
        second = student.page.context.new_page()
        second.set_viewport_size({"width": 1440, "height": 900})
        second.goto(f"/c/{case}/refine?test")
        second.get_by_text("in another tab").wait_for()
        second.wait_for_timeout(3000)
        studio.picture(second, "refine-second-tab")


@scene
def conflict(studio: Studio) -> None:
    case = studio.cases["conflict"]
    with studio.person("student") as one, studio.person("student") as other:
        for person in (one, other):
            open_level(person, case, "refine", "L1")
        paint_beside(one, case, "L1", (9, 1, 0))
        wait_saved(one)
        other.page.route("**/strokes/", lambda route: route.abort())
        paint_beside(other, case, "L1", (9, 4, 0))
        other.page.unroute("**/strokes/")
        other.page.get_by_test_id("conflict").wait_for(timeout=60_000)
        other.page.wait_for_timeout(800)
        studio.picture(other.page, "refine-conflict")


@scene
def handing_on(studio: Studio) -> None:
    """The lumbar case goes from the student to the check and into two readings."""
    case = studio.cases["lumbar"]
    with studio.person("student") as student:
        student.open_case(case, "refine")
        go_to(student, "L3")
        paint(student)
        wait_saved(student)
        student.page.keyboard.press("Control+Enter")
        wait_for_stage(student, case, "checking", 60)
        student.page.wait_for_timeout(800)
        studio.picture(student.page, "refine-submitted")
    with studio.person("reader1") as reader:
        reader.open_case(case, "check")
        reader.page.get_by_text("was changed").wait_for()
        settled(reader)
        studio.picture(reader.page, "check")
        reader.page.keyboard.press("Control+Enter")
        wait_for_stage(reader, case, "reading", 60)
        reader.open_case(case, "read")
        for suffix, (width, height) in SIZES.items():
            reader.page.set_viewport_size({"width": width, "height": height})
            reader.page.wait_for_timeout(1000)
            studio.picture(reader.page, f"reading{suffix}")
        reader.page.set_viewport_size({"width": 1440, "height": 900})
        reader.page.keyboard.press("p")
        reader.page.wait_for_timeout(1000)
        studio.picture(reader.page, "reading-plane")


@scene
def reading_done(studio: Studio) -> None:
    case = studio.cases["reading"]
    with studio.person("reader1") as reader:
        read(reader, case, level="L1", keys="1w")
        studio.picture(reader.page, "reading-submitted")


@scene
def consensus(studio: Studio) -> None:
    with studio.person("reader1") as reader:
        reader.open_case(studio.cases["consensus"], "consensus")
        reader.page.wait_for_timeout(800)
        studio.picture(reader.page, "consensus")


@scene
def managing(studio: Studio) -> None:
    with studio.person("manager") as manager:
        for place in ("rounds", "releases"):
            manager.page.goto(f"/d/demo/{place}")
            manager.page.wait_for_load_state("networkidle")
            manager.page.wait_for_timeout(500)
            studio.picture(manager.page, place)


@scene
def agreement(studio: Studio) -> None:
    studio.make(study="make_study()")
    with studio.person("manager") as manager:
        manager.page.goto("/d/demo/agreement")
        manager.page.get_by_role("heading", name="Each reader against a reference").wait_for()
        manager.page.wait_for_timeout(500)
        studio.picture(manager.page, "agreement")
        manager.page.get_by_role(
            "heading", name="Where along the spine"
        ).scroll_into_view_if_needed()
        studio.picture(manager.page, "agreement-spine")
        manager.page.get_by_role("heading", name="Each reader against").scroll_into_view_if_needed()
        studio.picture(manager.page, "agreement-readers")


@scene
def protocol(studio: Studio) -> None:
    with studio.person("manager") as manager:
        manager.page.goto("/d/demo/protocol")
        manager.page.wait_for_load_state("networkidle")
        manager.page.get_by_role("button", name="New version").click()
        manager.page.get_by_label("Note").fill("Pilot: readers as they come")
        manager.page.keyboard.press("Tab")
        manager.page.get_by_role("button", name="Make version").click()
        manager.page.get_by_role("button", name="New version").click()
        dialog = manager.page.get_by_role("dialog")
        dialog.get_by_label("Days to read a case").fill("14")
        dialog.get_by_label("Unannounced repeats").fill("10")
        dialog.get_by_role("button", name="Add an arm").click()
        dialog.get_by_label("Name of the arm").first.fill("with the proposal")
        dialog.get_by_label("Name of the arm").last.fill("without it")
        manager.page.wait_for_timeout(500)
        studio.picture(manager.page, "protocol-new")
        dialog.get_by_role("button", name="Make version").click()
        dialog.wait_for(state="hidden")
        manager.page.get_by_role("button", name="Assign open cases").click()
        manager.page.get_by_role("heading", name="Every case at reading").wait_for()
        studio.picture(manager.page, "protocol")


@scene
def radiograph(studio: Studio) -> None:
    with studio.person("student") as student:
        student.open_case(studio.cases["radiograph"], "refine")
        student.page.keyboard.press("Shift+E")
        settled(student)
        studio.picture(student.page, "refine-radiograph")


@contextmanager
def opened(to: Path) -> Iterator[Studio]:
    """Start the application with the demo data set and wait for its proposals."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lamina-screens-") as folder:
        house = House(Path(folder))
        house.manage("migrate", "--verbosity", "0")
        house.manage("demo_data")
        for name in ("web", "worker"):
            house.start(name)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=FLAGS
                )
                studio = Studio(house, browser, to)
                with studio.person("manager") as manager:
                    for row in manager.api("/datasets/demo/worklist/")["rows"]:
                        wait_for_stage(manager, row["case"], "refining")
                        studio.cases[_nickname(row["title"])] = row["case"]
                studio.make(
                    reading="make_reading_case()",
                    consensus="make_consensus_case()",
                    conflict="make_oblique_case()",
                )
                yield studio
                browser.close()
        finally:
            house.stop()


def _nickname(title: str) -> str:
    words = {"275": "thoracic", "112": "lumbar", "84": "phantom"}
    return next((name for word, name in words.items() if word in title), "radiograph")


def main() -> None:
    """Take the pictures asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SCENES)}; default all")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screens")
    options = parser.parse_args()
    with opened(options.to) as studio:
        for name in options.names or SCENES:
            SCENES[name](studio)


if __name__ == "__main__":
    main()
