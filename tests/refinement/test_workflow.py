import numpy as np
import pytest

from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Move, MoveNotAllowed, Role
from annotation.refinement import replay, selectors, services
from annotation.studies.services import advance_case, assign_levels
from tests import making, working

pytestmark = pytest.mark.django_db


def causes(case):
    return [(row.cause, row.author_kind) for row in selectors.get_track(case).revisions.all()]


def test_a_case_offered_without_a_model_begins_with_an_empty_mask(dataset):
    case = making.make_refining_case(dataset)
    assert causes(case) == [("start", "empty")]
    assert not selectors.current_mask(case).any()


def test_an_untouched_start_is_followed_by_a_new_one_and_stays_readable(dataset):
    case = working.make_named_case(dataset)
    revision = services.start_main_track(case, mask=working.blocks(case), author_kind="model")
    assert revision.number == 1
    assert (selectors.current_mask(case) == working.blocks(case)).all()
    first = selectors.get_revision(selectors.get_track(case), 0)
    assert first.map_sha256 == replay.map_sha256(np.zeros_like(working.blocks(case)))
    assert selectors.starting_revision(selectors.get_track(case)) == revision


def test_work_of_a_person_is_never_replaced(dataset, people):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    with pytest.raises(Conflict, match="it stays"):
        services.start_main_track(case, mask=None, author_kind="model")


@pytest.mark.parametrize("wrong", ["grid", "number"])
def test_a_start_that_does_not_fit_is_refused(dataset, wrong):
    case = working.make_named_case(dataset)
    mask = working.blocks(case)[1:] if wrong == "grid" else working.blocks(case) * np.uint8(9)
    with pytest.raises(ContentRefused):
        services.start_main_track(case, mask=mask, author_kind="import")


def test_a_mask_goes_to_the_check_and_back_and_on(dataset, people):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    services.submit_mask(case, by=people.student)
    assert case.stage == "checking"
    assert selectors.last_submission(case).by == people.student
    services.return_mask(case, by=people.reader1, reason="leak", note="into the canal")
    back = selectors.standing_return(case)
    assert (case.stage, back.reason, back.note) == ("refining", "leak", "into the canal")
    services.submit_mask(case, by=people.student)
    services.approve_mask(case, by=people.reader2)
    assert case.stage == "reading"
    assert [cause for cause, _ in causes(case)] == [
        "start",
        "submit",
        "return",
        "submit",
        "approve",
    ]


def test_what_the_checking_reader_paints_is_a_revision_of_that_reader(dataset, people):
    case = working.make_checking_case(dataset, people)
    larger = working.blocks(case).copy()
    larger[2:-2, 2:9, 14] = 1
    working.paint(case, people.reader1, larger)
    services.approve_mask(case, by=people.reader1)
    newest = selectors.newest_revision(case)
    assert (newest.cause, newest.author) == ("approve", people.reader1)
    assert newest.map_sha256 == replay.map_sha256(larger)


def test_problems_stop_a_submission_and_are_told(dataset, people):
    case = working.make_named_case(dataset)
    with pytest.raises(ContentRefused) as refused:
        services.submit_mask(case, by=people.student)
    assert refused.value.extra["problems"][0]["code"] == "empty_mask"
    working.paint(case, people.student, working.blocks(case))
    assign_levels(case, levels={3: "T12"}, counted_from="assumed", origin=working.Origin.PERSON)
    with pytest.raises(ContentRefused, match="2 problems stop this"):
        services.submit_mask(case, by=people.student)
    assert case.stage == "refining"


def test_a_label_on_air_is_found_in_the_stored_volume(dataset, people):
    case = working.make_named_case(dataset, levels=("L1",))
    services.take_lease(case, by=people.student)
    assert selectors.problems_of(case)[0].code == "empty_mask"
    working.paint(case, people.student, working.blocks(case, 1))
    assert [problem.blocking for problem in selectors.problems_of(case)] == []


@pytest.mark.parametrize(("name", "verb"), [("reader1", "submit_mask"), ("manager", "submit_mask")])
def test_only_a_student_submits(dataset, people, name, verb):
    case = working.make_named_case(dataset)
    with pytest.raises(NotPermitted, match="student"):
        getattr(services, verb)(case, by=getattr(people, name))


@pytest.mark.parametrize("name", ["student", "manager"])
def test_only_a_reader_returns_and_approves(dataset, people, name):
    case = working.make_checking_case(dataset, people)
    with pytest.raises(NotPermitted, match="reader"):
        services.return_mask(case, by=getattr(people, name), reason="leak")
    with pytest.raises(NotPermitted, match="reader"):
        services.approve_mask(case, by=getattr(people, name))


def test_an_unknown_reason_and_a_wrong_stage_are_refused_in_words(dataset, people):
    case = working.make_checking_case(dataset, people)
    with pytest.raises(ContentRefused, match="leak, missing_part"):
        services.return_mask(case, by=people.reader1, reason="ugly")
    with pytest.raises(MoveNotAllowed, match="checking"):
        services.submit_mask(case, by=people.student)


def test_nobody_submits_what_another_works_on(dataset, people):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    other = making.make_user("other", dataset, Role.STUDENT)
    with pytest.raises(Conflict, match="Student is working here"):
        services.submit_mask(case, by=other)


def test_work_handed_over_is_kept_as_a_revision_of_who_did_it(dataset, people):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    other = making.make_user("other", dataset, Role.STUDENT)
    services.take_lease(case, by=other, take_over=True)
    newest = selectors.newest_revision(case)
    assert (newest.cause, newest.author, newest.last_sequence) == ("hand_over", people.student, 1)


def test_an_excluded_case_is_not_painted(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    advance_case(case, move=Move.EXCLUDE, by=people.manager, role=Role.MANAGER)
    with pytest.raises(Conflict, match="at stage excluded"):
        working.paint(case, people.student, working.blocks(case))
