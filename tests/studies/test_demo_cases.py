"""The demo's files enter by the ordinary import and are what their README says."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from annotation.domain.frames import Frame
from annotation.domain.genant import measure_points
from annotation.studies.models import Case
from annotation.studies.volumes import frame_of, grid_of
from webapp.management.commands.demo_data import IMAGES

DEMO = Path(__file__).resolve().parents[2] / "demo"


def test_the_demo_is_at_most_25_megabytes_and_complete():
    assert all((DEMO / name).is_file() for name in IMAGES)
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) <= 25_000_000


def test_the_phantoms_fracture_is_the_one_that_is_stated():
    truth = json.loads((DEMO / "phantom" / "truth.json").read_text())
    assert truth["format"] == "lamina.phantom-truth/1"
    fractured = [one for one in truth["vertebrae"] if one["grade"]]
    assert [(one["level"], one["grade"], one["shape"]) for one in fractured] == [("L1", 2, "wedge")]
    assert measure_points(fractured[0]["six_points_mm"]).g == pytest.approx(0.68, abs=0.005)


@pytest.mark.django_db
def test_the_simulated_radiograph_becomes_a_case_without_a_model(dataset, capsys):
    path = DEMO / "radiograph" / "lidc0314_lateral_drr.zip"
    assert path.stat().st_size < 1_000_000
    call_command("intake", str(path), "--dataset", dataset.slug)
    case = Case.objects.get()
    assert (case.image.kind, case.stage) == ("radiograph", "refining")
    assert frame_of(case.volume) is Frame.DETECTOR_MM
    assert case.title == "Radiograph DX, lateral (LL), imager 0.500 mm"
    notice = (DEMO / "radiograph" / "NOTICE.txt").read_text()
    assert "CC BY 3.0" in notice
    assert "not a radiograph" in notice


@pytest.mark.django_db
def test_the_phantom_and_the_lumbar_ct_become_cases(dataset, capsys):
    call_command("intake", str(DEMO / "phantom" / "phantom_ct.nii.gz"), "--dataset", dataset.slug)
    case = Case.objects.get()
    assert grid_of(case.volume).spacing_mm == pytest.approx((1, 1, 2))
    mask = DEMO / "lumbar" / "totalseg_vertebrae.nii.gz"
    call_command(
        "intake",
        str(DEMO / "lumbar" / "example_ct.nii.gz"),
        *("--dataset", dataset.slug, "--mask", str(mask), "--mask-labels", "totalsegmentator_v2"),
    )
    lumbar = Case.objects.get(number=2)
    levels = {row.level for v in lumbar.vertebrae.all() for row in v.assignments.all()}
    assert {"T11", "T12", "L1", "L2", "L3", "L4", "L5"} <= levels
