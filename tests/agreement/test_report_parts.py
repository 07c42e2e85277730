"""What a report holds beside the agreement of two: repeats, masks, arms, references, files."""

import json

import pytest

from annotation.agreement import masks, services
from annotation.agreement.exports import as_json
from annotation.agreement.pdf import write_pdf
from annotation.bridge.runs import encode_runs
from annotation.reading.models import Finding, Protocol, Purpose, Reading
from annotation.refinement.models import MaskRevision, MaskTrack
from annotation.refinement.selectors import find_track, newest_revision
from annotation.studies.blobs import blob_store
from tests import working
from tests.agreement.test_agreement import A, B, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(dataset, people):
    return working.make_consensus_case(dataset, people, A, B)


def repeat(case, user, changes: dict[int, dict]) -> Reading:
    """Return a submitted repeat of a person's reading with some findings changed."""
    first = Reading.unblinded.get(case=case, reader=user, purpose=Purpose.FIRST)
    again = Reading.unblinded.create(
        case=case,
        reader=user,
        protocol=first.protocol,
        attempt=2,
        purpose=Purpose.REPEAT,
        proposal_shown=False,
        status=Reading.Status.SUBMITTED,
        submitted_at=first.submitted_at,
    )
    for finding in Finding.unblinded.filter(reading=first).select_related("vertebra"):
        for name, value in changes.get(finding.vertebra.number, {}).items():
            setattr(finding, name, value)
        finding.pk, finding.reading = None, again
        finding.save(force_insert=True)
    return again


def test_a_repeat_is_held_against_the_own_first_reading_and_nobody_elses(dataset, people, case):
    before = services.report_of(dataset).content
    assert before["within"] == []
    repeat(case, people.reader1, {1: {"grade_reader": 3}})
    content = services.report_of(dataset).content
    letter = services.closed_readings(dataset).letters[people.reader1.pk]
    for reader in (letter, "all"):
        same = row_of(
            content["within"], group="all", of="grade", readers=[reader], statistic="agreement"
        )
        assert (same["value"], same["n_units"]) == (pytest.approx(2 / 3), 3)
    assert content["arms"]["all"]["rows"] == before["arms"]["all"]["rows"]


def independent_mask(case) -> MaskTrack:
    """Return a second shared track: the main mask without one of its planes and one vertebra."""
    revision = newest_revision(case)
    mask = working.blocks(case)
    mask[2] = 0
    mask[mask == 3] = 0
    track = MaskTrack.objects.create(case=case, kind=MaskTrack.Kind.INDEPENDENT)
    blob = blob_store().put(encode_runs(mask))
    MaskRevision.objects.create(
        track=track,
        number=1,
        blob=blob,
        map_sha256="f" * 64,
        author_kind=MaskRevision.AuthorKind.PERSON,
        cause=revision.cause,
    )
    return track


def test_masks_made_apart_are_compared_vertebra_by_vertebra(dataset, people, case):
    assert services.report_of(dataset).content["masks"]["rows"] == []
    independent_mask(case)
    (pair,) = masks.mask_pairs(dataset)
    assert pair.names == ("main", "independent")
    found = services.report_of(dataset).content["masks"]
    assert found["missed"] == [{"tracks": ["main", "independent"], "n": 3, "n_missed": 1}]
    dice = row_of(found["rows"], group="all", of="dice")
    planes = working.blocks(case).any(axis=(1, 2)).sum()
    assert dice["value"] == pytest.approx(2 / 3 * 2 * (planes - 1) / (2 * planes - 1))
    assert row_of(found["rows"], group="all", of="hd95_mm")["n_units"] == 2
    lumbar = row_of(found["rows"], group="lumbar", of="dice")
    assert lumbar["value"] == 0


def test_versions_that_lost_a_race_are_no_independent_masks(dataset, people, case):
    track = independent_mask(case)
    track.author = people.student
    track.save()
    assert masks.mask_pairs(dataset) == []
    assert find_track(case) is not None


def test_arms_and_versions_of_the_protocol_stand_apart(dataset, people, case):
    assert list(services.report_of(dataset).content["arms"]) == ["all", "hidden", "shown"]
    Reading.unblinded.filter(reader=people.reader1).update(arm="late", exposure="after_commit")
    Reading.unblinded.filter(reader=people.reader2).update(
        arm="early",
        protocol=Protocol.objects.create(dataset=dataset, version=2),
        submitted_at="2026-01-01T00:00Z",
    )
    arms = services.report_of(dataset).content["arms"]
    named = ["arm:early", "arm:late", "protocol:1", "protocol:2"]
    assert list(arms) == ["all", "hidden", "shown", "after_commit", *named]
    readers = {name: arm["readers"] for name, arm in arms.items()}
    assert len(readers["all"]) == 2
    assert readers["arm:early"] == readers["protocol:2"] == readers["hidden"] != readers["arm:late"]
    assert readers["arm:late"] == readers["after_commit"] == readers["protocol:1"]


def test_a_reader_outside_the_sitting_is_not_incorporated(dataset, people):
    case = working.make_consensus_case(dataset, people, A, A)
    assert case.stage == "final"
    arm = services.report_of(dataset).content["arms"]["all"]
    assert [one["incorporated"] for one in arm["against_consensus"]] == [True, True]
    sitting = case.sittings.get()
    sitting.readings.remove(Reading.unblinded.get(case=case, reader=people.reader2))
    dataset.agreement_reports.all().delete()
    arm = services.report_of(dataset).content["arms"]["all"]
    assert sorted(one["incorporated"] for one in arm["against_consensus"]) == [False, True]
    patients = arm["against_consensus"][0]["patients"]
    assert patients["fracture"]["sensitivity"]["of"] == 1


def test_the_map_says_of_each_level_in_what_two_differ(dataset, people, case):
    (pair,) = services.report_of(dataset).content["arms"]["all"]["pairs"]
    by_level = {row["level"]: row for row in pair["map"]}
    assert by_level["T12"]["grade"] == {"n": 1, "n_different": 1}
    assert by_level["T12"]["moderate"] == {"n": 1, "n_different": 0}
    assert by_level["T11"]["grade"] == {"n": 1, "n_different": 0}


def test_files_of_one_report_are_the_same_bytes_each_time(dataset, people, case):
    repeat(case, people.reader1, {})
    independent_mask(case)
    report = services.freeze_report(dataset, label="Round 1")
    report.refresh_from_db()
    assert write_pdf(dataset, report) == write_pdf(dataset, report)
    assert write_pdf(dataset, report).startswith(b"%PDF-")
    whole = json.loads(as_json(dataset, report))
    assert whole["report"]["name"] == "Round 1"
    assert whole["arms"] == report.content["arms"]
    assert as_json(dataset, report) == as_json(dataset, report)


def test_a_report_frozen_in_an_older_form_still_opens(dataset, people, case, sign_in):
    report = services.freeze_report(dataset, label="Round 1")
    for name in ("within", "masks"):
        del report.content[name]
    for arm in report.content["arms"].values():
        for pair in arm["pairs"]:
            del pair["map"]
        for one in arm["against_consensus"]:
            del one["patients"], one["n_patients"]
    report.save()
    place = f"/api/datasets/{dataset.slug}/agreement"
    client = sign_in(people.manager)
    for ending in ("/", ".csv", ".json", ".pdf"):
        assert client.get(place + ending, {"report": report.pk}).status_code == 200
