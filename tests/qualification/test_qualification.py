"""Real cases wait until the test is passed; the truth stays out of sight."""

import numpy as np
import pytest

from annotation.consensus.models import NormalBody
from annotation.consensus.normals import keep_normal_bodies
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Role
from annotation.qualification import services
from annotation.qualification.models import Attempt, TestCase
from annotation.qualification.selectors import standing_of
from annotation.reading import services as readings
from annotation.reading.allotting import loads_of
from annotation.refinement import services as refinement
from annotation.refinement.selectors import current_mask
from annotation.studies.models import Case, Image, Membership, Origin
from annotation.studies.selectors import levels_of
from tests import making, working
from tests.working import body

pytestmark = pytest.mark.django_db

SMALL = {"six_points_mm": body((-3.5, -11.0, 95.0), (6.0, 6.0, 6.0))}
TRUTH = {1: {"grade_reader": 2, "shape_reader": "wedge", **SMALL}}
LIMITS = {"dice": 0.9, "dice_least": 0.8, "level_errors": 0, "kappa": 0.6, "attempts": 2}


@pytest.fixture
def truth(people):
    """A dataset with one final case: three vertebrae, the first one fractured."""
    known = making.make_dataset("known")
    for name, role in (
        ("student", "student"),
        ("reader1", "reader"),
        ("reader2", "reader"),
        ("manager", "manager"),
    ):
        Membership.objects.create(user=getattr(people, name), dataset=known, role=role)
    case = working.make_consensus_case(known, people, TRUTH, TRUTH)
    assert case.stage == "final"
    Membership.objects.filter(dataset=known).exclude(role="manager").delete()
    return known


@pytest.fixture
def demand(dataset, people, truth):
    return services.ask_for_test(dataset, by=people.manager, truth=truth, limits=LIMITS)


def test_case(attempt: Attempt):
    return attempt.cases.get().case


test_case.__test__ = False


def paint_and_submit(attempt: Attempt, mask: np.ndarray) -> None:
    case = test_case(attempt)
    working.paint(case, attempt.person, mask)
    refinement.submit_mask(case, by=attempt.person)


def test_a_student_passes_by_the_truth_and_then_gets_real_cases(dataset, people, demand):
    real = working.make_named_case(dataset)
    with pytest.raises(NotPermitted, match="pass its test first") as refusal:
        refinement.take_lease(real, by=people.student)
    assert refusal.value.code == "not_qualified"
    assert refusal.value.extra["page"] == f"/d/{dataset.slug}/qualification"
    attempt = services.begin_attempt(dataset, user=people.student, role=Role.STUDENT)
    case = test_case(attempt)
    assert (case.stage, list(levels_of(case).values())) == ("refining", [])
    for level in ("T11", "T12", "L1"):
        working.studies.add_vertebra(
            case, level=level, origin=Origin.PERSON, counted_from="L5_sacrum"
        )
    paint_and_submit(attempt, working.blocks(case))
    attempt.refresh_from_db()
    assert attempt.passed is True
    assert attempt.result["dice"] == 1
    assert attempt.result["level_errors"] == 0
    assert attempt.result["limits"]["dice"] == 0.9
    refinement.take_lease(real, by=people.student)


def test_wrong_names_fail_and_the_last_attempt_is_the_last(dataset, people, demand):
    for number in (1, 2):
        attempt = services.begin_attempt(dataset, user=people.student, role=Role.STUDENT)
        assert attempt.number == number
        case = test_case(attempt)
        for level in ("T10", "T11", "T12"):
            working.studies.add_vertebra(
                case, level=level, origin=Origin.PERSON, counted_from="L5_sacrum"
            )
        paint_and_submit(attempt, working.blocks(case))
        attempt.refresh_from_db()
        assert (attempt.passed, attempt.result["level_errors"]) == (False, 3)
    standing = standing_of(dataset, people.student, Role.STUDENT)
    assert (standing["standing"], standing["attempts_left"]) == ("exhausted", 0)
    with pytest.raises(Conflict, match="No attempt is left"):
        services.begin_attempt(dataset, user=people.student, role=Role.STUDENT)


@pytest.mark.parametrize(("grade", "passes"), [(2, True), (0, False)])
def test_a_reader_passes_by_kappa(dataset, people, demand, grade, passes):
    real = working.make_named_case(dataset)
    attempt = services.begin_attempt(dataset, user=people.reader1, role=Role.READER)
    case = test_case(attempt)
    assert (case.stage, list(levels_of(case).values())) == ("reading", ["T11", "T12", "L1"])
    assert (current_mask(case) == working.blocks(case)).all()
    shape = {"shape_reader": "wedge"} if grade else {}
    working.read_and_submit(case, people.reader1, {1: {"grade_reader": grade, **shape}})
    attempt.refresh_from_db()
    assert attempt.passed is passes
    assert attempt.result["n_vertebrae"] == 3
    assert attempt.result["kappa"] == (1 if passes else 0)
    assert (people.reader1.pk in loads_of(dataset)) is passes
    assert people.reader2.pk not in loads_of(dataset)
    working.studies.advance_case(real, move=working.Move.EXCLUDE, by=None, role=Role.MANAGER)


