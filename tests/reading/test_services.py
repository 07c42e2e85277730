import pytest

from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.reading import selectors, services
from annotation.reading.models import Protocol, Reading
from annotation.reading.statements import say_of_case
from annotation.refinement import services as refinement
from annotation.studies.services import add_vertebra
from tests import making, working
from tests.working import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(dataset, people):
    return working.make_reading_case(dataset, people)


@pytest.fixture
def reading(case, people):
    return services.open_reading(case, user=people.reader1)


def test_a_reading_begins_with_every_painted_vertebra_ungraded(case, reading):
    rows = list(selectors.findings_of(reading))
    assert [(row.level, row.grade_reader, row.touched) for row in rows] == [
        ("T11", None, False),
        ("T12", None, False),
        ("L1", None, False),
    ]
    assert reading.protocol.version == 1
    assert reading.proposal_shown is False


def test_opening_again_gives_the_same_reading(case, reading, people):
    assert services.open_reading(case, user=people.reader1).pk == reading.pk
    assert Reading.unblinded.count() == 1


@pytest.mark.parametrize("name", ["student", "manager", "stranger"])
def test_only_readers_open_readings(case, people, name):
    with pytest.raises(NotPermitted):
        services.open_reading(case, user=getattr(people, name))


def test_no_reading_opens_before_the_mask_is_approved(dataset, people):
    case = working.make_checking_case(dataset, people)
    with pytest.raises(Conflict, match="at stage checking"):
        services.open_reading(case, user=people.reader1)


def test_points_are_measured_by_the_server(reading):
    finding = services.save_finding(
        reading, number=2, said={"six_points_mm": body(heights=(15, 18, 20)), "grade_reader": 1}
    )
    assert finding.heights_mm == pytest.approx([15, 18, 20])
    assert finding.g == pytest.approx(0.75)
    assert (finding.grade_reader, finding.touched) == (1, True)


def test_a_measured_grade_follows_the_protocols_convention_and_needs_fine_voxels(dataset, people):
    fine = making.make_ct()
    affine = fine.grid.affine_lps.copy()
    affine[0, 2] = -1.5
    fine = type(fine)(fine.hu, type(fine.grid)(fine.grid.dims, affine))
    Protocol.objects.create(dataset=dataset, version=2, convention="zakharov_text")
    case = making.make_refining_case(dataset, making.make_volume(fine))
    add_vertebra(case, level="L1", origin=working.Origin.PERSON, counted_from="L5_sacrum")
    working.paint(case, people.student, working.blocks(case, 1))
    refinement.submit_mask(case, by=people.student)
    refinement.approve_mask(case, by=people.reader1)
    reading = services.open_reading(case, user=people.reader1)
    said = {"six_points_mm": body(heights=(15, 18, 20))}
    finding = services.save_finding(reading, number=1, said=said)
    assert (finding.grade_measured, finding.shape_measured) == (1, "wedge")
    assert (reading.protocol.version, finding.convention) == (2, "zakharov_text")


def test_coarse_voxels_give_heights_and_no_measured_grade(reading):
    said = {"six_points_mm": body(heights=(10, 18, 20))}
    finding = services.save_finding(reading, number=1, said=said)
    assert finding.g == pytest.approx(0.5)
    assert (finding.grade_measured, finding.shape_measured) == (None, "")


@pytest.mark.parametrize(
    "points",
    [
        [[[0, 0, 0], [0, 0, 9]], [[0, 9, 9], [0, 9, 0]], [[0, 18, 9], [0, 18, 0]]],
        body()[::-1],
        [[["x", 0, 0]] * 2] * 3,
        [[[0, 0, float("nan")]] * 2] * 3,
        [[0, 0, 0]],
    ],
    ids=["upside down", "back to front", "no numbers", "not finite", "wrong form"],
)
def test_points_that_are_no_bodys_are_refused(reading, points):
    with pytest.raises(ContentRefused, match="no body's points"):
        services.save_finding(reading, number=1, said={"six_points_mm": points})


