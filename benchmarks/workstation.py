"""What a stroke costs: sent as a difference, against saving the whole mask as desktop tools do.

    python -m benchmarks.workstation [--strokes 40] [--only thoracic] [--write]

Starts the real server and headless Chromium and paints a scripted session with the mouse on the
demo's thoracic CT (the shipped model's mask) and on a 512 x 512 x 600 volume (the demo's lumbar CT
and mask, grown, with noise). Per stroke: bytes of the request's body, and the time from the
pointer's release to the server's acknowledgement, which comes when the stroke is durable. The whole
mask, as it is after the session, is written as NIfTI with gzip level 6 and uploaded to a server on
the same machine that keeps it durably: its bytes, and the time to write and upload it.

Main-thread time per brush move is the browser's own task time during the moves, divided by the
moves. Memory is resident memory of the page's process and of the one that stands in for the
graphics card, which on a machine without one also holds the textures.
"""

import argparse
import gzip
import http.client
import http.server
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from scipy import ndimage

from benchmarks.stroke_costs import Session, table
from benchmarks.viewer_loading import DIMS, large_ct

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "measured" / "workstation.md"
THORACIC = ROOT / "demo" / "thoracic" / "lidc0314_crop_dicom_275.zip"
PLANES = ("sagittal", "axial", "coronal")
WHOLE_SAVES = 5
PATIENCE_MS = 300_000
WATCH = """
performance.setResourceTimingBufferSize(100000)
window.seen = {releases: [], moves: 0}
addEventListener('pointerup', () => window.seen.releases.push(performance.now()), true)
addEventListener('pointermove', () => window.seen.moves++, true)
"""
ACKNOWLEDGED = """() => performance.getEntriesByType('resource')
  .filter((one) => one.name.endsWith('/strokes/')).map((one) => one.responseEnd)"""


def large_mask() -> np.ndarray:
    """Return the demo's lumbar mask on the grid of `large_ct`, numbered from 1, uint8 (k, j, i)."""
    source = nib.load(ROOT / "demo" / "lumbar" / "totalseg_vertebrae.nii.gz")
    source = nib.as_closest_canonical(source)
    ras = np.asarray(source.dataobj).astype(np.uint8)
    pir = ras[::-1, ::-1, ::-1].transpose(0, 2, 1)
    factors = [wanted / have for wanted, have in zip(DIMS[::-1], pir.shape, strict=True)]
    grown = ndimage.zoom(pir, factors, order=0)
    numbers = np.zeros(256, np.uint8)
    values = [int(value) for value in np.unique(grown) if value]
    numbers[values] = np.arange(1, len(values) + 1)
    return np.ascontiguousarray(numbers[grown])


def make_large_case() -> str:
    """Store the large volume with its mask in the running application; return its case."""
    from annotation.domain.geometry import Grid, Volume  # noqa: PLC0415 (after django.setup)
    from annotation.domain.vertebrae import LEVELS  # noqa: PLC0415
    from annotation.domain.workflow import Move, Role  # noqa: PLC0415
    from annotation.refinement.services import start_main_track  # noqa: PLC0415
    from annotation.studies import models, services, volumes  # noqa: PLC0415

    hu, affine = large_ct()
    patient = models.Patient.objects.create(key="1" * 64)
    study = models.Study.objects.create(patient=patient, key="1" * 64)
    series = models.Series.objects.create(study=study, key="1" * 64)
    image = models.Image.objects.create(
        series=series, content_sha256="1" * 64, affine_lps=affine.tolist(), shape=list(hu.shape)
    )
    volume = volumes.encode_volume(Volume(hu, Grid(DIMS, affine)), rule="as_stored")
    volume.image = image
    volume.save()
    dataset = models.Dataset.objects.get(slug="demo")
    case = services.create_case(dataset, volume=volume, title="Large CT")
    mask = large_mask()
    for level in LEVELS[17 : 17 + int(mask.max())]:
        services.add_vertebra(case, level=level, origin=models.Origin.IMPORT)
    start_main_track(case, mask=mask, author_kind="import")
    services.advance_case(case, move=Move.OFFER, by=None, role=Role.MANAGER)
    return str(case.pk)


