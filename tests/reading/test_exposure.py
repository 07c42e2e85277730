import pytest

from annotation.domain.workflow import Move, Role
from annotation.preannotation import services as preannotation
from annotation.reading import selectors, services
from annotation.reading.models import Protocol
from annotation.refinement import services as refinement
from annotation.studies.services import advance_case
from tests import making

pytestmark = pytest.mark.django_db


def make_proposed_case(dataset, people, exposure):
    """Return a case at checking whose mask and points a model proposed."""
    Protocol.objects.create(dataset=dataset, version=1, proposal_exposure=exposure)
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    request = case.preannotations.get()
    preannotation.store_preannotation(request, making.make_proposal(case.volume))
    case.refresh_from_db()
    refinement.submit_mask(case, by=people.student)
    return case


def points_begun_with(case, user):
    reading = services.open_reading(case, user=user)
    rows = selectors.findings_of(reading)
    return reading, [row.six_points_mm is not None for row in rows]


def test_a_shown_proposal_is_where_a_reading_begins_and_that_is_kept(dataset, people):
    case = make_proposed_case(dataset, people, "shown")
    assert selectors.proposal_visible_to(people.reader1, case) is not None
    refinement.approve_mask(case, by=people.reader1)
    reading, begun = points_begun_with(case, people.reader2)
    assert (reading.proposal_shown, begun) == (True, [True, True, True])
    first = selectors.findings_of(reading)[0]
    assert first.heights_mm == pytest.approx([4.0, 6.0, 6.0])
    assert (first.grade_reader, first.touched) == (None, False)


def test_a_hidden_proposal_is_kept_from_readers_until_all_are_in(dataset, people):
    case = make_proposed_case(dataset, people, "hidden")
    assert selectors.proposal_visible_to(people.reader1, case) is None
    assert selectors.proposal_visible_to(people.student, case) is not None
    refinement.approve_mask(case, by=people.reader1)
    for place, user in enumerate((people.reader1, people.reader2)):
        reading, begun = points_begun_with(case, user)
        assert (reading.proposal_shown, begun) == (False, [False, False, False])
        services.mark_others_normal(reading, numbers=[1, 2, 3])
        if place == 0:
            services.submit_reading(reading)
            assert selectors.proposal_visible_to(user, case) is None
        else:
            services.submit_reading(reading)
    case.refresh_from_db()
    assert selectors.proposal_visible_to(people.reader1, case) is not None


def test_after_commitment_the_proposal_is_shown_to_who_has_committed(dataset, people):
    case = make_proposed_case(dataset, people, "after_commit")
    refinement.approve_mask(case, by=people.reader1)
    reading, begun = points_begun_with(case, people.reader1)
    assert (reading.proposal_shown, any(begun)) == (False, False)
    assert selectors.proposal_visible_to(people.reader1, case) is None
    services.mark_others_normal(reading, numbers=[1, 2, 3])
    services.submit_reading(reading)
    assert selectors.proposal_visible_to(people.reader1, case) is not None
    assert selectors.proposal_visible_to(people.reader2, case) is None


def test_the_screen_of_a_reader_holds_nothing_of_a_hidden_proposal(dataset, people, sign_in):
    case = make_proposed_case(dataset, people, "hidden")
    proposal = case.preannotations.get()
    client = sign_in(people.reader1)
    shown = client.get(f"/api/cases/{case.pk}/").json()
    assert (shown["proposal"], shown["proposal_hidden"]) == (None, True)
    assert {(one["centroid_mm"], one["confidence"]) for one in shown["vertebrae"]} == {(None, None)}
    assert client.get(f"/api/proposals/{proposal.pk}/straightened/").status_code == 404
