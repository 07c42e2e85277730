import uuid

import numpy as np
import pytest

from annotation.bridge.strokes import Tool
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.refinement import replay, selectors, services
from annotation.refinement.models import Stroke
from annotation.studies.volumes import grid_of
from tests import working

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(dataset, people):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    return case


@pytest.fixture
def track(case):
    return selectors.get_track(case)


def send(track, user, before, after, sequence, **options):
    body = working.stroke_between(before, after, sequence=sequence, **options)
    return services.record_stroke(track, by=user, body=body)


def random_walk(case, n, seed=3):
    """Return n + 1 masks, each a box away from the one before."""
    rng = np.random.default_rng(seed)
    masks = [np.zeros(grid_of(case.volume).shape, np.uint8)]
    for _ in range(n):
        after = masks[-1].copy()
        low = [rng.integers(0, size - 2) for size in after.shape]
        box = tuple(slice(a, a + int(rng.integers(1, 6))) for a in low)
        after[box] = rng.choice([number for number in (0, 1, 2, 3) if number != after[box].flat[0]])
        masks.append(after)
    return masks


@pytest.mark.parametrize("forget", [False, True], ids=["kept in memory", "from the database"])
def test_strokes_replayed_are_the_mask_that_was_painted(
    case, track, people, forget, settings, django_capture_on_commit_callbacks
):
    settings.STROKES_PER_REVISION = 7
    masks = random_walk(case, 20)
    base = 0
    for sequence in range(1, 21):
        with django_capture_on_commit_callbacks(execute=True):
            answer = send(
                track, people.student, masks[sequence - 1], masks[sequence], sequence, base=base
            )
        base = answer["revision"]
        if forget:
            replay._kept.clear()
        assert (selectors.current_mask(case) == masks[sequence]).all()
    assert [row.last_sequence for row in track.revisions.all()] == [0, 7, 14]
    state = replay.current_state(track)
    assert replay.map_sha256(state.mask) == replay.map_sha256(masks[-1])


def test_every_revision_stays_as_it_was(case, track, people, settings):
    settings.STROKES_PER_REVISION = 1
    masks = random_walk(case, 3)
    for sequence in (1, 2, 3):
        send(track, people.student, masks[sequence - 1], masks[sequence], sequence)
    for number, mask in enumerate(masks):
        revision = selectors.get_revision(track, number)
        assert revision.map_sha256 == replay.map_sha256(mask)


def test_the_same_stroke_twice_is_acknowledged_and_has_no_effect(case, track, people):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    body = working.stroke_between(empty, painted, sequence=1)
    first = services.record_stroke(track, by=people.student, body=body)
    again = services.record_stroke(track, by=people.student, body=body)
    assert first == {"acknowledged": 1, "revision": 0, "duplicate": False}
    assert again == {"acknowledged": 1, "revision": 0, "duplicate": True}
    assert track.strokes.count() == 1


def test_another_stroke_under_a_used_id_is_refused(case, track, people):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    used = uuid.uuid4()
    send(track, people.student, empty, painted, 1, stroke_id=used)
    with pytest.raises(ContentRefused, match="Another stroke"):
        send(track, people.student, painted, empty, 2, stroke_id=used)


@pytest.mark.parametrize("sequence", [1, 3])
def test_a_stroke_out_of_turn_is_told_which_is_expected(case, track, people, sequence):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    send(track, people.student, empty, painted, 1)
    with pytest.raises(Conflict) as refused:
        send(track, people.student, painted, empty, sequence)
    assert refused.value.code == "base_mismatch"
    assert refused.value.extra == {"expected_sequence": 2}


def test_a_stroke_on_other_old_values_changes_nothing(case, track, people):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    with pytest.raises(Conflict) as refused:
        send(track, people.student, painted, empty, 1)
    assert refused.value.code == "base_mismatch"
    assert not Stroke.objects.exists()
    assert not selectors.current_mask(case).any()


def test_a_stroke_on_a_base_that_is_not_there_is_refused(case, track, people):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    with pytest.raises(Conflict, match="revision 0"):
        send(track, people.student, empty, painted, 1, base=4)


def test_only_vertebrae_of_the_case_are_painted(case, track, people):
    empty = selectors.current_mask(case)
    strange = np.where(working.blocks(case) == 3, np.uint8(9), empty)
    with pytest.raises(ContentRefused, match="number 9"):
        send(track, people.student, empty, strange, 1)


def test_a_stroke_beyond_the_volume_and_bytes_of_no_stroke_are_refused(case, track, people):
    larger = np.zeros((40, 40, 40), np.uint8)
    painted = larger.copy()
    painted[-1, -1, -1] = 1
    with pytest.raises(ContentRefused, match="beyond"):
        send(track, people.student, larger, painted, 1)
    with pytest.raises(ContentRefused):
        services.record_stroke(track, by=people.student, body=b"lamina.stroke/9")


def test_only_the_holder_paints(case, track, people):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    other = working.making.make_user("other", case.dataset, working.Role.STUDENT)
    for person in (other, people.reader1, people.stranger):
        with pytest.raises(Conflict) as refused:
            send(track, person, empty, painted, 1)
        assert refused.value.code == "not_holder"
        assert refused.value.extra["lease"]["holder_name"] == "Student"


def test_undo_is_a_stroke_like_any_other(case, track, people):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    send(track, people.student, empty, painted, 1)
    send(track, people.student, painted, empty, 2, tool=Tool.UNDO)
    assert not selectors.current_mask(case).any()
    assert [stroke.tool for stroke in track.strokes.all()] == [1, 3]
