"""Time to the first picture of a 512 x 512 x 600 CT: our bridge against one compressed NIfTI.

    python -m benchmarks.viewer_loading [--runs 5] [--out docs/measured/viewer-loading.md]

Both are loaded by headless Chromium at a throttled 100 Mbit/s (20 ms latency), in turns; medians
are printed. The volume is the demo's lumbar CT, resampled, with Gaussian noise of 14 HU, so that it
compresses like a real one. Ours is the real workstation, signed in; its first picture is the
coarse preview (at most 4 mm), its first sagittal slice is at full resolution. The NIfTI (gzip level
1) is fetched once, inflated in a worker, and its middle sagittal slice drawn on a plain canvas:
that is the soonest a whole-file loader can show anything, without the cost of any viewer.
"""

import argparse
import gzip
import http.server
import os
import statistics
import sys
import tempfile
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
from playwright.sync_api import Browser, sync_playwright
from scipy import ndimage

ROOT = Path(__file__).resolve().parent.parent
MBIT = 100
DIMS = (512, 600, 512)  # i posterior, j inferior, k right
NETWORK = {
    "offline": False,
    "latency": 20,
    "downloadThroughput": MBIT * 1e6 / 8,
    "uploadThroughput": MBIT * 1e6 / 8,
}
PASSWORD = "measured-in-turns"  # noqa: S105 (lives in a temporary folder)


def large_ct() -> tuple[np.ndarray, np.ndarray]:
    """Return int16 HU, shape (k, j, i), and the LPS affine of the grown demo CT."""
    source = nib.as_closest_canonical(nib.load(ROOT / "demo" / "lumbar" / "example_ct.nii.gz"))
    ras = np.asarray(source.dataobj, dtype=np.float32)
    pir = ras[::-1, ::-1, ::-1].transpose(0, 2, 1)  # (R, I, P) from (L->R, S->I, A->P flips)
    pir = pir[:, :, ::-1] if source.affine[1, 1] < 0 else pir
    factors = [wanted / have for wanted, have in zip(DIMS[::-1], pir.shape, strict=True)]
    grown = ndimage.zoom(pir, factors, order=1)
    noise = np.random.default_rng(5).normal(0, 14, size=grown.shape).astype(np.float32)
    affine = np.array([[0, 0, -0.7, 180], [0.7, 0, 0, -180], [0, -0.6, 0, 180], [0, 0, 0, 1.0]])
    return (grown + noise).clip(-1024, 3071).astype(np.int16), affine


def write_nifti(hu: np.ndarray, affine: np.ndarray, file: Path) -> None:
    """Write the volume as NIfTI, gzip level 1, sagittal slices contiguous."""
    image = nib.Nifti1Image(hu.transpose(2, 1, 0), np.diag([-1, -1, 1, 1]) @ affine)
    with gzip.open(file, "wb", compresslevel=1) as out:
        out.write(image.to_bytes())