def test_a_grade_takes_back_a_reason_and_the_other_way_round(reading):
    save = services.save_finding
    save(reading, number=1, said={"grade_reader": 2, "shape_reader": "wedge"})
    reason = save(reading, number=1, said={"not_graded_reason": "artefact"})
    assert (reason.grade_reader, reason.shape_reader) == (None, "")
    graded = save(reading, number=1, said={"grade_reader": 0})
    assert (graded.grade_reader, graded.not_graded_reason) == (0, "")
    with pytest.raises(ContentRefused, match="a grade or a reason"):
        save(reading, number=1, said={"grade_reader": 1, "not_graded_reason": "artefact"})


def test_others_normal_leaves_what_is_decided(reading):
    services.save_finding(reading, number=1, said={"grade_reader": 2})
    services.save_finding(reading, number=2, said={"not_graded_reason": "artefact"})
    services.mark_others_normal(reading, numbers=[1, 2, 3, 77])
    said = [(row.grade_reader, row.not_graded_reason) for row in selectors.findings_of(reading)]
    assert said == [(2, ""), (None, "artefact"), (0, "")]


def test_an_incomplete_reading_is_not_taken(reading):
    services.save_finding(reading, number=1, said={"grade_reader": 0})
    with pytest.raises(ContentRefused) as refused:
        services.submit_reading(reading)
    assert [problem["message"] for problem in refused.value.extra["problems"]] == [
        "T12 has no grade and no reason.",
        "L1 has no grade and no reason.",
    ]


def test_assumed_level_names_are_confirmed_before_submitting(dataset, people):
    case = working.make_reading_case(dataset, people, counted_from="assumed")
    reading = working.read(case, people.reader1, {})
    with pytest.raises(ContentRefused) as refused:
        services.submit_reading(reading)
    assert refused.value.extra["problems"][0]["code"] == "levels_assumed"
    say_of_case(reading, {"levels_confirmed": True})
    services.submit_reading(reading)
    assert reading.status == "submitted"


def test_cervical_bodies_are_not_graded_and_need_nothing(dataset, people):
    case = working.make_reading_case(dataset, people, levels=("C7", "T1", "T2"))
    reading = services.open_reading(case, user=people.reader1)
    first = selectors.findings_of(reading)[0]
    assert (first.level, first.not_graded_reason) == ("C7", "cervical")
    services.mark_others_normal(reading, numbers=[1, 2, 3])
    assert selectors.findings_of(reading)[0].grade_reader is None
    services.submit_reading(reading)


def test_a_submitted_reading_stays_as_it_is(case, people):
    reading = working.read_and_submit(case, people.reader1, {})
    with pytest.raises(Conflict, match="submitted"):
        services.save_finding(reading, number=1, said={"grade_reader": 3})
    with pytest.raises(Conflict, match="submitted"):
        services.submit_reading(reading)


def test_the_last_reading_needed_brings_the_case_on(case, people):
    working.read_and_submit(case, people.reader1, {1: {"grade_reader": 2}})
    assert case.stage == "reading"
    working.read_and_submit(case, people.reader2, {})
    assert case.stage == "consensus"
    event = case.events.get(move="close_readings")
    assert (event.by, event.role) == (None, "system")


def test_readings_survive_a_case_sent_back(case, people):
    kept = working.read_and_submit(case, people.reader1, {})
    begun = working.read(case, people.reader2, {1: {"remark": "begun"}})
    services.return_from_reading(case, by=people.reader2, reason="missing_part")
    with pytest.raises(Conflict, match="at stage refining"):
        services.save_finding(begun, number=1, said={"grade_reader": 1})
    refinement.submit_mask(case, by=people.student)
    refinement.approve_mask(case, by=people.reader1)
    assert case.stage == "reading"
    assert services.open_reading(case, user=people.reader1) == kept
    again = services.open_reading(case, user=people.reader2)
    assert again == begun
    assert selectors.findings_of(again)[0].remark == "begun"


def test_a_case_reopened_with_its_readings_in_goes_straight_to_consensus(dataset, people):
    case = working.make_consensus_case(dataset, people, {}, {})
    assert case.stage == "final"
    working.studies.advance_case(
        case, move=working.Move.REOPEN_MASK, by=people.manager, role=working.Role.MANAGER
    )
    refinement.submit_mask(case, by=people.student)
    refinement.approve_mask(case, by=people.reader1)
    case.refresh_from_db()
    assert case.stage == "consensus"
