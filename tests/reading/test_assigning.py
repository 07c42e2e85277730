from collections import Counter

import pytest

from annotation.domain.refusals import Conflict, NotVisible
from annotation.domain.workflow import Role
from annotation.reading import selectors, services
from annotation.reading.models import Assignment, Protocol, Reading
from annotation.refinement import services as refinement
from annotation.studies import qualifying
from tests import making, working
from tests.reading.test_exposure import make_proposed_case

pytestmark = pytest.mark.django_db

TWO_ARMS = [
    {"name": "with", "exposure": "shown", "weight": 1},
    {"name": "without", "exposure": "hidden", "weight": 1},
]


def make_protocol(dataset, version=1, **fields) -> Protocol:
    return Protocol.objects.create(dataset=dataset, version=version, **fields)


def readers_of(case) -> set[str]:
    rows = Assignment.objects.filter(case=case, ended_at=None)
    return {row.reader.username for row in rows}


def test_opening_a_case_writes_down_who_has_it_and_where_it_stands(dataset, people):
    cases = [working.make_reading_case(dataset, people) for _ in range(2)]
    for case in reversed(cases):
        services.open_reading(case, user=people.reader1)
    rows = Assignment.objects.filter(reader=people.reader1)
    assert [(row.case, row.position) for row in rows] == [(cases[1], 1), (cases[0], 2)]
    assert [row.done_at for row in rows] == [None, None]


def test_handing_in_is_written_to_the_assignment(dataset, people):
    case = working.make_reading_case(dataset, people)
    reading = working.read_and_submit(case, people.reader1, {})
    assert Assignment.objects.get().done_at == reading.submitted_at


def test_a_case_with_enough_readers_is_not_open_to_a_third(dataset, people):
    third = making.make_user("third", dataset, Role.READER)
    case = working.make_reading_case(dataset, people)
    for user in (people.reader1, people.reader2):
        services.open_reading(case, user=user)
    with pytest.raises(Conflict, match="not among your readings"):
        services.open_reading(case, user=third)
    assert selectors.may_read(people.reader1, case)


def test_arms_are_balanced_and_each_reading_keeps_its_own(dataset, people):
    make_protocol(dataset, arms=TWO_ARMS, allocation_seed=4)
    for _ in range(4):
        case = working.make_reading_case(dataset, people)
        for user in (people.reader1, people.reader2):
            services.open_reading(case, user=user)
    readings = Reading.unblinded.all()
    assert Counter((row.reader.username, row.arm) for row in readings) == {
        (reader, arm): 2 for reader in ("reader1", "reader2") for arm in ("with", "without")
    }
    exposures = {(row.arm, row.exposure) for row in readings}
    assert exposures == {("with", "shown"), ("without", "hidden")}


def test_the_proposal_follows_the_arm_of_the_reader_and_not_the_data_set(dataset, people):
    case = make_proposed_case(dataset, people, "shown")
    Protocol.objects.update(arms=TWO_ARMS)
    assert selectors.is_proposal_hidden_from(people.reader1, case)
    working.services.approve_mask(case, by=people.reader1)
    seen = {}
    for user in (people.reader1, people.reader2):
        reading = services.open_reading(case, user=user)
        begun = [row.six_points_mm is not None for row in selectors.findings_of(reading)]
        seen[reading.arm] = (
            reading.proposal_shown,
            selectors.is_proposal_hidden_from(user, case),
            any(begun),
        )
    assert seen == {"with": (True, False, True), "without": (False, True, False)}


def test_a_new_version_is_for_readings_that_open_later(dataset, people):
    make_protocol(dataset)
    case = working.make_reading_case(dataset, people)
    begun = working.read(case, people.reader1, {1: {"remark": "begun"}})
    make_protocol(dataset, version=2, proposal_exposure="hidden", readers_per_case=1)
    again = services.open_reading(case, user=people.reader1)
    assert (again, again.protocol.version) == (begun, 1)
    assert selectors.findings_of(again)[0].remark == "begun"
    other = services.open_reading(case, user=people.reader2)
    assert (other.protocol.version, other.exposure) == (2, "hidden")
    services.submit_reading(working.read(case, people.reader2, {}))
    case.refresh_from_db()
    assert case.stage == "reading"
    services.submit_reading(again)
    case.refresh_from_db()
    assert case.stage == "final"


def test_cases_outside_the_overlap_close_with_one_reading(dataset, people):
    make_protocol(dataset, overlap_share=0.0)
    case = working.make_reading_case(dataset, people)
    working.read_and_submit(case, people.reader1, {})
    assert case.stage == "final"


