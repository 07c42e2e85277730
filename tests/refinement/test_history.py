"""The log of acts, any moment of a mask, versions that lost a race, and ticks, over HTTP."""

import numpy as np
import pytest

from annotation.bridge.runs import decode_runs, encode_runs
from annotation.bridge.strokes import Tool, parse_stroke
from annotation.domain.workflow import Role
from annotation.refinement import selectors, services
from annotation.refinement.models import MaskRevision, MaskTrack
from tests import making, working

pytestmark = pytest.mark.django_db

BYTES = "application/octet-stream"
JSON = "application/json"


@pytest.fixture
def case(dataset):
    return working.make_named_case(dataset)


@pytest.fixture
def student(people, sign_in):
    return sign_in(people.student)


def at(case, tail):
    return f"/api/cases/{case.pk}/{tail}"


def act(case, user, after, tool=Tool.BRUSH, number=0, levels=()):
    """Make one act by the real service; return the mask after it."""
    services.take_lease(case, by=user, take_over=True)
    track = selectors.get_track(case)
    state = services.current_state(track)
    body = working.stroke_between(
        state.mask,
        after,
        sequence=state.last_sequence + 1,
        base=state.revision.number,
        tool=tool,
        number=number,
        levels=levels,
    )
    services.record_stroke(track, by=user, body=body)
    return after


@pytest.fixture
def moments(case, people, settings):
    """Return the masks after each of five acts, revisions kept in between; the first is empty."""
    settings.STROKES_PER_REVISION = 2
    empty, user = selectors.current_mask(case), people.student
    one = act(case, user, np.where(working.blocks(case) == 1, 1, empty), number=1)
    two = act(case, user, np.where(working.blocks(case) == 2, 2, one), Tool.FILL, 2)
    three = act(case, user, two, Tool.ADD, 4, [(4, None, "L2")])
    four = act(case, user, np.where(working.blocks(case) == 3, 4, three), Tool.GROW, 4)
    five = act(case, user, three, Tool.UNDO, 4)
    return [empty, one, two, three, four, five]


def test_acts_are_listed_in_order_and_given_as_they_came(case, people, student, moments):
    rows = student.get(at(case, "acts/")).json()
    assert [(row["sequence"], row["tool"], row["number"]) for row in rows] == [
        (1, 1, 1),
        (2, 8, 2),
        (3, 24, 4),
        (4, 16, 4),
        (5, 3, 4),
    ]
    assert rows[2]["levels"] == [{"number": 4, "from": None, "to": "L2"}]
    assert [row["n_voxels"] > 0 for row in rows] == [True, True, False, True, True]
    assert {(row["mine"], row["by"]) for row in rows} == {(True, "Student")}
    body = student.get(at(case, "acts/4/"), headers={"accept": BYTES}).content
    assert parse_stroke(body).heading.tool is Tool.GROW
    assert student.get(at(case, "acts/6/")).status_code == 404


def test_the_list_begins_with_the_stage_or_the_start(case, people, student, sign_in, moments):
    working.paint(case, people.student, working.blocks(case))
    services.submit_mask(case, by=people.student)
    case.refresh_from_db()
    act(case, people.reader1, working.blocks(case) * 0, Tool.CLEAR)
    reader = sign_in(people.reader1)
    shown = [(row["sequence"], row["mine"]) for row in reader.get(at(case, "acts/")).json()]
    assert shown == [(7, True)]
    whole = reader.get(at(case, "acts/?since=start")).json()
    assert [row["sequence"] for row in whole] == [1, 2, 3, 4, 5, 6, 7]
    assert [row["mine"] for row in whole] == [False] * 6 + [True]
    assert reader.get(at(case, "acts/?since=ever")).status_code == 422


def test_every_moment_of_a_mask_is_given_with_the_levels_of_then(case, student, moments):
    for sequence, mask in enumerate(moments):
        answer = student.get(at(case, f"acts/{sequence}/mask/"))
        assert (decode_runs(answer.content) == mask).all()
        assert answer["X-Lamina-Last-Sequence"] == str(sequence)
        later = "4=L2" if sequence >= 3 else "4="
        assert answer["X-Lamina-Levels"] == f"1=T11,2=T12,3=L1,{later}"
    assert student.get(at(case, "acts/6/mask/")).status_code == 404
    old = student.get(at(case, "mask/?revision=1"))
    assert (old["X-Lamina-Last-Sequence"], old["X-Lamina-Levels"]) == ("2", "1=T11,2=T12,3=L1,4=")


def test_restoring_an_old_mask_is_one_act_that_can_be_taken_back(case, people, student, moments):
    back = [(4, "L2", None)]
    act(case, people.student, moments[1], Tool.RESTORE, 0, back)
    assert (selectors.current_mask(case) == moments[1]).all()
    assert student.get(at(case, "mask/"))["X-Lamina-Levels"] == "1=T11,2=T12,3=L1,4="
    act(case, people.student, moments[5], Tool.UNDO, 0, [(4, None, "L2")])
    assert (selectors.current_mask(case) == moments[5]).all()
    assert student.get(at(case, "mask/"))["X-Lamina-Levels"] == "1=T11,2=T12,3=L1,4=L2"


