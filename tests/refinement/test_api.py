import json
import uuid

import pytest

from annotation.bridge.runs import decode_runs
from annotation.domain.workflow import Role
from annotation.refinement import replay, selectors, services
from tests import making, working

pytestmark = pytest.mark.django_db

BYTES = "application/octet-stream"


@pytest.fixture
def case(dataset):
    return working.make_named_case(dataset)


@pytest.fixture
def student(people, sign_in):
    return sign_in(people.student)


def at(case, tail):
    return f"/api/cases/{case.pk}/{tail}/"


def send(client, case, before, after, sequence, stroke_id=None):
    body = working.stroke_between(before, after, sequence=sequence, stroke_id=stroke_id)
    return client.post(at(case, "strokes"), body, content_type=BYTES)


def test_a_mask_is_fetched_painted_and_fetched_again(case, student):
    assert student.post(at(case, "lease")).json()["is_me"] is True
    fetched = student.get(at(case, "mask") + "?track=main", headers={"accept": BYTES})
    empty, painted = decode_runs(fetched.content), working.blocks(case)
    assert (fetched["X-Lamina-Revision"], fetched["X-Lamina-Last-Sequence"]) == ("0", "0")
    answer = send(student, case, empty, painted, 1)
    assert answer.json() == {"acknowledged": 1, "revision": 0, "duplicate": False}
    fetched = student.get(at(case, "mask"))
    assert (decode_runs(fetched.content) == painted).all()
    assert fetched["X-Lamina-Last-Sequence"] == "1"
    assert fetched["X-Lamina-Sha256"] == replay.map_sha256(painted)


def test_an_old_revision_is_fetched(case, people, student):
    working.paint(case, people.student, working.blocks(case))
    services.submit_mask(case, by=people.student)
    for revision, mask in enumerate([working.blocks(case) * 0, working.blocks(case)]):
        fetched = student.get(at(case, "mask") + f"?revision={revision}")
        assert (decode_runs(fetched.content) == mask).all()
        assert fetched["X-Lamina-Sha256"] == replay.map_sha256(mask)
    begun = student.get(at(case, "mask") + "?revision=start")
    assert not decode_runs(begun.content).any()
    assert student.get(at(case, "mask") + "?revision=9").status_code == 404
    assert student.get(at(case, "mask") + "?revision=x").status_code == 422
    assert student.get(at(case, "mask") + "?track=imported").status_code == 404


def test_refused_strokes_say_what_is_expected(case, student):
    empty, painted = selectors.current_mask(case), working.blocks(case)
    refused = send(student, case, empty, painted, 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_holder")
    student.post(at(case, "lease"))
    refused = send(student, case, empty, painted, 5)
    assert refused.status_code == 409
    assert {"code": "base_mismatch", "expected_sequence": 1}.items() <= refused.json().items()
    bad = student.post(at(case, "strokes"), b"no stroke", content_type=BYTES)
    assert (bad.status_code, bad.json()["code"]) == (422, "unknown_format")


def test_the_same_stroke_sent_again_is_acknowledged(case, student):
    student.post(at(case, "lease"))
    empty, painted, used = selectors.current_mask(case), working.blocks(case), uuid.uuid4()
    first = send(student, case, empty, painted, 1, used)
    again = send(student, case, empty, painted, 1, used)
    assert [first.json()["duplicate"], again.json()["duplicate"]] == [False, True]


def test_a_lease_is_refused_taken_over_and_given_back(case, dataset, student, sign_in):
    other = sign_in(making.make_user("other", dataset, Role.STUDENT))
    student.post(at(case, "lease"))
    refused = other.post(at(case, "lease"))
    assert refused.status_code == 409
    assert refused.json()["lease"]["holder_name"] == "Student"
    taken = other.post(
        at(case, "lease"), json.dumps({"take_over": True}), content_type="application/json"
    )
    assert taken.json()["is_me"] is True
    assert other.delete(at(case, "lease")).status_code == 204
    assert student.post(at(case, "lease")).status_code == 200


def test_levels_are_added_and_shifted_by_acts_and_told_with_the_mask(case, student):
    student.post(at(case, "lease"))
    fetched = student.get(at(case, "mask"))
    assert fetched["X-Lamina-Levels"] == "1=T11,2=T12,3=L1"
    assert fetched["X-Lamina-Next-Number"] == "4"
    empty = selectors.current_mask(case)
    shift = [(1, "T11", "T12"), (2, "T12", "L1"), (3, "L1", "L2"), (4, None, "L3")]
    body = working.stroke_between(empty, empty, sequence=1, levels=shift)
    assert student.post(at(case, "strokes"), body, content_type=BYTES).status_code == 200
    fetched = student.get(at(case, "mask"))
    assert fetched["X-Lamina-Levels"] == "1=T12,2=L1,3=L2,4=L3"
    assert fetched["X-Lamina-Last-Sequence"] == "1"
    named = [row["level"] for row in student.get(f"/api/cases/{case.pk}/").json()["vertebrae"]]
    assert named == ["T12", "L1", "L2", "L3"]


def test_problems_and_history_are_told(case, people, student):
    working.paint(case, people.student, working.blocks(case))
    assert student.get(at(case, "problems")).json() == []
    services.submit_mask(case, by=people.student, note="done")
    (offered, submitted) = student.get(at(case, "history")).json()
    assert (offered["move"], offered["by"]) == ("offer", "")
    assert (submitted["move"], submitted["by"], submitted["note"]) == (
        "submit_mask",
        "Student",
        "done",
    )


def test_history_never_names_who_reads(dataset, people, sign_in):
    case = working.make_reading_case(dataset, people)
    working.reading_services.return_from_reading(
        case, by=people.reader2, reason="leak", note="below L1"
    )
    events = sign_in(people.student).get(at(case, "history")).json()
    assert (events[-1]["move"], events[-1]["by"], events[-1]["note"]) == (
        "return_from_reading",
        "",
        "below L1",
    )


@pytest.mark.parametrize("tail", ["mask", "problems", "history"])
def test_strangers_see_nothing_and_visitors_are_asked_to_sign_in(
    case, people, sign_in, client, tail
):
    assert sign_in(people.stranger).get(at(case, tail)).status_code == 404
    assert client.get(at(case, tail)).status_code == 401


def test_a_mask_that_a_browser_has_is_not_sent_again_until_it_changes(case, student):
    student.post(at(case, "lease"))
    first = student.get(at(case, "mask"), headers={"accept": BYTES})
    assert first["Cache-Control"] == "private, no-cache"

    def again(tag):
        return student.get(at(case, "mask"), headers={"accept": BYTES, "if-none-match": tag})

    known = again(first["ETag"])
    assert (known.status_code, known.content) == (304, b"")
    assert known["X-Lamina-Last-Sequence"] == "0"
    empty = decode_runs(first.content)
    assert send(student, case, empty, working.blocks(case), 1).status_code == 200
    changed = again(first["ETag"])
    assert (changed.status_code, changed["X-Lamina-Last-Sequence"]) == (200, "1")
    assert changed["ETag"] != first["ETag"]
    assert again(changed["ETag"]).status_code == 304