def test_where_the_protocol_assigns_cases_go_out_on_arrival(dataset, people):
    for name in ("third", "fourth"):
        making.make_user(name, dataset, Role.READER)
    make_protocol(dataset, way="assign", due_days=14)
    cases = [working.make_reading_case(dataset, people) for _ in range(4)]
    rows = Assignment.objects.all()
    assert Counter(row.reader.username for row in rows) == dict.fromkeys(
        ("reader1", "reader2", "third", "fourth"), 2
    )
    assert {(row.due_at - row.created_at).days for row in rows} == {14}
    readers = [making.make_user(name) for name in ("reader1", "reader2", "third", "fourth")]
    outsider = next(user for user in readers if user.username not in readers_of(cases[0]))
    with pytest.raises(Conflict, match="not among your readings"):
        services.open_reading(cases[0], user=outsider)


def test_whoever_adjudicates_reads_no_case_first(dataset, people):
    making.make_user("third", dataset, Role.READER)
    protocol = make_protocol(dataset, way="assign", adjudicator=people.reader1)
    case = working.make_reading_case(dataset, people)
    assert readers_of(case) == {"reader2", "third"}
    protocol.way = "pull"
    protocol.save()
    with pytest.raises(Conflict, match="not among your readings"):
        services.open_reading(case, user=people.reader1)


def test_whoever_has_still_to_pass_the_test_gets_no_case(dataset, people, monkeypatch):
    making.make_user("third", dataset, Role.READER)
    monkeypatch.setattr(qualifying, "WAITING", [lambda *_: {people.reader1.pk}])
    make_protocol(dataset, way="assign")
    refinement.approve_mask(working.make_checking_case(dataset, people), by=people.reader2)
    assert {row.reader.username for row in Assignment.objects.all()} == {"reader2", "third"}


def test_the_list_follows_the_order_that_was_given_out(dataset, people, sign_in):
    make_protocol(dataset, way="assign")
    cases = [working.make_reading_case(dataset, people) for _ in range(3)]
    Assignment.objects.filter(case=cases[0], reader=people.reader1).update(position=9)
    shown = sign_in(people.reader1).get("/api/datasets/set/worklist/").json()
    order = [row["case"] for row in shown["rows"] if row["work"] == "read"]
    assert order == [str(one.pk) for one in (cases[1], cases[2], cases[0])]
    assert shown["next"]["case"] == str(cases[1].pk)


def make_repeat(case, user) -> Assignment:
    first = Assignment.objects.get(case=case, reader=user)
    return Assignment.objects.create(
        case=case,
        reader=user,
        protocol=first.protocol,
        purpose="repeat",
        position=first.position + 1,
        arm=first.arm,
        exposure=first.exposure,
    )


def test_a_repeat_looks_like_a_first_reading_until_it_is_handed_in(dataset, people, sign_in):
    case = working.make_consensus_case(dataset, people, {}, {})
    first = selectors.own_reading(people.reader1, case)
    make_repeat(case, people.reader1)
    client = sign_in(people.reader1)
    shown = client.get(f"/api/cases/{case.pk}/").json()
    assert (shown["stage"], shown["work"], shown["moves"]) == (
        "reading",
        "read",
        ["return_from_reading"],
    )
    assert shown["readings"] == {"mine": "none", "needed": 2}
    row = client.get("/api/datasets/set/worklist/").json()["rows"][0]
    assert (row["stage"], row["work"]) == ("reading", "read")
    with pytest.raises(NotVisible):
        selectors.get_own_reading(people.reader1, first.pk)
    opened = client.post(f"/api/cases/{case.pk}/reading/").json()
    assert opened["id"] != str(first.pk)
    assert {finding["grade_reader"] for finding in opened["findings"]} == {None}
    assert "stage reading" in client.get(f"/api/cases/{case.pk}/consensus/").json()["detail"]
    services.submit_reading(working.read(case, people.reader1, {1: {"grade_reader": 1}}))
    case.refresh_from_db()
    assert case.stage == "final"
    repeat = Reading.unblinded.get(purpose="repeat")
    assert (repeat.attempt, repeat.status) == (2, "submitted")
    assert first in selectors.submitted_readings(case)
    assert repeat not in [
        *selectors.submitted_readings(case),
        *selectors.closed_readings_in(dataset),
    ]
    assert client.get(f"/api/cases/{case.pk}/").json()["stage"] == "final"
