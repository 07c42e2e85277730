"""Published readings of experts: the same statistics, a report of their own with its source."""

from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from annotation.agreement import published, services
from annotation.domain.agreement.points import point_distances
from annotation.domain.discrepancy import distances_in_plane_mm
from annotation.domain.genant import height_ratio, heights_mm
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.imaging.expert_readings import read_expert_readings, read_spacings
from tests.agreement.test_agreement import row_of

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).parents[1] / "data" / "published_readings"
FILES = (FOLDER / "readings.json").read_bytes(), (FOLDER / "spacings.json").read_bytes()
NAMED = {"name": "Made-up readings", "source": "Nobody 2026, invented"}


def test_the_statistics_of_the_dataset_run_on_published_readings(dataset, people):
    report = published.import_published(dataset, files=FILES, by=people.manager, **NAMED)
    content = report.content
    arm = content["arms"]["all"]
    assert arm["readers"] == ["A", "B", "C"]
    assert [one["name"] for one in content["experts"]] == ["expert1", "expert2", "expert3"]
    assert list(content["arms"]) == ["all"]
    assert arm["n_patients"] == 4
    kappa = row_of(
        arm["rows"], group="all", of="grade", readers=["A", "B"], statistic="kappa quadratic"
    )
    assert 0 < kappa["low"] < kappa["value"] <= 1
    icc = row_of(arm["rows"], group="all", of="anterior", readers=[], statistic="ICC(2,1)")
    assert 0.5 < icc["value"] <= 1


def test_figures_follow_from_the_points_in_millimetres(dataset, people):
    report = published.import_published(dataset, files=FILES, by=people.manager, **NAMED)
    pairs = report.content["arms"]["all"]["pairs"]
    pair = next(one for one in pairs if one["readers"] == ["A", "B"])
    readings = read_expert_readings(FILES[0], read_spacings(FILES[1]))
    by = {(one.expert, one.study, one.level): one.points_mm for one in readings}
    both = [
        (points, by["expert2", study, level])
        for (expert, study, level), points in by.items()
        if expert == "expert1" and ("expert2", study, level) in by
    ]
    apart = np.array([distances_in_plane_mm(a, b) for a, b in both])
    assert pair["points"]["n"] == len(both)
    assert pair["points"]["median"] == pytest.approx(np.median(apart), abs=1e-9)
    assert pair["points"]["largest"] == pytest.approx(apart.max(), abs=1e-9)
    g = [height_ratio(heights_mm(a)) - height_ratio(heights_mm(b)) for a, b in both]
    assert pair["heights"]["g"]["bias"] == pytest.approx(np.mean(g), abs=1e-12)
    assert pair["heights"]["g"]["sd"] == pytest.approx(np.std(g, ddof=1), abs=1e-12)


def test_cervical_vertebrae_have_heights_and_no_grade():
    readings = read_expert_readings(FILES[0], read_spacings(FILES[1]))
    cervical = [one for one in readings if one.level == "C7"]
    convention = published.CONVENTIONS[published.DEFAULT_CONVENTION]
    content = published.published_content(cervical, convention)
    rows = content["arms"]["all"]["rows"]
    assert row_of(rows, group="all", of="anterior", readers=[], statistic="ICC(2,1)")["n_units"]
    grades = row_of(rows, group="all", of="grade", readers=[], statistic="agreement")
    assert (grades["value"], grades["n_units"]) == (None, 0)


def test_points_that_nobody_placed_have_no_distance():
    nothing = np.full((3, 3, 2, 3), np.nan)
    assert point_distances(nothing, nothing) is None


def test_the_same_files_are_imported_once_and_only_by_a_manager(dataset, people):
    with pytest.raises(NotPermitted):
        published.import_published(dataset, files=FILES, by=people.reader1, **NAMED)
    published.import_published(dataset, files=FILES, by=people.manager, **NAMED)
    with pytest.raises(Conflict, match="imported before"):
        published.import_published(dataset, files=FILES, by=people.manager, **NAMED)


@pytest.mark.parametrize(
    ("files", "named", "says"),
    [
        ((b"{}", FILES[1]), NAMED, "holds no reading"),
        ((FILES[0], b"{}"), NAMED, "study1 has no spacing"),
        ((FILES[0], b'{"study1": [1, 2]}'), NAMED, "study1 has no spacing"),
        ((FILES[0], b"["), NAMED, "spacings are no JSON"),
        (FILES, {**NAMED, "source": " "}, "name and a source"),
    ],
)
def test_what_is_wrong_is_said(dataset, people, files, named, says):
    with pytest.raises(ContentRefused, match=says):
        published.import_published(dataset, files=files, by=people.manager, **named)
    assert not dataset.agreement_reports.exists()


def test_a_manager_uploads_and_everyone_who_looks_on_sees_the_source(dataset, people, sign_in):
    place = f"/api/datasets/{dataset.slug}/agreement/"

    said = {"name": NAMED["name"], "origin": NAMED["source"]}

    def upload(user):
        names = ("readings", "spacings")
        files = {
            one: SimpleUploadedFile(f"{one}.json", content)
            for one, content in zip(names, FILES, strict=True)
        }
        return sign_in(user).post(f"{place}published/", {**files, **said})

    assert [upload(one).status_code for one in (people.student, people.reader1)] == [403, 403]
    answer = upload(people.manager)
    assert answer.status_code == 201
    report = answer.json()["id"]
    found = sign_in(people.reader1).get(place, {"report": report}).json()
    assert found["report"]["origin"] == NAMED["source"]
    assert (found["mine"], len(found["pairs"])) == (None, 3)
    for ending in ("csv", "json", "pdf"):
        file = sign_in(people.reader1).get(place[:-1] + f".{ending}", {"report": report})
        assert file.status_code == 200
    assert sign_in(people.reader1).get(place).json()["n_cases"] == 0
    habits = sign_in(people.manager).get(f"{place}automation/", {"report": report}).json()
    assert habits["readers"] == []


def test_the_command_imports_and_prints_the_kappas(dataset, capsys):
    options = dict(NAMED)
    paths = [str(FOLDER / "readings.json"), str(FOLDER / "spacings.json")]
    call_command("published_readings", dataset.slug, *paths, **options)
    printed = capsys.readouterr().out
    assert "4 studies" in printed
    report = services.complete(dataset.agreement_reports.get().content)
    row = row_of(
        report["arms"]["all"]["rows"],
        group="all",
        of="grade",
        readers=["A", "B"],
        statistic="kappa quadratic",
    )
    assert f"A and B, grade, kappa quadratic: {row['value']:.4f}" in printed
    with pytest.raises(CommandError, match="imported before"):
        call_command("published_readings", dataset.slug, *paths, **options)
    with pytest.raises(CommandError, match="no data set"):
        call_command("published_readings", "nothing", *paths, **options)