def keep(client, case, mask, query="?base=2&levels=1=T11,2=L5,3="):
    return client.post(at(case, "versions/") + query, encode_runs(mask), content_type=BYTES)


def test_a_version_that_lost_a_race_is_kept_once_and_found_again(case, student, moments):
    mine = working.blocks(case)
    first, again = keep(student, case, mine), keep(student, case, mine)
    assert (first.status_code, again.json()) == (201, first.json())
    rows = student.get(at(case, "revisions/")).json()
    found = [row for row in rows if row["track"] == "version"]
    assert [(row["cause"], row["sequence"], row["by"]) for row in found] == [
        ("conflict", 2, "Student")
    ]
    assert [row["sequence"] for row in rows if row["track"] == "main"] == [0, 2, 4]
    answer = student.get(at(case, f"versions/{found[0]['id']}/"))
    assert (decode_runs(answer.content) == mine).all()
    assert answer["X-Lamina-Levels"] == "1=T11,2=L5,3="
    assert (selectors.current_mask(case) == moments[-1]).all()
    main = MaskRevision.objects.filter(track__kind=MaskTrack.Kind.MAIN).first()
    assert student.get(at(case, f"versions/{main.pk}/")).status_code == 404


def test_a_version_is_kept_even_where_the_case_has_moved_on(case, people, student, moments):
    working.paint(case, people.student, working.blocks(case))
    services.submit_mask(case, by=people.student)
    assert keep(student, case, moments[1]).status_code == 201


def test_what_is_no_version_is_refused(case, student, moments):
    mine = working.blocks(case)
    assert keep(student, case, mine, "").status_code == 422
    assert keep(student, case, mine, "?base=2&levels=1=X9").status_code == 422
    assert keep(student, case, mine[1:]).json()["code"] == "wrong_grid"
    bad = student.post(at(case, "versions/?base=1"), b"no mask", content_type=BYTES)
    assert bad.json()["code"] == "unknown_format"


def test_who_may_not_see_the_case_sees_no_act_of_it(case, people, sign_in, student, moments):
    version = keep(student, case, working.blocks(case)).json()["id"]
    tails = ["acts/", "acts/1/", "acts/1/mask/", "revisions/", f"versions/{version}/"]
    stranger = sign_in(people.stranger)
    for tail in [*tails, "levels-done/"]:
        assert stranger.get(at(case, tail)).status_code == 404, tail
    assert keep(stranger, case, working.blocks(case)).status_code == 404
    said = {"number": 1, "done": True, "sequence": 1}
    assert stranger.post(at(case, "levels-done/"), said, content_type=JSON).status_code == 404
    assert keep(sign_in(people.manager), case, working.blocks(case)).status_code == 403


def tick(client, case, number, sequence, done=True):
    said = {"number": number, "done": done, "sequence": sequence}
    return client.post(at(case, "levels-done/"), said, content_type=JSON).json()["numbers"]


def test_ticks_are_a_persons_own_and_voxels_changed_later_take_them_back(
    case, dataset, people, student, sign_in, moments
):
    other = sign_in(making.make_user("other", dataset, Role.STUDENT))
    assert tick(student, case, 1, 5) == [1]
    assert tick(student, case, 2, 5) == [1, 2]
    assert tick(other, case, 1, 5) == [1]
    assert tick(student, case, 3, 5, done=False) == [1, 2]
    act(case, people.student, moments[5], Tool.RELABEL, 2, [(2, "T12", "L4")])
    assert student.get(at(case, "levels-done/")).json() == {"numbers": [1, 2]}
    act(case, people.student, np.where(moments[5] == 1, 0, moments[5]), Tool.CLEAR, 1)
    assert student.get(at(case, "levels-done/")).json() == {"numbers": [2]}
    assert other.get(at(case, "levels-done/")).json() == {"numbers": []}


def test_a_tick_that_comes_late_or_early_says_what_it_was_about(case, people, student, moments):
    assert tick(student, case, 4, 3) == []  # acts 4 and 5 have changed its voxels since
    assert tick(student, case, 4, 5) == [4]
    assert tick(student, case, 2, 6) == [2, 4]  # act 6 was made before, and comes now
    act(case, people.student, np.where(moments[5] == 2, 0, moments[5]), Tool.CLEAR, 2)
    assert student.get(at(case, "levels-done/")).json() == {"numbers": [2, 4]}
    nobody = {"number": 9, "done": True, "sequence": 6}
    answer = student.post(at(case, "levels-done/"), nobody, content_type=JSON)
    assert answer.status_code == 422
