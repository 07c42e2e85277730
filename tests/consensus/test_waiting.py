"""What the worklist says of cases at consensus."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.consensus import asking, room, selectors, services, signing
from annotation.consensus.waiting import sittings_waiting
from annotation.domain.workflow import Role
from annotation.reading.models import Protocol, Reading
from tests import making, working
from tests.consensus.test_room import B
from tests.consensus.test_services import A

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(dataset, people):
    return working.make_consensus_case(dataset, people, A, B)


@pytest.fixture
def rows(case):
    return list(selectors.newest_sitting(case).disagreements.order_by("rank"))


@pytest.fixture
def third(dataset):
    return making.make_user("third", dataset, Role.READER)


def text_for(user, case):
    waiting = sittings_waiting(user, [case])[case.pk]
    return (waiting.is_to_do, waiting.text)


def test_a_case_waits_for_whoever_can_do_something(case, rows, people, third):
    assert text_for(people.reader1, case) == (True, "")
    assert text_for(third, case) == (False, "")
    assert text_for(people.student, case) == (False, "")
    asking.ask_third_reader(rows[0], by=people.reader1)
    services.settle_disagreement(rows[1], by=people.reader1, taken="a")
    assert text_for(people.reader1, case) == (False, "Waits for a third reader")
    assert text_for(third, case) == (True, "You are asked to decide")
    services.settle_disagreement(rows[0], by=third, taken="a")
    assert text_for(people.reader1, case) == (False, "Waits for the third reader's signature")
    assert text_for(third, case) == (True, "Your signature is missing")


def test_it_waits_for_the_other_signature(case, rows, people):
    for row in rows:
        services.settle_disagreement(row, by=people.reader1, taken="a")
    signing.settle_case(case, by=people.reader1)
    assert text_for(people.reader1, case) == (False, "Waits for the other signature")
    assert text_for(people.reader2, case) == (True, "Your signature is missing")


def test_the_list_names_the_day_on_which_a_sitting_opens(case, people, third, sign_in):
    Protocol.objects.update(wash_out_days=28)
    moment = max(Reading.unblinded.values_list("submitted_at", flat=True)) + timedelta(days=28)
    text = f"The sitting opens on {room.day_of(moment)}"
    assert text_for(people.reader1, case) == (False, text)
    assert text_for(third, case) == (False, "")
    row = (
        sign_in(people.reader1)
        .get(f"/api/datasets/{case.dataset.slug}/worklist/")
        .json()["rows"][0]
    )
    assert (row["look_at"], row["work"]) == (text, None)
    Reading.unblinded.update(submitted_at=timezone.now() - timedelta(days=29))
    assert text_for(people.reader1, case) == (True, "")


def test_the_number_of_queries_does_not_grow(
    dataset, people, case, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10) as one:
        sittings_waiting(people.reader1, [case])
    more = [working.make_consensus_case(dataset, people, A, B) for _ in range(2)]
    with django_assert_num_queries(len(one)):
        sittings_waiting(people.reader1, [case, *more])