def make_case(hu: np.ndarray, affine: np.ndarray) -> str:
    """Store the volume in the running application's data base and return its case."""
    import django  # noqa: PLC0415 (settings read the environment that main has set)

    django.setup()
    from annotation.domain.geometry import Grid, Volume  # noqa: PLC0415
    from annotation.domain.workflow import Move, Role  # noqa: PLC0415
    from annotation.studies import services  # noqa: PLC0415
    from annotation.studies.models import (  # noqa: PLC0415
        Dataset,
        Image,
        Membership,
        Patient,
        Series,
        Study,
        User,
    )
    from annotation.studies.volumes import encode_volume  # noqa: PLC0415

    dataset = Dataset.objects.create(slug="bench", name="Bench", preannotates=False)
    user = User.objects.create_user("student", password=PASSWORD)
    Membership.objects.create(user=user, dataset=dataset, role=Role.STUDENT)
    patient = Patient.objects.create(key="1" * 64)
    series = Series.objects.create(
        study=Study.objects.create(patient=patient, key="1" * 64), key="1" * 64
    )
    image = Image.objects.create(
        series=series,
        content_sha256="1" * 64,
        affine_lps=affine.tolist(),
        shape=list(hu.shape),
    )
    volume = encode_volume(Volume(hu, Grid(DIMS, affine)), rule="as_stored")
    volume.image = image
    volume.save()
    case = services.create_case(dataset, volume=volume, title="Large CT")
    case.refresh_from_db()
    if case.stage != "refining":
        services.advance_case(case, move=Move.OFFER, by=None, role=Role.MANAGER)
    return str(case.pk)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the baseline's page without a log."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve(folder: Path) -> str:
    """Serve a folder on a free port and return its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def measure_ours(browser: Browser, address: str, case: str) -> tuple[float, float]:
    """Return seconds to the first picture and to the first sagittal slice at full resolution."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto("/signin")
    page.get_by_label("User name").fill("student")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/worklist*")
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", NETWORK)
    page.goto(f"/c/{case}/refine?test")
    page.wait_for_function("() => window.app?.marks?.firstSagittal", timeout=300_000)
    marks = page.evaluate("({...window.app.marks})")
    context.close()
    return marks["firstPicture"] / 1000, marks["firstSagittal"] / 1000


def measure_nifti(browser: Browser, address: str) -> float:
    """Return seconds to the only picture a whole file can give."""
    context = browser.new_context()
    page = context.new_page()
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", NETWORK)
    page.goto(f"{address}/baseline.html")
    page.wait_for_function("() => window.shown", timeout=300_000)
    shown = page.evaluate("window.shown")
    context.close()
    return float(shown) / 1000


def table(ours: list[tuple[float, float]], nifti: list[float]) -> str:
    """Return the medians and ratios as Markdown."""
    first = statistics.median(one for one, _ in ours)
    sagittal = statistics.median(one for _, one in ours)
    whole = statistics.median(nifti)
    return "\n".join(
        [
            f"{len(nifti)} runs in turns, {MBIT} Mbit/s, {datetime.now(UTC):%Y-%m-%d}.",
            "Seconds are of this machine; read the ratios.",
            "",
            "| 512 x 512 x 600, median | bridge s | whole NIfTI s | ratio |",
            "|---|---|---|---|",
            f"| first picture (preview) | {first:.2f} | {whole:.2f} | {whole / first:.1f} |",
            f"| first sagittal slice, full resolution | {sagittal:.2f} | {whole:.2f} "
            f"| {whole / sagittal:.1f} |",
            "",
        ]
    )


def main() -> None:
    """Make the volume, start the application, measure in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lamina-bench-") as name:
        folder = Path(name)
        os.environ |= {"LAMINA_VAR": name, "DATABASE_URL": "", "REDIS_URL": ""}
        os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
        sys.path.insert(0, str(ROOT))
        from tests.browser.house import House  # noqa: PLC0415
        from tests.browser.walking import FLAGS  # noqa: PLC0415

        house = House(folder)
        house.manage("migrate", "--verbosity", "0")
        hu, affine = large_ct()
        site = folder / "site"
        site.mkdir()
        write_nifti(hu, affine, site / "volume.nii.gz")
        for file in ("baseline.html", "baseline.js"):
            (site / file).write_bytes((ROOT / "benchmarks" / file).read_bytes())
        case = make_case(hu, affine)
        house.start("web")
        address = serve(site)
        ours, nifti = [], []
        try:
            with sync_playwright() as playwright:
                path = os.environ.get("LAMINA_CHROMIUM", "/usr/bin/chromium")
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                for _ in range(options.runs):
                    ours.append(measure_ours(browser, house.url, case))
                    nifti.append(measure_nifti(browser, address))
                browser.close()
        finally:
            house.stop()
    text = table(ours, nifti)
    print(text)
    if options.out:
        options.out.write_text(
            f"# Loading a large CT\n\n`python -m benchmarks.viewer_loading`. {text}"
        )


if __name__ == "__main__":
    main()
