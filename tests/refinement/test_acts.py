"""Level changes within acts."""

import pytest

from annotation.bridge.strokes import Tool
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.refinement import selectors, services
from annotation.refinement.models import Stroke
from annotation.studies.models import LevelAssignment, Origin
from annotation.studies.selectors import assignments_of, levels_of
from tests import working

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    return case


def act(case, user, levels, *, after=None, tool=Tool.RELABEL, number=0):
    """Send one act that follows on what is kept."""
    track = selectors.get_track(case)
    state = services.current_state(track)
    body = working.stroke_between(
        state.mask,
        state.mask if after is None else after,
        sequence=state.last_sequence + 1,
        tool=tool,
        number=number,
        levels=levels,
    )
    return services.record_stroke(track, by=user, body=body)


def test_one_act_shifts_all_levels_as_one_event_and_keeps_what_they_were_counted_from(case, people):
    shift = [(1, "T11", "T12"), (2, "T12", "L1"), (3, "L1", "L2")]
    act(case, people.student, shift, tool=Tool.SHIFT, number=1)
    assert levels_of(case) == {1: "T12", 2: "L1", 3: "L2"}
    made = list(LevelAssignment.objects.filter(origin=Origin.PERSON).order_by("-id")[:3])
    assert len({row.event for row in made}) == 1
    assert {row.by_id for row in made} == {people.student.pk}
    assert {row.counted_from for row in assignments_of(case).values()} == {"L5_sacrum"}
    kept = Stroke.objects.get()
    assert (kept.tool, kept.number, kept.n_levels, kept.n_voxels) == (20, 1, 3, 0)


def test_a_new_vertebra_is_made_and_painted_in_one_act_and_taken_back(case, people):
    empty = selectors.current_mask(case)
    painted = empty.copy()
    painted[3:6, 3:6, 3:6] = 4
    act(case, people.student, [(4, None, "L2")], after=painted, tool=Tool.ADD, number=4)
    assert case.vertebrae.get(number=4).origin == Origin.PERSON
    act(case, people.student, [(4, "L2", None)], after=empty, tool=Tool.UNDO, number=4)
    assert levels_of(case) == {1: "T11", 2: "T12", 3: "L1"}
    assert not any(problem.number == 4 for problem in selectors.problems_of(case))
    act(case, people.student, [(4, None, "L2")], after=painted, tool=Tool.REDO, number=4)
    assert levels_of(case)[4] == "L2"
    assert case.vertebrae.count() == 4


@pytest.mark.parametrize(
    "levels",
    [
        [(1, "T12", "L1")],  # vertebra 1 is T11
        [(1, None, "L1")],
        [(4, "L2", "L3")],  # there is no vertebra 4
        [(5, None, "L2")],  # the next one is 4
        [(4, None, "L2"), (6, None, "L3")],
    ],
)
def test_an_act_on_other_levels_changes_nothing(case, people, levels):
    painted = working.blocks(case)
    with pytest.raises(Conflict) as refused:
        act(case, people.student, levels, after=painted)
    assert refused.value.code == "base_mismatch"
    assert refused.value.extra == {"expected_sequence": 1}
    assert levels_of(case) == {1: "T11", 2: "T12", 3: "L1"}
    assert not selectors.current_mask(case).any()
    assert not Stroke.objects.exists()


def test_an_act_whose_voxels_do_not_fit_writes_no_level(case, people):
    painted = working.blocks(case)
    track = selectors.get_track(case)
    body = working.stroke_between(painted, painted * 0, sequence=1, levels=[(1, "T11", "L5")])
    with pytest.raises(Conflict):
        services.record_stroke(track, by=people.student, body=body)
    assert levels_of(case)[1] == "T11"


def test_two_who_add_a_vertebra_at_once_do_not_share_its_number(case, people):
    empty = selectors.current_mask(case)
    track = selectors.get_track(case)
    first, second = (
        working.stroke_between(empty, empty, sequence=1, levels=[(4, None, level)])
        for level in ("L2", "T10")
    )
    services.record_stroke(track, by=people.student, body=first)
    with pytest.raises(Conflict) as refused:
        services.record_stroke(track, by=people.student, body=second)
    assert refused.value.extra == {"expected_sequence": 2}
    assert services.record_stroke(track, by=people.student, body=first)["duplicate"] is True
    assert levels_of(case)[4] == "L2"
    assert LevelAssignment.objects.filter(vertebra__number=4).count() == 1


def test_a_vertebra_of_an_old_proposal_gets_no_level(case, people):
    case.vertebrae.filter(number=3).update(is_retired=True)
    with pytest.raises(ContentRefused, match="number 3"):
        act(case, people.student, [(3, None, "L4")])