def test_a_reading_is_not_opened_before_the_test_is_passed(dataset, people, truth):
    real = working.make_reading_case(dataset, people)
    services.ask_for_test(dataset, by=people.manager, truth=truth, limits=LIMITS)
    with pytest.raises(NotPermitted, match="every reader"):
        readings.open_reading(real, user=people.reader2)
    services.ask_for_test(dataset, by=people.manager, truth=None, limits={})
    assert readings.open_reading(real, user=people.reader2).status == "open"


def test_the_worklist_offers_nothing_and_says_where_the_test_is(dataset, people, truth, sign_in):
    working.make_named_case(dataset)
    place = f"/api/datasets/{dataset.slug}"
    assert sign_in(people.student).get(f"{place}/worklist/").json()["next"] is not None
    services.ask_for_test(dataset, by=people.manager, truth=truth, limits=LIMITS)
    for address in ("worklist", "next"):
        assert sign_in(people.student).get(f"{place}/{address}/").json()["next"] is None
    found = sign_in(people.student).get(f"{place}/qualification/").json()
    assert found["mine"][0]["standing"] == "to_do"
    assert (found["demand"]["truth"], found["people"]) == (None, [])
    begun = sign_in(people.student).post(f"{place}/qualification/attempts/", {"role": "student"})
    assert begun.status_code == 200
    house = begun.json()["attempts"][0]["house"]
    row = sign_in(people.student).get(f"/api/datasets/{house}/worklist/").json()["next"]
    assert row["work"] == "refine"
    assert sign_in(people.reader1).get(f"/api/datasets/{house}/worklist/").status_code == 404
    again = sign_in(people.student).post(f"{place}/qualification/attempts/", {"role": "student"})
    assert len(again.json()["attempts"]) == 1


def test_a_test_teaches_nothing_of_what_is_normal(dataset, people, demand):
    Image.objects.update(affine_lps=np.diag([1.0, 1.0, 1.5, 1.0]).tolist())
    attempt = services.begin_attempt(dataset, user=people.reader1, role=Role.READER)
    case = test_case(attempt)
    said = {number: {"grade_reader": 0, **SMALL} for number in (1, 2, 3)}
    working.read_and_submit(case, people.reader1, said)
    assert case.stage == "final"
    assert not NormalBody.objects.filter(case=case).exists()
    keep_normal_bodies(case)
    assert NormalBody.objects.filter(case=case).count() == 3


def test_the_truth_of_a_test_is_nobodys_to_see_who_takes_it(dataset, people, demand, sign_in):
    services.begin_attempt(dataset, user=people.reader1, role=Role.READER)
    known = TestCase.objects.get().truth
    for address in (f"cases/{known.pk}/", "datasets/known/", f"cases/{known.pk}/consensus/"):
        assert sign_in(people.reader1).get(f"/api/{address}").status_code == 404


def test_managers_of_both_set_the_test_and_see_where_all_stand(dataset, people, truth, sign_in):
    place = f"/api/datasets/{dataset.slug}/qualification/"
    said = {"truth": "known", "of_students": True, "of_readers": False, **LIMITS}

    def put(user, **changes):
        return sign_in(user).put(place, {**said, **changes}, content_type="application/json")

    assert put(people.reader1).status_code == 404
    Membership.objects.create(user=people.reader1, dataset=truth, role="reader")
    assert put(people.reader1).status_code == 403
    assert put(people.manager, truth=dataset.slug).status_code == 422
    assert put(people.manager, truth="nothing").status_code == 404
    assert put(people.manager, dice=1.2).status_code == 400
    assert put(people.manager, of_students=False).json()["code"] == "nobody"
    own = truth.cases.get()
    copy = making.make_case(dataset, own.volume)
    refused = put(people.manager)
    assert (refused.status_code, refused.json()["code"]) == (422, "own_cases")
    assert copy.code in refused.json()["detail"]
    Case.objects.filter(pk=copy.pk).delete()
    found = put(people.manager).json()
    assert found["demand"]["truth"] == "known"
    assert [(one["role"], one["standing"]) for one in found["people"]] == [("student", "to_do")]
    assert sign_in(people.stranger).get(place).status_code == 404
    assert put(people.manager, truth=None).json()["demand"] is None


def test_an_empty_dataset_is_no_truth(dataset, people):
    empty = making.make_dataset("empty")
    Membership.objects.create(user=people.manager, dataset=empty, role="manager")
    with pytest.raises(ContentRefused, match="no final CT case"):
        services.ask_for_test(dataset, by=people.manager, truth=empty, limits=LIMITS)


def test_who_is_a_member_where_the_truth_lies_cannot_take_the_test(dataset, people, truth, demand):
    Membership.objects.create(user=people.reader1, dataset=truth, role="student")
    with pytest.raises(NotPermitted, match="where the truth of this test lies"):
        services.begin_attempt(dataset, user=people.reader1, role=Role.READER)
    assert not Attempt.objects.exists()


def test_who_has_another_role_or_has_passed_begins_nothing(dataset, people, demand):
    with pytest.raises(NotPermitted):
        services.begin_attempt(dataset, user=people.student, role=Role.READER)
    attempt = services.begin_attempt(dataset, user=people.student, role=Role.STUDENT)
    Attempt.objects.filter(pk=attempt.pk).update(passed=True)
    with pytest.raises(Conflict, match="passed"):
        services.begin_attempt(dataset, user=people.student, role=Role.STUDENT)