def make_thoracic_case(house: Any) -> str:
    """Import the thoracic demo CT and wait for the model's mask; return its case."""
    from annotation.studies.models import Case  # noqa: PLC0415 (after django.setup)

    house.manage("intake", str(THORACIC), "--dataset", "demo")
    house.start("worker")
    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        case = Case.objects.filter(stage="refining").first()
        if case is not None:
            house.kill("worker")
            return str(case.pk)
        time.sleep(2)
    raise TimeoutError((house.var / "worker.log").read_text()[-2000:])


class Keeper(http.server.BaseHTTPRequestHandler):
    """Takes a whole file and answers once it is durable on the disk."""

    folder: Path

    def do_PUT(self) -> None:
        """Keep the body."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with (self.folder / "mask.nii.gz").open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def save_whole(mask: np.ndarray, port: int) -> tuple[int, float]:
    """Write a mask as NIfTI, gzip level 6, and upload it; return bytes and milliseconds."""
    begin = time.perf_counter()
    image = nib.Nifti1Image(mask.transpose(2, 1, 0), np.eye(4))
    body = gzip.compress(image.to_bytes(), compresslevel=6)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("PUT", "/mask.nii.gz", body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 204:
        raise RuntimeError(f"the upload was answered with {answer.status}")
    return len(body), 1000 * (time.perf_counter() - begin)


class Desk:
    """One signed-in browser with its measuring instruments."""

    def __init__(self, browser: Browser, house: Any) -> None:
        from tests.browser.walking import Person  # noqa: PLC0415 (needs the accounts file)

        self.person = Person(browser, house, "student")
        self.page: Page = self.person.page
        self.page.context.set_default_timeout(PATIENCE_MS)
        self.page.add_init_script(WATCH)
        self.tools = self.page.context.new_cdp_session(self.page)
        self.tools.send("Performance.enable")
        self.whole_browser = browser.new_browser_cdp_session()
        self.bodies: list[int] = []
        self.page.on("request", self._note)

    def _note(self, request: Any) -> None:
        if request.method == "POST" and request.url.endswith("/strokes/"):
            self.bodies.append(len(request.post_data_buffer or b""))

    def task_ms(self) -> float:
        """Return how long the page's main thread has worked until now."""
        metrics = self.tools.send("Performance.getMetrics")["metrics"]
        return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    def resident_mib(self, kind: str) -> float:
        """Return the resident memory of the browser's processes of a kind."""
        processes = self.whole_browser.send("SystemInfo.getProcessInfo")["processInfo"]
        return sum(_resident_mib(one["id"]) for one in processes if one["type"] == kind)

    def marks(self) -> dict[str, float]:
        """Return when things were first on screen, in milliseconds of the page."""
        return dict(self.page.evaluate("({...window.app.marks})"))


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def paint(desk: Desk, session: Session, n_strokes: int) -> None:
    """Paint and erase in all planes, one level after the other, until enough strokes are saved."""
    draw = np.random.default_rng(11)
    for attempt in range(6 * n_strokes):
        if len(session.stroke_bytes) >= n_strokes:
            return
        if attempt % 4 == 0:
            desk.page.keyboard.press("j")
            desk.person.hook("idle")
        desk.page.keyboard.press("be"[attempt % 2])
        _stroke(desk, session, PLANES[attempt % 3], draw)
    raise RuntimeError(f"only {len(session.stroke_bytes)} strokes changed anything")


def _stroke(desk: Desk, session: Session, plane: str, draw: np.random.Generator) -> None:
    from tests.browser.walking import pane_centre, wait_saved  # noqa: PLC0415

    x, y = pane_centre(desk.person, plane)
    start = np.array([x, y]) + draw.uniform(-45, 45, 2)
    end = start + draw.uniform(-50, 50, 2)
    mouse, page = desk.page.mouse, desk.page
    mouse.move(*start)
    mouse.down()
    moves, tasks = page.evaluate("window.seen.moves"), desk.task_ms()
    mouse.move(*end, steps=16)
    desk.person.hook("idle")
    spent = desk.task_ms() - tasks
    moved = page.evaluate("window.seen.moves") - moves
    before = len(desk.bodies)
    mouse.up()
    page.wait_for_timeout(50)
    wait_saved(desk.person)
    if len(desk.bodies) == before:
        return
    session.stroke_bytes.append(desk.bodies[-1])
    released = page.evaluate("window.seen.releases.at(-1)")
    session.stroke_ms.append(page.evaluate(ACKNOWLEDGED)[-1] - released)
    session.move_ms.append(spent / max(moved, 1))


