"""Automation bias of real readings: after closing only, each reader about themselves."""

import uuid
from datetime import UTC, datetime

import pytest

from annotation.activity.services import Span, record_spans
from annotation.agreement import services
from annotation.consensus import services as consensus
from annotation.consensus.selectors import newest_sitting, open_disagreements
from annotation.preannotation.models import PreAnnotation, ProposedVertebra
from annotation.reading import services as readings
from annotation.reading.models import Reading
from annotation.reading.selectors import findings_of
from annotation.studies.selectors import vertebrae_of
from tests import making, working
from tests.working import body

pytestmark = pytest.mark.django_db

FLAT = body(heights=(20.0, 20.0, 20.0))
PROPOSED = {1: 0, 2: 2, 3: 0}
"""Grades of the model; the consensus will be 1 for the first vertebra, as proposed for the rest."""


def propose(case) -> PreAnnotation:
    model = making.make_model()
    row = PreAnnotation.objects.create(
        case=case, model=model, status="done", delivered_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    for vertebra in vertebrae_of(case):
        ProposedVertebra.objects.create(
            preannotation=row,
            vertebra=vertebra,
            level="T11",
            centroid_mm=[0, 0, 0],
            six_points_mm=FLAT,
            grade=PROPOSED[vertebra.number],
            convention="loss20_25_40",
            confidence=0.9,
        )
    return row


def read_as(case, user, grades: dict[int, int]) -> Reading:
    reading = readings.open_reading(case, user=user)
    for finding in findings_of(reading):
        grade = grades[finding.vertebra.number]
        said = {"grade_reader": grade, **({"shape_reader": "wedge"} if grade else {})}
        readings.save_finding(reading, number=finding.vertebra.number, said=said)
    at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    record_spans(user, [Span(uuid.uuid4(), case.pk, "reading", 30.0, at)])
    readings.submit_reading(reading)
    case.refresh_from_db()
    return reading


@pytest.fixture
def case(dataset, people):
    """A final case: reader 1 followed the wrong proposal of vertebra 1, reader 2 did not."""
    case = working.make_reading_case(dataset, people)
    propose(case)
    read_as(case, people.reader1, PROPOSED)
    read_as(case, people.reader2, {1: 1, 2: 2, 3: 0})
    for one in open_disagreements(newest_sitting(case)):
        said = {"grade_reader": 1, "shape_reader": "wedge"}
        consensus.settle_disagreement(
            one, by=people.reader1, taken="edited", said=said, remark="seen together"
        )
    working.sign_all(case)
    case.refresh_from_db()
    assert case.stage == "final"
    return case


def test_the_reader_who_follows_is_told_from_the_one_who_does_not(dataset, people, case):
    said = services.closed_readings(dataset)
    found = services.report_of(dataset).content["automation"]
    by_letter = {one["reader"]: one for one in found["readers"]}
    for user, follows in ((people.reader1, 1), (people.reader2, 0)):
        own = by_letter[said.letters[user.pk]]
        grade = next(one for one in own["questions"] if one["question"] == "grade")
        assert (grade["follows_wrong"]["hits"], grade["follows_wrong"]["of"]) == (follows, 1)
        assert own["untouched_findings"]["hits"] == (3 if follows else 2)
        assert own["untouched_readings"]["hits"] == follows
    (shown,) = (
        one for one in found["arms"] if (one["group"], one["question"]) == ("shown", "grade")
    )
    assert (shown["wrong_with_wrong"]["hits"], shown["wrong_with_wrong"]["of"]) == (1, 2)


def test_readers_see_themselves_alone_and_the_manager_the_study(dataset, people, case, sign_in):
    place = f"/api/datasets/{dataset.slug}/agreement/automation/"
    letters = services.closed_readings(dataset).letters
    for user in (people.reader1, people.reader2):
        found = sign_in(user).get(place).json()
        assert [one["reader"] for one in found["readers"]] == [letters[user.pk]]
        assert (found["about"], found["arms"], found["turned"]) == ("me", [], [])
    study = sign_in(people.manager).get(place).json()
    assert study["about"] == "study"
    assert len(study["readers"]) == 2
    assert study["arms"]
    assert sign_in(people.student).get(place).status_code == 403
    assert sign_in(people.stranger).get(place).status_code == 404


def test_a_manager_who_reads_here_is_a_reader_here(dataset, people, case, sign_in):
    making.Membership.objects.create(user=people.reader1, dataset=dataset, role="manager")
    place = f"/api/datasets/{dataset.slug}/agreement/automation/"
    assert sign_in(people.reader1).get(place).json()["about"] == "me"
    text = sign_in(people.reader1).get(f"/api/datasets/{dataset.slug}/agreement.json")
    assert "automation" not in text.json()


def test_nothing_is_told_before_all_readings_are_in(dataset, people, sign_in):
    case = working.make_reading_case(dataset, people)
    propose(case)
    read_as(case, people.reader1, PROPOSED)
    place = f"/api/datasets/{dataset.slug}/agreement/automation/"
    for user in (people.reader1, people.manager):
        found = sign_in(user).get(place).json()
        assert (found["n_cases"], found["readers"], found["arms"]) == (0, [], [])


def test_what_was_said_before_the_proposal_came_in_sight_counts_as_alone(dataset, people, case):
    """The later reading follows the wrong proposal, the first handed in did not."""
    later = Reading.unblinded.get(case=case, reader=people.reader1)
    first = Reading.unblinded.create(
        case=case,
        reader=people.reader1,
        protocol=later.protocol,
        attempt=7,
        exposure="after_commit",
        proposal_shown=False,
        status=Reading.Status.SUBMITTED,
        submitted_at=later.submitted_at,
    )
    for finding in findings_of(later):
        finding.pk, finding.reading = None, first
        finding.grade_reader = 1 if finding.vertebra.number == 1 else finding.grade_reader
        finding.save(force_insert=True)
    Reading.unblinded.filter(pk=later.pk).update(
        amends=first, exposure="after_commit", attempt=8, reason="saw the proposal"
    )
    dataset.agreement_reports.all().delete()
    found = services.report_of(dataset).content["automation"]["turned"]
    grade = next(one for one in found if one["question"] == "grade")
    assert (grade["within"]["hits"], grade["within"]["of"]) == (1, 1)
