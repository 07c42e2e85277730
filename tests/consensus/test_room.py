"""Who decides in a sitting, when, with which pen, and who signs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.consensus import asking, room, selectors, services, signing
from annotation.consensus.models import Attendance, Settlement, Turn
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Role
from annotation.reading.models import Assignment, Protocol, Reading
from annotation.studies import qualifying
from annotation.studies.models import Case, Membership
from annotation.work.models import LiveEvent
from tests import making, working
from tests.consensus.test_services import A

pytestmark = pytest.mark.django_db

JSON = "application/json"
B = {1: {"grade_reader": 0}, 2: A[2], 3: {"grade_reader": 1, "shape_reader": "wedge"}}


@pytest.fixture
def third(dataset):
    return making.make_user("third", dataset, Role.READER)


@pytest.fixture
def case(dataset, people):
    """T11 and L1 differ."""
    return working.make_consensus_case(dataset, people, A, B)


@pytest.fixture
def sitting(case):
    return selectors.newest_sitting(case)


@pytest.fixture
def rows(sitting):
    return list(sitting.disagreements.order_by("rank"))


def settle_all(rows, by):
    for row in rows:
        services.settle_disagreement(row, by=by, taken="a")


def test_the_first_who_comes_holds_the_pen_and_only_that_one_decides(sitting, rows, people):
    room.enter_room(sitting, by=people.reader1)
    room.enter_room(sitting, by=people.reader2)
    with pytest.raises(Conflict, match="Reader1 holds the pen"):
        services.settle_disagreement(rows[0], by=people.reader2, taken="a")
    with pytest.raises(Conflict, match="Reader1 holds the pen"):
        room.take_pen(sitting, by=people.reader2)
    room.hand_pen(sitting, by=people.reader1)
    services.settle_disagreement(rows[0], by=people.reader2, taken="a")
    with pytest.raises(Conflict, match="Reader2 holds the pen"):
        services.reopen_disagreement(rows[0], by=people.reader1)


def test_the_pen_of_one_who_has_left_is_free(sitting, rows, people):
    room.enter_room(sitting, by=people.reader1)
    room.enter_room(sitting, by=people.reader2)
    Attendance.objects.filter(person=people.reader1).update(
        seen_at=timezone.now() - 2 * room.PRESENT
    )
    room.take_pen(sitting, by=people.reader2)
    room.enter_room(sitting, by=people.reader1)
    with pytest.raises(Conflict, match="Reader2 holds the pen"):
        services.settle_disagreement(rows[0], by=people.reader1, taken="a")
    room.leave_room(sitting, by=people.reader2)
    services.settle_disagreement(rows[0], by=people.reader1, taken="a")


def test_nobody_hands_the_pen_to_an_empty_room_or_an_onlooker(dataset, sitting, people, third):
    Protocol.objects.update(adjudicator=making.make_user("fourth", dataset, Role.READER))
    room.enter_room(sitting, by=people.reader1)
    room.enter_room(sitting, by=third)
    with pytest.raises(Conflict, match="Nobody else"):
        room.hand_pen(sitting, by=people.reader1)
    with pytest.raises(NotPermitted):
        room.take_pen(sitting, by=third)


def test_a_reader_of_another_case_looks_on(sitting, rows, third):
    assert room.role_in(sitting, third) == "adjudicator"
    with pytest.raises(NotPermitted, match="where the two ask"):
        services.settle_disagreement(rows[0], by=third, taken="a")
    with pytest.raises(NotPermitted):
        asking.ask_third_reader(rows[0], by=third)
    with pytest.raises(NotPermitted):
        asking.defer_disagreement(rows[0], by=third)


def test_what_is_put_off_stays_open_for_everyone(sitting, rows, people, sign_in):
    client = sign_in(people.reader1)
    shown = client.post(f"/api/disagreements/{rows[0].pk}/defer/").json()
    by_id = {row["id"]: row for row in shown["disagreements"]}
    assert by_id[str(rows[0].pk)]["deferred_at"] is not None
    assert (shown["open"], by_id[str(rows[1].pk)]["deferred_at"]) == (2, None)
    other = sign_in(people.reader2).get(f"/api/cases/{sitting.case_id}/consensus/").json()
    assert {row["id"]: row["deferred_at"] for row in other["disagreements"]} == {
        row["id"]: row["deferred_at"] for row in shown["disagreements"]
    }


def test_a_third_reader_decides_what_the_two_put_before_them(sitting, rows, people, third):
    asking.ask_third_reader(rows[0], by=people.reader2, note="rim or floor?")
    with pytest.raises(Conflict, match="third reader was asked"):
        services.settle_disagreement(rows[0], by=people.reader1, taken="a")
    row = services.settle_disagreement(rows[0], by=third, taken="b")
    assert (row.taken, row.basis, row.by) == ("adjudicated", "b", third)
    services.settle_disagreement(rows[1], by=people.reader1, taken="a")
    assert signing.signers_of(sitting) == [third]
    with pytest.raises(NotPermitted):
        signing.settle_case(sitting.case, by=people.reader1)
    signing.settle_case(sitting.case, by=third)
    assert Case.objects.get(pk=sitting.case_id).stage == "final"
    assert Assignment.objects.get(reader=third).done_at is not None


def test_the_adjudicator_of_the_protocol_is_the_only_third_reader(
    dataset, sitting, rows, people, third
):
    named = making.make_user("named", dataset, Role.READER)
    Protocol.objects.update(adjudicator=named)
    asking.ask_third_reader(rows[0], by=people.reader1)
    given = Assignment.objects.get(reader=named)
    assert (given.purpose, given.done_at, given.case) == ("adjudication", None, sitting.case)
    with pytest.raises(NotPermitted, match="Only those who read"):
        services.settle_disagreement(rows[0], by=third, taken="a")
    services.settle_disagreement(rows[0], by=named, taken="a")
    given.refresh_from_db()
    assert given.done_at is not None


def test_a_question_is_taken_back(dataset, sitting, rows, people, third):
    Protocol.objects.update(adjudicator=third)
    asking.ask_third_reader(rows[0], by=people.reader1)
    with pytest.raises(Conflict, match="asked already"):
        asking.ask_third_reader(rows[0], by=people.reader2)
    asking.take_question_back(rows[0], by=people.reader2)
    services.settle_disagreement(rows[0], by=people.reader1, taken="a")
    assert Assignment.objects.get(reader=third).ended_reason == "The question was taken back."
    with pytest.raises(Conflict, match="is settled"):
        asking.ask_third_reader(rows[0], by=people.reader1)
    assert [turn.kind for turn in Turn.objects.all()] == ["asked", "taken_back"]


def test_without_a_third_reader_nobody_can_be_asked(rows, people):
    with pytest.raises(Conflict, match="no third reader"):
        asking.ask_third_reader(rows[0], by=people.reader1)


def test_a_third_readers_question_does_not_stand_for_what_was_not_asked(rows, people, third):
    asking.ask_third_reader(rows[0], by=people.reader1)
    with pytest.raises(NotPermitted):
        services.settle_disagreement(rows[1], by=third, taken="a")


def test_the_wash_out_runs_from_the_later_first_reading(sitting, rows, people, sign_in):
    Protocol.objects.update(wash_out_days=28)
    now = timezone.now()
    later, earlier = Reading.unblinded.filter(case=sitting.case)
    Reading.unblinded.filter(pk=earlier.pk).update(submitted_at=now - timedelta(days=40))
    Reading.unblinded.filter(pk=later.pk).update(submitted_at=now - timedelta(days=20))
    opens = now + timedelta(days=8)
    day = room.day_of(opens)
    with pytest.raises(Conflict, match=f"opens on {day}: 28 days after"):
        services.settle_disagreement(rows[0], by=people.reader1, taken="a")
    client = sign_in(people.reader1)
    for answer in (
        client.get(f"/api/cases/{sitting.case_id}/consensus/"),
        client.post(f"/api/cases/{sitting.case_id}/consensus/presence/"),
        client.post(f"/api/disagreements/{rows[0].pk}/ask/"),
        client.post(f"/api/disagreements/{rows[0].pk}/defer/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "wash_out")
        assert day in answer.json()["detail"]
    assert Reading.unblinded.get(pk=later.pk).others_seen_at is None
    Reading.unblinded.filter(pk=later.pk).update(submitted_at=now - timedelta(days=29))
    services.settle_disagreement(rows[0], by=people.reader1, taken="a")


def test_both_sign_and_a_change_takes_signatures_back(sitting, rows, people):
    settle_all(rows, people.reader1)
    signing.settle_case(sitting.case, by=people.reader1)
    signing.settle_case(sitting.case, by=people.reader1)
    assert signing.unsigned(sitting) == [people.reader2]
    services.reopen_disagreement(rows[0], by=people.reader2)
    services.settle_disagreement(rows[0], by=people.reader2, taken="b")
    assert signing.unsigned(sitting) == [people.reader1, people.reader2]
    assert sitting.signatures.count() == 1
    working.sign_all(sitting.case)
    assert Case.objects.get(pk=sitting.case_id).stage == "final"


def test_who_is_no_reader_any_more_need_not_sign(dataset, sitting, rows, people):
    settle_all(rows, people.reader1)
    Membership.objects.filter(user=people.reader2).delete()
    signing.settle_case(sitting.case, by=people.reader1)
    assert Case.objects.get(pk=sitting.case_id).stage == "final"


def test_a_manager_signs_in_place_of_one_who_has_left_and_it_is_kept(
    sitting, rows, people, sign_in
):
    manager = sign_in(people.manager)
    address = f"/api/cases/{sitting.case_id}/consensus/signatures/"
    said = {"person": people.reader2.pk, "reason": "left the clinic"}
    early = manager.post(address, said, JSON)
    assert (early.status_code, early.json()["code"]) == (409, "disagreements_open")
    settle_all(rows, people.reader1)
    signing.settle_case(sitting.case, by=people.reader1)
    missing = manager.get(address).json()
    assert [(row["name"], row["at"] is None) for row in missing["signatures"]] == [
        ("Reader1", False),
        ("Reader2", True),
    ]
    assert manager.post(address, {**said, "reason": " "}, JSON).status_code == 422
    assert manager.post(address, {**said, "person": people.reader1.pk}, JSON).status_code == 409
    done = manager.post(address, said, JSON).json()
    kept = done["signatures"][-1]
    assert (kept["name"], kept["by"], kept["reason"]) == ("Reader2", "Manager", "left the clinic")
    assert Case.objects.get(pk=sitting.case_id).stage == "final"
    for person in (people.reader1, people.student):
        assert sign_in(person).get(address).status_code == 403


def test_a_manager_signs_where_every_reader_has_left(sitting, rows, people, sign_in):
    settle_all(rows, people.reader1)
    signing.settle_case(sitting.case, by=people.reader1)
    Membership.objects.filter(user__in=(people.reader1, people.reader2)).delete()
    address = f"/api/cases/{sitting.case_id}/consensus/signatures/"
    manager = sign_in(people.manager)
    assert [row["name"] for row in manager.get(address).json()["signatures"]] == ["Reader1"]
    said = {"person": None, "reason": "both have left"}
    assert manager.post(address, said, JSON).status_code == 200
    assert Case.objects.get(pk=sitting.case_id).stage == "final"


def test_whoever_has_still_to_pass_the_test_decides_and_signs_nothing(
    sitting, rows, people, monkeypatch
):
    monkeypatch.setattr(qualifying, "WAITING", [lambda *_: {people.reader1.pk}])
    for act in (
        lambda: services.settle_disagreement(rows[0], by=people.reader1, taken="a"),
        lambda: asking.defer_disagreement(rows[0], by=people.reader1),
        lambda: signing.settle_case(sitting.case, by=people.reader1),
    ):
        with pytest.raises(NotPermitted, match="pass its test first"):
            act()
    settle_all(rows, people.reader2)


def test_open_pages_are_told_that_something_changed_and_nothing_more(sitting, rows, people):
    last = LiveEvent.objects.order_by("-id").first().pk
    room.enter_room(sitting, by=people.reader1)
    services.settle_disagreement(rows[0], by=people.reader1, taken="a")
    bodies = [row.body for row in LiveEvent.objects.filter(pk__gt=last)]
    assert len(bodies) >= 2
    for body in bodies:
        assert body == {
            "format": "lamina.live/1",
            "kind": "consensus",
            "case": str(sitting.case_id),
        }


def test_staying_in_the_room_tells_nobody_again(sitting, people):
    room.enter_room(sitting, by=people.reader1)
    n = LiveEvent.objects.count()
    room.enter_room(sitting, by=people.reader1)
    assert LiveEvent.objects.count() == n


def test_the_room_shows_who_is_there_and_not_whose_reading_is_whose(sitting, people, sign_in):
    address = f"/api/cases/{sitting.case_id}/consensus/presence/"
    sign_in(people.reader1).post(address)
    shown = sign_in(people.reader2).post(address).json()
    assert [(one["name"], one["role"], one["is_me"]) for one in shown["people"]] == [
        ("Reader1", "reader", False),
        ("Reader2", "reader", True),
    ]
    assert (shown["pen"], shown["pen_holder"]) == ("anothers", "Reader1")
    pen = f"/api/cases/{sitting.case_id}/consensus/pen/"
    assert sign_in(people.reader2).post(pen, {"act": "take"}, JSON).status_code == 409
    given = sign_in(people.reader1).post(pen, {"act": "hand_over"}, JSON).json()
    assert (given["pen"], given["pen_holder"]) == ("anothers", "Reader2")
    assert sign_in(people.reader1).delete(address).status_code == 204
    for person in (people.student, people.manager):
        assert sign_in(person).post(address).status_code == 403


def test_a_settlement_names_its_basis(sitting, rows, people):
    for row, taken in zip(rows, ("a", "b"), strict=True):
        services.settle_disagreement(row, by=people.reader1, taken=taken)
    kept = Settlement.objects.filter(sitting=sitting, by=people.reader1)
    assert sorted(kept.values_list("taken", "basis")) == [("a", "a"), ("b", "b")]
    with pytest.raises(ContentRefused):
        services.settle_disagreement(
            rows[0], by=people.reader1, taken="edited", said={"grade_reader": 3}
        )