def open_and_time(desk: Desk, case: str, session: Session) -> None:
    """Open a case as a page of its own and wait until every slice is there."""
    desk.page.goto("about:blank")
    desk.page.goto(f"/c/{case}/refine?test")
    desk.person.wait_for("window.app?.ready === true", seconds=600)
    marks = desk.marks()
    session.first_ms, session.full_ms = marks["firstPicture"], marks["wholeVolume"]


def measure(desk: Desk, case: str, title: str, options: argparse.Namespace) -> Session:
    """Run the whole session on one case."""
    from annotation.refinement.selectors import current_mask  # noqa: PLC0415
    from annotation.studies.models import Case  # noqa: PLC0415

    row = Case.objects.get(pk=case)
    session = Session(title, tuple(row.volume.dims))
    open_and_time(desk, case, session)
    paint(desk, session, options.strokes)
    session.page_mib, session.card_mib = desk.resident_mib("renderer"), desk.resident_mib("GPU")
    mask = current_mask(row)
    for _ in range(WHOLE_SAVES):
        session.whole_bytes, spent = save_whole(mask, options.port)
        session.whole_ms.append(spent)
    return session


def measure_next(desk: Desk, code: str) -> float:
    """Press N in the open case; return milliseconds until the first picture of the next."""
    desk.page.wait_for_timeout(5_000)  # the next case is fetched in idle time
    desk.page.keyboard.press("n")
    desk.page.get_by_role("heading", name=code).wait_for()
    desk.person.wait_for("window.app.marks.firstPicture > window.app.marks.nextAsked", seconds=120)
    marks = desk.marks()
    return marks["firstPicture"] - marks["nextAsked"]


def run(folder: Path, options: argparse.Namespace) -> list[Session]:
    """Make the cases, start the application, measure."""
    from tests.browser.house import House  # noqa: PLC0415
    from tests.browser.walking import FLAGS  # noqa: PLC0415

    house = House(folder)
    house.manage("migrate", "--verbosity", "0")
    house.manage("demo_data", "--without-images")
    import django  # noqa: PLC0415 (settings read the environment that main has set)

    django.setup()
    sessions = []
    try:
        thoracic = make_thoracic_case(house)
        large = None if options.only == "thoracic" else make_large_case()
        house.start("web")
        with sync_playwright() as playwright:
            path = os.environ.get("LAMINA_CHROMIUM", "/usr/bin/chromium")
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            desk = Desk(browser, house)
            sessions.append(measure(desk, thoracic, "thoracic demo CT", options))
            print(table(sessions), flush=True)  # the large volume may take many minutes
            if large:
                code = desk.person.api(f"/cases/{large}/")["code"]
                spent = measure_next(desk, code)
                sessions.append(measure(desk, large, "large CT", options))
                sessions[-1].next_ms = spent
            browser.close()
    finally:
        house.stop()
    return sessions


def main() -> None:
    """Measure in a temporary folder and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--strokes", type=int, default=40)
    parser.add_argument("--only", choices=["thoracic"], help="leave the large volume out")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamina-bench-") as name:
        os.environ |= {"LAMINA_VAR": name, "DATABASE_URL": "", "REDIS_URL": ""}
        os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's driver runs a loop beside us
        sys.path.insert(0, str(ROOT))
        Keeper.folder = Path(name)
        keeper = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeper)
        threading.Thread(target=keeper.serve_forever, daemon=True).start()
        options.port = keeper.server_port
        sessions = run(Path(name), options)
    text = table(sessions)
    print(text)
    if options.write:
        heading = "# The workstation: what a stroke costs\n\n`python -m benchmarks.workstation`. "
        PAGE.write_text(heading + text)


if __name__ == "__main__":
    main()
