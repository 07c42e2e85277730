"""Readers paint masks of their own: blind, from one frozen mask, kept act by act."""

import numpy as np
import pytest
from django.test import Client

from annotation.agreement.masks import mask_pairs
from annotation.bridge.runs import decode_runs, encode_runs
from annotation.domain.refusals import Conflict, ContentRefused, NotVisible
from annotation.reading import services
from annotation.reading.models import Assignment, Protocol, Reading
from annotation.reading.own_masks import own_mask
from annotation.refinement import selectors
from annotation.refinement.independent import handed_in
from annotation.refinement.models import MaskTrack
from annotation.refinement.replay import current_state
from annotation.studies.models import Case
from tests import making, working
from tests.blinding import client_of

pytestmark = pytest.mark.django_db
FRACTURE = {1: {"grade_reader": 2, "shape_reader": "wedge"}}
BYTES = "application/octet-stream"


@pytest.fixture
def case(dataset, people) -> Case:
    Protocol.objects.create(dataset=dataset, version=1, independent_masks=2)
    return working.make_reading_case(dataset, people)


def paint_own(reading: Reading, after: np.ndarray, **fields):
    """Send the difference to the own mask as one stroke."""
    state = current_state(own_mask(reading))
    body = working.stroke_between(
        state.mask,
        after,
        sequence=state.last_sequence + 1,
        base=state.revision.number,
        **fields,
    )
    place = f"/api/readings/{reading.pk}/strokes/"
    return client_of(reading.reader).post(place, body, content_type=BYTES)


def without(case: Case, number: int) -> np.ndarray:
    mask = working.blocks(case)
    mask[mask == number] = 0
    return mask


def mask_of(client: Client, reading: Reading, tail: str = "mask/") -> np.ndarray:
    return decode_runs(client.get(f"/api/readings/{reading.pk}/{tail}").content)


def test_each_reader_paints_a_mask_of_their_own_and_the_main_one_stays(case, people):
    first = working.read(case, people.reader1, {})
    second = working.read(case, people.reader2, {})
    main = selectors.newest_revision(case)
    begun = own_mask(first).revisions.get()
    assert (begun.map_sha256, begun.cause, begun.number) == (main.map_sha256, "start", 0)
    answer = paint_own(first, without(case, 2))
    assert answer.json() == {"acknowledged": 1, "revision": 0, "duplicate": False}
    client = client_of(people.reader1)
    assert (mask_of(client, first) == without(case, 2)).all()
    assert (mask_of(client, first, "acts/0/mask/") == working.blocks(case)).all()
    assert [row["sequence"] for row in client.get(f"/api/readings/{first.pk}/acts/").json()] == [1]
    assert client.get(f"/api/readings/{first.pk}/acts/1/").status_code == 200
    assert (current_state(own_mask(second)).mask == working.blocks(case)).all()
    assert (selectors.current_mask(case) == working.blocks(case)).all()


def test_what_the_protocol_says_is_drawn_once_for_each_assignment(dataset, people):
    third = making.make_user("reader3", dataset, making.Role.READER)
    Protocol.objects.create(
        dataset=dataset, version=1, readers_per_case=3, independent_masks=2, masks_begin="empty"
    )
    case = working.make_reading_case(dataset, people)
    readings = [working.read(case, one, {}) for one in (people.reader1, people.reader2, third)]
    assert [row.paints for row in readings] == [True, True, False]
    assert Assignment.objects.filter(case=case, paints=True).count() == 2
    assert not current_state(own_mask(readings[0])).mask.any()
    with pytest.raises(NotVisible):
        own_mask(readings[2])
    with pytest.raises(ContentRefused) as refused:
        services.submit_reading(readings[0])
    assert refused.value.extra["problems"][0]["code"] == "mask_empty"


def test_a_mask_is_handed_in_with_its_reading_and_stays(case, people):
    reading = working.read(case, people.reader1, {})
    paint_own(reading, without(case, 3))
    assert handed_in(Case.objects.all()) == {}
    services.submit_reading(reading)
    kept = handed_in(Case.objects.all())[case.pk][people.reader1.pk]
    assert (kept.cause, kept.last_sequence, kept.author) == ("submit", 1, people.reader1)
    assert (decode_runs(selectors.bytes_of(kept)) == without(case, 3)).all()
    assert paint_own(reading, working.blocks(case)).json()["code"] == "not_holder"
    working.read_and_submit(case, people.reader2, FRACTURE)
    assert case.stage == "consensus"
    with pytest.raises(Conflict):
        services.require_open(reading)


def test_levels_are_not_named_on_an_own_mask(case, people):
    reading = working.read(case, people.reader1, {})
    refused = paint_own(reading, without(case, 3), levels=[(3, "L1", "L2")])
    assert (refused.status_code, refused.json()["code"]) == (422, "levels_stay")
    assert not own_mask(reading).strokes.exists()


def test_a_mask_checked_anew_is_begun_anew_and_nothing_is_lost(case, people):
    reading = working.read(case, people.reader1, {})
    paint_own(reading, without(case, 3))
    other = working.read_and_submit(case, people.reader2, {})
    services.return_from_reading(case, by=people.reader1, reason="leak")
    case.refresh_from_db()
    better = working.blocks(case)
    better[3] = 0
    working.paint(case, people.student, better)
    working.services.submit_mask(case, by=people.student)
    working.services.approve_mask(case, by=people.reader1)
    again = services.open_reading(case, user=people.reader1)
    track = own_mask(again)
    assert (current_state(track).mask == better).all()
    kept = track.revisions.get(cause="hand_over")
    assert (decode_runs(selectors.bytes_of(kept)) == without(case, 3)).all()
    paint_own(again, without(case, 1))
    assert (current_state(track).mask == without(case, 1)).all()
    services.submit_reading(again)
    assert list(handed_in(Case.objects.all())[case.pk]) == [people.reader1.pk]
    assert own_mask(other).revisions.filter(cause="submit").exists()


def test_a_version_of_another_browser_is_its_authors_alone(case, people):
    reading = working.read(case, people.reader1, {})
    client, place = client_of(people.reader1), f"/api/readings/{reading.pk}"
    kept = client.post(
        f"{place}/versions/?base=0", encode_runs(without(case, 1)), content_type=BYTES
    ).json()
    listed = client.get(f"{place}/revisions/").json()
    assert [row["track"] for row in listed] == ["independent", "own_version"]
    assert (mask_of(client, reading, f"versions/{kept['id']}/") == without(case, 1)).all()
    for user in (people.student, people.reader1, people.reader2):
        seen = client_of(user).get(f"/api/cases/{case.pk}/revisions/").json()
        assert {row["track"] for row in seen} == {"main"}
        lost = client_of(user).get(f"/api/cases/{case.pk}/versions/{kept['id']}/")
        assert lost.status_code == 404


def test_the_agreement_finds_the_masks_once_the_readings_are_closed(
    case, dataset, people, django_assert_num_queries
):
    first = working.read(case, people.reader1, {})
    paint_own(first, without(case, 3))
    services.submit_reading(first)
    assert mask_pairs(case.dataset) == []
    working.read_and_submit(case, people.reader2, FRACTURE)
    with django_assert_num_queries(3):
        (pair,) = [
            one for one in mask_pairs(dataset) if one.names == ("independent", "independent")
        ]
    tracks = MaskTrack.objects.filter(case=case, kind="independent")
    assert {pair.first.track_id, pair.second.track_id} == set(tracks.values_list("pk", flat=True))
