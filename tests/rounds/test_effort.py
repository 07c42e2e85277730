import uuid

import numpy as np
import pytest
from django.utils import timezone

from annotation.activity.services import Span, record_spans
from annotation.domain.workflow import Move, Role
from annotation.preannotation import services as preannotation
from annotation.refinement import services as refinement
from annotation.refinement.selectors import current_mask
from annotation.rounds.effort import LevelChange, changes_between, describe_effort
from annotation.rounds.models import CaseEffort
from annotation.studies.services import advance_case
from tests import making, working

pytestmark = pytest.mark.django_db


def test_voxels_that_entered_or_left_a_vertebra_are_counted_for_both():
    before, after = np.zeros((2, 3, 40), np.uint8), np.zeros((2, 3, 40), np.uint8)
    before[0, 0, :10], after[0, 0, :8], after[0, 0, 8:10] = 1, 1, 2
    before[0, 1], after[0, 1] = 3, 3
    before[1, 0, :4] = 4
    before[1, 2], after[1, 2, 1:] = 5, 5
    found = {one.number: one for one in changes_between(before, after)}
    assert found == {
        1: LevelChange(1, 2, 8),
        2: LevelChange(2, 2, 2),
        3: LevelChange(3, 0, 40),
        4: LevelChange(4, 4, 0),
        5: LevelChange(5, 1, 39),
    }
    kinds = {number: one.kind for number, one in found.items()}
    assert kinds == {1: "large", 2: "large", 3: "untouched", 4: "large", 5: "small"}
    with pytest.raises(ValueError, match="one grid"):
        changes_between(before, after[:1])


@pytest.fixture
def model(dataset):
    made = making.make_model()
    preannotation.publish_model_version(dataset, made, by=None, reason="first")
    return made


def finish(case, people, minutes=0.0, erase=0):
    """Refine a case for a while, erase some voxels of its first vertebra, make it final."""
    case.refresh_from_db()
    if minutes:
        span = Span(uuid.uuid4(), case.pk, "refining", 60 * minutes, timezone.now())
        assert record_spans(people.student, [span]) == {span.id: ""}
    refinement.take_lease(case, by=people.student)
    if erase:
        after = current_mask(case).copy()
        after.reshape(-1)[np.flatnonzero(after.reshape(-1) == 1)[:erase]] = 0
        working.paint(case, people.student, after)
    refinement.submit_mask(case, by=people.student)
    refinement.approve_mask(case, by=people.reader1)
    for reader in (people.reader1, people.reader2):
        working.read_and_submit(case, reader, {})
    assert case.stage == "final"
    return case


def proposed(dataset):
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    preannotation.store_preannotation(case.preannotations.get(), making.make_proposal(case.volume))
    return case


def test_effort_is_kept_when_a_case_becomes_final_and_grouped_by_model(dataset, people, model):
    for minutes, erase in ((2.0, 0), (6.0, 3), (4.0, 60), (0.0, 0)):
        finish(proposed(dataset), people, minutes, erase)
    effort = describe_effort(dataset)
    (group,) = effort["groups"]
    assert (group["model"], group["round"], group["n_cases"], group["n_timed"]) == (
        "m1",
        None,
        4,
        3,
    )
    assert group["minutes"] == {"low": 3.0, "median": 4.0, "high": 5.0}
    assert group["n_levels"] == 12
    assert group["changes"] == pytest.approx(
        {"untouched": 10 / 12, "small": 1 / 12, "large": 1 / 12}
    )
    kept = CaseEffort.objects.order_by("case__number")[1]
    assert kept.levels[0]["level"] == "T11"
    assert (kept.levels[0]["changed"], kept.levels[0]["kind"]) == (3, "small")


def test_what_is_unknown_says_why(dataset, people):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    finish(case, people)
    (group,) = describe_effort(dataset)["groups"]
    assert (group["model"], group["minutes"], group["changes"]) == (None, None, None)
    assert "No active time" in group["why_no_minutes"]
    assert "No model" in group["why_no_changes"]


def test_a_case_that_is_final_no_more_is_left_out_and_one_never_measured_is_counted(
    dataset, people, model, sign_in
):
    first, second = (finish(proposed(dataset), people, 2.0) for _ in range(2))
    advance_case(first, move=Move.REOPEN_MASK, by=people.manager, role=Role.MANAGER)
    CaseEffort.objects.filter(case=second).delete()
    said = sign_in(people.student).get("/api/datasets/set/effort/").json()
    assert said == {"small_change": 0.05, "n_unmeasured": 1, "groups": []}
    assert sign_in(people.stranger).get("/api/datasets/set/effort/").status_code == 404
