"""A submitted reading stays; a new one with a reason takes its place."""

import pytest

from annotation.consensus import services as consensus
from annotation.consensus.selectors import get_sitting, newest_sitting, standing_settlements
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.reading import selectors, services
from annotation.reading.models import Reading
from annotation.reading.services_amend import amend_reading, note_others_seen, withdraw_amendment
from annotation.studies.models import Case
from tests import working

pytestmark = pytest.mark.django_db

JSON = "application/json"
WEDGE = {"grade_reader": 2, "shape_reader": "wedge"}


@pytest.fixture
def case(dataset, people):
    return working.make_reading_case(dataset, people)


@pytest.fixture
def submitted(case, people):
    return working.read_and_submit(case, people.reader1, {1: WEDGE})


def grades(reading):
    return [row.grade_reader for row in selectors.findings_of(reading)]


def test_an_amendment_begins_with_what_was_said_and_the_old_one_counts_until_it_is_in(
    case, people, submitted
):
    amended = amend_reading(submitted, reason="wrong level graded")
    assert (amended.amends, amended.reason) == (submitted, "wrong level graded")
    assert (grades(amended), amended.status) == ([2, 0, 0], "open")
    services.save_finding(amended, number=1, said={"grade_reader": 3})
    assert selectors.submitted_readings(case) == [submitted]
    services.submit_reading(amended)
    assert selectors.submitted_readings(case) == [amended]
    assert (grades(submitted), grades(amended)) == ([2, 0, 0], [3, 0, 0])
    working.read_and_submit(case, people.reader2, {1: {**WEDGE, "grade_reader": 3}})
    assert Case.objects.get(pk=case.pk).stage == "final"
    (one,) = [
        row for row in selectors.closed_readings_in(case.dataset) if row.reader == people.reader1
    ]
    assert one == amended


def test_a_reason_is_owed_and_one_amendment_at_a_time(submitted):
    with pytest.raises(ContentRefused, match="Say why"):
        amend_reading(submitted, reason="  ")
    amended = amend_reading(submitted, reason="slip")
    with pytest.raises(Conflict, match="amended already"):
        amend_reading(submitted, reason="again")
    with pytest.raises(Conflict, match="not submitted"):
        amend_reading(amended, reason="again")


def test_an_amendment_may_be_left_and_stays_on_record(case, people, submitted):
    amended = amend_reading(submitted, reason="slip")
    withdraw_amendment(amended)
    assert selectors.own_reading(people.reader1, case) == submitted
    assert Reading.unblinded.get(pk=amended.pk).status == "withdrawn"
    with pytest.raises(Conflict, match="no open amendment"):
        withdraw_amendment(amended)
    assert amend_reading(submitted, reason="after all").attempt == 3


def test_who_amends_at_consensus_sees_no_other_reading_until_it_is_in(case, people, submitted):
    working.read_and_submit(case, people.reader2, {1: {**WEDGE, "grade_reader": 1}})
    case.refresh_from_db()
    assert case.stage == "consensus"
    amended = amend_reading(submitted, reason="slip")
    with pytest.raises(Conflict, match="at stage reading"):
        get_sitting(people.reader1, case)
    own = selectors.readings_visible_to(people.reader1, case)
    assert {row.reader for row in own} == {people.reader1}
    services.save_finding(amended, number=2, said=WEDGE)
    services.submit_reading(amended)
    sitting = get_sitting(people.reader1, Case.objects.get(pk=case.pk))
    assert sitting.number == 2
    assert {row.vertebra.number for row in sitting.disagreements.all()} == {1, 2}
    assert set(sitting.readings.all()) == set(selectors.submitted_readings(case))


def test_what_people_settled_stays_where_the_readings_say_the_same(case, people, submitted):
    b = {1: {**WEDGE, "grade_reader": 1}, 2: {**WEDGE, "grade_reader": 1}}
    working.read_and_submit(case, people.reader2, b)
    case.refresh_from_db()
    amended = amend_reading(submitted, reason="slip")
    first = newest_sitting(case)
    for row in first.disagreements.all():
        consensus.settle_disagreement(row, by=people.reader2, taken="a")
    services.save_finding(amended, number=2, said=WEDGE)
    services.submit_reading(amended)
    kept = standing_settlements(newest_sitting(case))
    assert kept[1].by == people.reader2
    assert 2 not in kept


def test_an_amendment_that_makes_all_agree_settles_the_case(case, people, submitted):
    working.read_and_submit(case, people.reader2, {1: {**WEDGE, "grade_reader": 1}})
    case.refresh_from_db()
    amended = amend_reading(submitted, reason="slip")
    services.save_finding(amended, number=1, said={"grade_reader": 1})
    services.submit_reading(amended)
    assert Case.objects.get(pk=case.pk).stage == "final"


def test_whoever_has_seen_the_others_amends_no_more(case, people, submitted, sign_in):
    working.read_and_submit(case, people.reader2, {})
    case.refresh_from_db()
    client = sign_in(people.reader1)
    before = client.get(f"/api/readings/{submitted.pk}/").json()
    assert before["may_amend"]
    assert client.get(f"/api/cases/{case.pk}/consensus/").status_code == 200
    answer = client.post(f"/api/readings/{submitted.pk}/amend/", {"reason": "slip"}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "others_seen")
    assert not client.get(f"/api/readings/{submitted.pk}/").json()["may_amend"]


def test_only_its_author_amends_and_only_before_the_case_is_final(case, people, submitted, sign_in):
    address = f"/api/readings/{submitted.pk}/amend/"
    for person in (people.reader2, people.manager, people.student):
        assert sign_in(person).post(address, {"reason": "slip"}, JSON).status_code == 404
    working.read_and_submit(case, people.reader2, {1: WEDGE})
    answer = sign_in(people.reader1).post(address, {"reason": "slip"}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "stage")


def test_both_are_shown_to_their_author(submitted, people, sign_in):
    client = sign_in(people.reader1)
    amended = client.post(f"/api/readings/{submitted.pk}/amend/", {"reason": "slip"}, JSON).json()
    assert (amended["amends"], amended["reason"]) == (str(submitted.pk), "slip")
    former = client.get(f"/api/readings/{submitted.pk}/").json()
    assert (former["status"], former["findings"][0]["grade_reader"]) == ("submitted", 2)
    left = client.post(f"/api/readings/{amended['id']}/withdraw/").json()
    assert left["id"] == str(submitted.pk)


def test_others_seen_is_noted_once(submitted, people, case):
    note_others_seen(people.reader1, case)
    first = Reading.unblinded.get(pk=submitted.pk).others_seen_at
    note_others_seen(people.reader1, case)
    assert Reading.unblinded.get(pk=submitted.pk).others_seen_at == first
