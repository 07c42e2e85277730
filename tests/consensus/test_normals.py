"""Normal vertebrae of final cases, and who may see what is made of them."""

import numpy as np
import pytest

from annotation.consensus.models import NormalBody
from annotation.consensus.normals import normal_levels
from annotation.domain.workflow import Move, Role
from annotation.studies.models import Case, Image
from annotation.studies.services import advance_case
from tests import making, working

pytestmark = pytest.mark.django_db


@pytest.fixture
def fine(monkeypatch, settings):
    settings.GRADE_SPACING_LIMIT_MM = 5.0


def said(heights, place=0, **fields):
    return {"six_points_mm": working.body((-3.5, -11.0, 95.0 - place), heights), **fields}


def make_final(dataset, people, a, b) -> Case:
    case = working.make_consensus_case(dataset, people, a, b)
    case.refresh_from_db()
    assert case.stage == "final"
    return case


def test_only_what_every_reader_calls_normal_is_kept_with_the_mean_of_their_heights(
    dataset, people, fine
):
    spoilt = {"deformity": ["schmorl"], "grade_reader": 0}
    a = {1: said((6.0, 6.0, 6.0)), 2: said((6.0, 6.0, 6.0), 10, **spoilt)}
    b = {1: said((6.2, 6.0, 6.4)), 2: said((6.0, 6.0, 6.0), 10, **spoilt)}
    case = make_final(dataset, people, a, b)
    kept = NormalBody.objects.get()
    assert (kept.case, kept.level) == (case, "T11")
    assert kept.heights_mm == pytest.approx([6.1, 6.0, 6.2])
    assert {row.level: row.n for row in normal_levels()}["T11"] == 1


def test_coarse_images_tell_nothing(dataset, people):
    a = {1: said((6.0, 6.0, 6.0))}
    case = make_final(dataset, people, a, a)
    assert np.linalg.norm(np.array(Image.objects.get(pk=case.image_id).affine_lps)[:3, 2]) == 3
    assert not NormalBody.objects.exists()


def test_a_case_that_is_opened_again_no_longer_counts(dataset, people, fine):
    a = {1: said((6.0, 6.0, 6.0))}
    case = make_final(dataset, people, a, a)
    assert sum(row.n for row in normal_levels()) == 1
    advance_case(case, move=Move.REOPEN, by=people.reader1, role=Role.READER)
    assert sum(row.n for row in normal_levels()) == 0


def test_the_table_is_for_readers_and_managers_and_empty_at_first(dataset, people, sign_in):
    address = f"/api/datasets/{dataset.slug}/normals/"
    for person in (people.reader1, people.manager):
        answer = sign_in(person).get(address)
        assert answer.status_code == 200
        assert answer.json()["minimum_n"] == 30
        assert {row["ratios"] for row in answer.json()["levels"]} == {None}
    assert sign_in(people.student).get(address).status_code == 403
    assert sign_in(people.stranger).get(address).status_code == 404


def test_thirty_of_a_level_switch_it_on(dataset, people, sign_in, fine):
    case = working.make_reading_case(dataset, people)
    vertebra = case.vertebrae.first()
    other = [making.make_case(dataset) for _ in range(30)]
    Case.objects.filter(pk__in=[one.pk for one in other]).update(stage="final")
    for one in other:
        NormalBody.objects.create(
            case=one, vertebra=vertebra, level="L1", heights_mm=[27.0, 25.0, 28.0]
        )
    answer = sign_in(people.reader1).get(f"/api/datasets/{dataset.slug}/normals/").json()
    row = next(row for row in answer["levels"] if row["level"] == "L1")
    assert (row["n"], row["n_used"], row["pooled"]) == (30, 30, ["L1"])
    assert row["ratios"] == pytest.approx([27 / 28, 25 / 28])
