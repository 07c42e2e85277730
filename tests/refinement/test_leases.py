import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotation.domain.refusals import Conflict, NotPermitted
from annotation.domain.workflow import Role
from annotation.refinement import leases, selectors, services
from annotation.refinement.models import Lease, Stroke
from annotation.studies.models import Case
from annotation.work.models import LiveEvent
from tests import making, working

pytestmark = pytest.mark.django_db


def run_at_once(acts):
    """Run all acts in threads that start together; return results and refusals in their order."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            outcomes[place] = act()
        except Exception as error:  # handed to the test, which looks at each
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_taking_again_renews(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    soon = timezone.now() + timedelta(minutes=1)
    Lease.objects.filter(case=case).update(until=soon)
    assert services.take_lease(case, by=people.student).until > soon
    assert Lease.objects.count() == 1


def test_a_lent_case_is_refused_with_who_has_it_and_until_when(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    other = making.make_user("other", dataset, Role.STUDENT)
    with pytest.raises(Conflict, match="Student is working here until") as refused:
        services.take_lease(case, by=other)
    assert refused.value.extra["lease"]["is_me"] is False


def test_a_case_taken_over_changes_hands_and_pages_are_told(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    other = making.make_user("other", dataset, Role.STUDENT)
    before = LiveEvent.objects.count()
    services.take_lease(case, by=other, take_over=True)
    assert selectors.lease_of(case).holder == other
    assert LiveEvent.objects.count() == before + 1


def test_a_lease_that_ran_out_is_free(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    Lease.objects.filter(case=case).update(until=timezone.now() - timedelta(seconds=1))
    assert selectors.lease_of(case) is None
    other = making.make_user("other", dataset, Role.STUDENT)
    assert services.take_lease(case, by=other).holder == other


def test_a_released_case_is_free(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    leases.release_lease(case, by=people.student)
    assert selectors.lease_of(case) is None


@pytest.mark.parametrize(("stage", "name"), [("refining", "reader1"), ("checking", "student")])
def test_only_who_works_at_a_stage_takes_the_case(dataset, people, stage, name):
    make = working.make_named_case if stage == "refining" else working.make_checking_case
    case = make(dataset) if stage == "refining" else make(dataset, people)
    with pytest.raises(NotPermitted, match=f"At stage {stage}"):
        services.take_lease(case, by=getattr(people, name))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_a_case_at_once_one_has_it():
    dataset = making.make_dataset()
    case = working.make_named_case(dataset)
    students = [making.make_user(f"student{n}", dataset, Role.STUDENT) for n in range(6)]

    def take(user):
        return services.take_lease(Case.objects.get(pk=case.pk), by=user).holder

    outcomes = run_at_once([lambda user=user: take(user) for user in students])
    holders = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert holders == [selectors.lease_of(case).holder]
    assert [type(refusal) for refusal in refusals] == [Conflict] * 5


@pytest.mark.django_db(transaction=True)
def test_the_same_stroke_sent_at_once_is_kept_once():
    dataset = making.make_dataset()
    people = making.make_people(dataset)
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    painted = working.blocks(case)
    body = working.stroke_between(painted * 0, painted, sequence=1)

    def send():
        track = selectors.get_track(Case.objects.get(pk=case.pk))
        return services.record_stroke(track, by=people.student, body=body)

    answers = run_at_once([send] * 4)
    assert sorted(answer["duplicate"] for answer in answers) == [False, True, True, True]
    assert Stroke.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_strokes_with_one_number_one_is_kept_and_the_mask_is_that_ones():
    dataset = making.make_dataset()
    people = making.make_people(dataset)
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    whole = working.blocks(case)
    masks = [whole * (whole == number) for number in (1, 2, 3)]

    def send(mask):
        track = selectors.get_track(Case.objects.get(pk=case.pk))
        body = working.stroke_between(mask * 0, mask, sequence=1)
        return services.record_stroke(track, by=people.student, body=body)["acknowledged"]

    outcomes = run_at_once([lambda mask=mask: send(mask) for mask in masks])
    kept = [place for place, outcome in enumerate(outcomes) if outcome == 1]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(kept) == 1
    assert {error.code for error in refused} == {"base_mismatch"}
    assert (selectors.current_mask(case) == masks[kept[0]]).all()


@pytest.mark.django_db(transaction=True)
def test_a_stroke_and_a_submission_at_once_lose_nothing():
    dataset = making.make_dataset()
    people = making.make_people(dataset)
    case = working.make_named_case(dataset)
    painted = working.blocks(case)
    working.paint(case, people.student, painted)
    less = painted.copy()
    less[3] = 0
    body = working.stroke_between(painted, less, sequence=2)

    def send():
        track = selectors.get_track(Case.objects.get(pk=case.pk))
        return services.record_stroke(track, by=people.student, body=body)["acknowledged"]

    def submit():
        services.submit_mask(Case.objects.get(pk=case.pk), by=people.student)

    sent, submitted = run_at_once([send, submit])
    assert submitted is None
    expected = less if sent == 2 else painted
    assert sent == 2 or sent.code == "not_holder"
    assert (selectors.current_mask(case) == expected).all()
    newest = selectors.newest_revision(case)
    assert (newest.cause, newest.last_sequence) == ("submit", 2 if sent == 2 else 1)


@pytest.fixture
def other(dataset):
    return making.make_user("other", dataset, Role.STUDENT)


def test_who_asks_is_shown_to_the_holder_and_handed_the_case(dataset, people, other):
    case = working.make_named_case(dataset)
    assert leases.ask_for_lease(case, by=other) is None
    services.take_lease(case, by=people.student)
    working.paint(case, people.student, working.blocks(case))
    asked = leases.ask_for_lease(case, by=other)
    shown = leases.describe_lease(asked, people.student)
    assert (shown["asked_by"], shown["is_me"], shown["asked_by_me"]) == ("Other", True, False)
    lease = services.hand_over(case, by=people.student)
    assert (lease.holder, lease.asked_by) == (other, None)
    newest = selectors.newest_revision(case)
    assert (newest.cause, newest.author, newest.last_sequence) == ("hand_over", people.student, 1)


def test_a_refused_asking_leaves_the_case_where_it_is(dataset, people, other):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    leases.ask_for_lease(case, by=other)
    before = LiveEvent.objects.count()
    leases.refuse_asking(case, by=other)
    assert selectors.lease_of(case).asked_by == other
    leases.refuse_asking(case, by=people.student)
    assert selectors.lease_of(case).asked_by is None
    assert selectors.lease_of(case).holder == people.student
    assert LiveEvent.objects.count() == before + 1


def test_a_case_is_handed_over_only_by_its_holder_and_only_where_asked(dataset, people, other):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    with pytest.raises(Conflict) as refused:
        services.hand_over(case, by=people.student)
    assert refused.value.code == "nobody_asked"
    with pytest.raises(Conflict) as refused:
        services.hand_over(case, by=other)
    assert refused.value.code == "not_holder"
    with pytest.raises(NotPermitted):
        leases.ask_for_lease(case, by=people.reader1)


def test_a_page_that_was_left_does_not_give_back_what_its_successor_renewed(dataset, people):
    case = working.make_named_case(dataset)
    left = services.take_lease(case, by=people.student).until
    services.take_lease(case, by=people.student)
    leases.release_lease(case, by=people.student, until=left)
    assert selectors.lease_of(case) is not None
    leases.release_lease(case, by=people.student, until=selectors.lease_of(case).until)
    assert selectors.lease_of(case) is None


def test_asking_and_handing_over_by_address(dataset, people, other, sign_in):
    case = working.make_named_case(dataset)
    place = f"/api/cases/{case.pk}/lease/"
    holder, asker = sign_in(people.student), sign_in(other)
    assert holder.get(place).json() == {"lease": None}
    until = holder.post(place).json()["until"]
    assert asker.post(f"{place}ask/").json()["lease"]["asked_by_me"] is True
    answer = holder.post(f"{place}answer/", {"hand_over": True}, content_type="application/json")
    assert answer.json()["lease"]["holder_name"] == "Other"
    assert holder.delete(f"{place}?until=then").status_code == 400
    assert holder.delete(f"{place}?until={until.replace('+', '%2B')}").status_code == 204
    assert asker.get(place).json()["lease"]["is_me"] is True
