"""Verbs of the test: ask for it, begin it, judge what is handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from annotation.bridge.runs import decode_runs
from annotation.consensus.selectors import settled_findings
from annotation.domain.qualification import (
    JudgedMask,
    JudgedVertebra,
    grades_together,
    judge_mask,
    masks_together,
)
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Move, Role, Stage
from annotation.qualification import selectors
from annotation.qualification.models import Attempt, Demand, TestCase
from annotation.reading.models import Protocol
from annotation.reading.selectors import findings_of, protocol_of, submitted_readings
from annotation.refinement.models import MaskRevision
from annotation.refinement.selectors import (
    bytes_of,
    current_mask,
    get_track,
    newest_revision,
    starting_revision,
)
from annotation.refinement.services import start_main_track
from annotation.studies.models import (
    Case,
    Dataset,
    LevelAssignment,
    Membership,
    Origin,
    User,
    Vertebra,
)
from annotation.studies.selectors import assignments_of, levels_of, require_role, roles_in
from annotation.studies.services import add_vertebra, advance_case, create_case

_LIMITS: Final = ("dice", "dice_least", "level_errors", "kappa")
SETTINGS: Final = ("of_students", "of_readers", *_LIMITS, "attempts")


@transaction.atomic
def ask_for_test(
    dataset: Dataset, *, by: User, truth: Dataset | None, limits: Mapping[str, Any]
) -> Demand | None:
    """Set or take back what a dataset asks for before real cases; who has passed has passed.

    Args:
        dataset: whose cases wait.
        by: manager of both datasets.
        truth: dataset of final cases; None asks for nothing any more.
        limits: fields of `Demand` to set.

    Raises:
        NotPermitted: if the person does not manage both.
        ContentRefused: if the truth holds no final CT case, is the dataset itself, or lies on
            images that the dataset works on; or if nobody would have to pass.
    """
    require_role(by, dataset, Role.MANAGER)
    if truth is None:
        Demand.objects.filter(dataset=dataset).delete()
        return None
    require_role(by, truth, Role.MANAGER)
    if truth.pk == dataset.pk:
        raise ContentRefused("The test lies in a data set of its own.", code="same_dataset")
    if not limits.get("of_students", True) and not limits.get("of_readers", True):
        raise ContentRefused("Say who has to pass: students, readers or both.", code="nobody")
    said = {**limits, "truth": truth, "changed_by": by, "changed_at": timezone.now()}
    demand, _ = Demand.objects.update_or_create(dataset=dataset, defaults=said)
    known = selectors.truth_cases(demand)
    if not known:
        raise ContentRefused("That data set holds no final CT case.", code="no_truth")
    _refuse_own_cases(dataset, known)
    return demand


def _refuse_own_cases(dataset: Dataset, known: Sequence[Case]) -> None:
    """Refuse a test on images that the dataset works on itself: they are no secret there."""
    own = dataset.cases.filter(image__in=[case.image_id for case in known])
    if codes := [case.code for case in own.order_by("number")]:
        raise ContentRefused(
            f"This data set works on images of the test itself: {', '.join(codes[:5])}.",
            code="own_cases",
        )


@transaction.atomic
def begin_attempt(dataset: Dataset, *, user: User, role: Role) -> Attempt:
    """Return the person's open attempt, beginning one with copies of the test cases if none is.

    Raises:
        NotPermitted: if the person has not the role, or is a member where the truth lies.
        Conflict: if nothing is asked for, it is passed already, or no attempt is left.
    """
    if role not in roles_in(user, dataset):
        raise NotPermitted(f"You are no {role.value} of this data set.")
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    demand = selectors.demand_of(dataset)
    if demand is None or not selectors.is_demanded(demand, role):
        raise Conflict("No test is asked for here.", code="no_demand")
    if demand.truth.memberships.filter(user=user).exists():
        raise NotPermitted(
            f"You are a member of {demand.truth.name}, where the truth of this test lies.",
            code="knows_truth",
        )
    attempts = selectors.attempts_of(dataset, user, role)
    running = next((one for one in attempts if one.passed is None), None)
    if running is not None:
        return running
    if any(one.passed for one in attempts):
        raise Conflict("You have passed this test.", code="passed")
    if len(attempts) >= demand.attempts:
        raise Conflict("No attempt is left; ask the data manager.", code="no_attempt_left")
    number = len(attempts) + 1
    attempt = Attempt.objects.create(
        dataset=dataset,
        person=user,
        role=role.value,
        number=number,
        house=_make_house(dataset, demand, user, role, number),
    )
    for truth in selectors.truth_cases(demand):
        _copy_case(attempt, truth)
    return attempt


def _make_house(dataset: Dataset, demand: Demand, user: User, role: Role, number: int) -> Dataset:
    house = Dataset.objects.create(
        slug=f"{dataset.slug[:24]}-test-{user.pk}-{role.value}-{number}",
        name=f"Test of {dataset.name}"[:120],
        code_prefix="TEST",
        working_grid=demand.truth.working_grid,
        level_scheme=dataset.level_scheme,
        time_zone=dataset.time_zone,
        preannotates=False,
    )
    Membership.objects.create(user=user, dataset=house, role=role.value)
    return house


def _copy_case(attempt: Attempt, truth: Case) -> None:
    """Give an attempt a case on the same image: for students as it began, for readers approved."""
    case = create_case(attempt.house, volume=truth.volume, title=truth.title)
    is_student = attempt.role == Role.STUDENT.value
    mask = _first_mask(truth) if is_student else _final_mask(truth)
    named = _first_names(truth) if is_student else assignments_of(truth)
    numbers: dict[int, int] = {}
    for vertebra in Vertebra.objects.filter(case=truth).order_by("number"):
        if (name := named.get(vertebra.number)) and (mask == vertebra.number).any():
            copy = add_vertebra(
                case, level=name.level, origin=Origin.IMPORT, counted_from=name.counted_from
            )
            numbers[vertebra.number] = copy.number
    lookup = np.zeros(256, np.uint8)
    lookup[list(numbers)] = list(numbers.values())
    start_main_track(case, mask=lookup[mask], author_kind=MaskRevision.AuthorKind.IMPORT)
    back = {str(copy): number for number, copy in numbers.items()}
    TestCase.objects.create(attempt=attempt, case=case, truth=truth, numbers=back)
    advance_case(case, move=Move.OFFER, by=None, role=Role.SYSTEM)
    if not is_student:
        _open_for_reading(case, truth)


def _first_mask(truth: Case) -> NDArray[np.uint8]:
    return decode_runs(bytes_of(starting_revision(get_track(truth))))


def _final_mask(truth: Case) -> NDArray[np.uint8]:
    revision = newest_revision(truth)
    if revision is None:
        raise Conflict("A case of the test has no mask.", code="no_mask")
    return decode_runs(bytes_of(revision))


def _first_names(truth: Case) -> dict[int, LevelAssignment]:
    """Return the names that the vertebrae had before a person looked at them."""
    rows = LevelAssignment.objects.filter(vertebra__case=truth).exclude(level="")
    newest_first = rows.select_related("vertebra").order_by("-id")
    return {row.vertebra.number: row for row in newest_first}


def _open_for_reading(case: Case, truth: Case) -> None:
    like = protocol_of(truth) or Protocol()
    Protocol.objects.get_or_create(
        dataset=case.dataset,
        version=1,
        defaults={
            "convention": like.convention,
            "grades_cervical": like.grades_cervical,
            "readers_per_case": 1,
            "proposal_exposure": Protocol.Exposure.HIDDEN,
        },
    )
    advance_case(case, move=Move.SUBMIT_MASK, by=None, role=Role.STUDENT)
    advance_case(case, move=Move.APPROVE_MASK, by=None, role=Role.READER)


def judge_case(case: Case) -> None:
    """Judge a case of a test that is handed in; with the last one the attempt is decided."""
    tested = (
        TestCase.objects.filter(case=case, result__isnull=True).select_related("attempt").first()
    )
    if tested is None:
        return
    is_student = tested.attempt.role == Role.STUDENT.value
    if is_student != (case.stage == Stage.CHECKING.value):
        return
    tested.result = _judge_student(tested) if is_student else _judge_reader(tested)
    tested.save(update_fields=["result"])
    _decide(tested.attempt)


def _judge_student(tested: TestCase) -> dict[str, Any]:
    truth = tested.truth
    judged = judge_mask(
        current_mask(tested.case), levels_of(tested.case), _final_mask(truth), levels_of(truth)
    )
    return asdict(judged)


def _judge_reader(tested: TestCase) -> dict[str, Any]:
    said = {
        tested.numbers.get(str(finding.vertebra.number)): finding.grade_reader
        for reading in submitted_readings(tested.case)
        for finding in findings_of(reading)
    }
    settled = settled_findings(tested.truth)
    rows = [
        {"level": finding.level, "true": finding.grade_reader, "said": said.get(number)}
        for number, finding in sorted(settled.items())
        if finding.grade_reader is not None
    ]
    return {"vertebrae": rows}


def _decide(attempt: Attempt) -> None:
    cases = list(attempt.cases.all())
    if any(one.result is None for one in cases):
        return
    demand = selectors.demand_of(attempt.dataset) or Demand()
    if attempt.role == Role.STUDENT.value:
        found, passed = _masks(cases, demand)
    else:
        found, passed = _grades(cases, demand)
    limits = {name: getattr(demand, name) for name in _LIMITS}
    attempt.result = {**found, "limits": limits}
    attempt.passed, attempt.finished_at = passed, timezone.now()
    attempt.save(update_fields=["result", "passed", "finished_at"])


def _masks(cases: list[TestCase], demand: Demand) -> tuple[dict[str, Any], bool]:
    results = [one.result or {} for one in cases]
    judged = [
        JudgedMask(tuple(JudgedVertebra(**row) for row in one["vertebrae"]), one["n_extra"])
        for one in results
    ]
    found = masks_together(judged)
    passed = (
        found.dice is not None
        and found.dice_least is not None
        and found.dice >= demand.dice
        and found.dice_least >= demand.dice_least
        and found.level_errors <= demand.level_errors
    )
    return asdict(found), passed


def _grades(cases: list[TestCase], demand: Demand) -> tuple[dict[str, Any], bool]:
    found = grades_together(
        (row["true"], row["said"]) for one in cases for row in (one.result or {})["vertebrae"]
    )
    return asdict(found), found.reaches(demand.kappa)
