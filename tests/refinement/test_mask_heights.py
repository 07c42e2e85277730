"""Heights in a mask are measured once per revision, by a worker."""

import pytest

from annotation.refinement.heights import begin_mask_heights, heights_of
from annotation.refinement.models import MaskHeights
from annotation.refinement.tasks import measure_mask
from annotation.work.models import Job
from tests import working

pytestmark = pytest.mark.django_db


def run(case) -> None:
    row = MaskHeights.objects.get(revision__track__case=case)
    measure_mask(str(row.job_id))


def test_a_case_that_comes_to_reading_is_measured_once(dataset, people, sign_in):
    case = working.make_reading_case(dataset, people)
    address = f"/api/cases/{case.pk}/mask_heights/"
    assert sign_in(people.reader1).get(address).json() == {"is_measured": False, "bodies": []}
    run(case)
    begin_mask_heights(case)
    run(case)
    assert Job.objects.filter(kind=Job.Kind.HEIGHTS).count() == 1
    assert MaskHeights.objects.get().job.state == Job.State.DONE
    bodies = sign_in(people.reader1).get(address).json()["bodies"]
    assert [body["number"] for body in bodies] == [1, 2, 3]
    assert bodies[0]["heights_mm"] == pytest.approx([7.0, 7.0, 7.0], abs=0.3)
    assert sign_in(people.stranger).get(address).status_code == 404


def test_a_case_without_a_mask_has_no_heights(dataset, people):
    case = working.making.make_case(dataset)
    begin_mask_heights(case)
    assert heights_of(case) is None
    assert not Job.objects.filter(kind=Job.Kind.HEIGHTS).exists()
