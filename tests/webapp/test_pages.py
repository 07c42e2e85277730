import pytest

from annotation.domain.workflow import Move, Role
from annotation.preannotation import services as preannotation
from annotation.refinement import services as refinement
from annotation.studies.services import advance_case
from annotation.work.services import claim_job, fail_job
from tests import making, working

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(dataset, people):
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    request = case.preannotations.get()
    preannotation.store_preannotation(request, making.make_proposal(case.volume))
    case.refresh_from_db()
    return case


def _worklist(client, scope="all"):
    return client.get(f"/api/datasets/set/worklist/?scope={scope}").json()


def test_a_data_set_names_the_model_in_service(proposed, people, sign_in):
    (dataset,) = sign_in(people.student).get("/api/datasets/").json()
    assert dataset["roles"] == ["student"]
    assert dataset["model"] == {
        "version": "m1",
        "trained_on": "20 phantoms",
        "phantoms_only": True,
    }
    assert sign_in(people.stranger).get("/api/datasets/").json() == []
    assert sign_in(people.stranger).get("/api/datasets/set/").status_code == 404


def test_the_worklist_of_a_student_begins_with_what_came_back(proposed, people, sign_in):
    client = sign_in(people.student)
    listed = _worklist(client)
    assert listed["next"]["case"] == str(proposed.pk)
    row = listed["rows"][0]
    assert (row["work"], row["levels"], row["n_levels"]) == ("refine", "T11\N{EN DASH}L1", 3)
    assert row["thumbnail_url"].endswith("thumbnail.png")
    other = working.make_checking_case(proposed.dataset, people)
    refinement.return_mask(other, by=people.reader1, reason="leak", note="see L1")
    first, second = _worklist(client)["rows"]
    assert (first["case"], first["returned"]) == (str(other.pk), True)
    assert (first["note"], first["look_at"]) == ("see L1", "Returned: leak")
    assert second["case"] == str(proposed.pk)
    assert _worklist(client)["counts"] == {"returned": 1, "mine": 0, "ready": 1, "all": 2}
    assert [row["case"] for row in _worklist(client, "mine")["rows"]] == [str(other.pk)]


def test_what_another_holds_is_not_next_for_me(proposed, people, sign_in, dataset):
    refinement.take_lease(proposed, by=people.student)
    other = making.make_user("student2", dataset, Role.STUDENT)
    listed = _worklist(sign_in(other))
    assert listed["next"] is None
    assert listed["rows"][0]["held_by"]["holder_name"] == "Student"


def test_a_case_shows_its_proposal_and_what_it_rests_on(proposed, people, sign_in):
    case = sign_in(people.student).get(f"/api/cases/{proposed.pk}/").json()
    assert [v["level"] for v in case["vertebrae"]] == ["T11", "T12", "L1"]
    assert case["proposal"]["model"] == "m1"
    assert case["proposal"]["phantoms_only"] is True
    first = case["proposal"]["vertebrae"][0]
    assert first["heights_mm"] == pytest.approx([4, 6, 6])
    assert first["grade"] is None
    assert "3.0 mm" in first["withheld_reason"]
    assert case["counted_from"] == "T1_rib"
    assert case["tracks"] == [{"kind": "main", "revision": 0, "author_kind": "model"}]
    assert case["moves"] == ["submit_mask"]
    assert sign_in(people.stranger).get(f"/api/cases/{proposed.pk}/").status_code == 404


def test_moves_are_made_by_who_may_and_refused_in_words(proposed, people, sign_in):
    url = f"/api/cases/{proposed.pk}/moves/"

    def move(who, name, **said):
        return sign_in(who).post(url, {"move": name, **said}, content_type="application/json")

    assert move(people.reader1, "submit_mask").status_code == 403
    done = move(people.student, "submit_mask")
    assert (done.status_code, done.json()["stage"]) == (200, "checking")
    late = move(people.student, "submit_mask")
    assert late.status_code == 409
    assert "checking" in late.json()["detail"]
    back = move(people.reader1, "return_mask", reason="fused", note="T11 and T12")
    assert back.json()["returned"]["reason"] == "fused"
    assert move(people.manager, "exclude").json()["stage"] == "excluded"


def test_a_failed_pre_annotation_is_shown_and_asked_for_again(dataset, people, sign_in):
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    fail_job(claim_job(case.preannotations.get().job_id), "The volume is empty.")
    client = sign_in(people.manager)
    (row,) = _worklist(client)["rows"]
    assert (row["job"]["state"], row["job"]["message"]) == ("failed", "The volume is empty.")
    assert row["moves"][0] == "queue"
    url = f"/api/cases/{case.pk}/moves/"
    again = client.post(url, {"move": "queue"}, content_type="application/json")
    assert again.json()["stage"] == "queued"
    assert case.preannotations.filter(status="waiting").count() == 1
    assert _worklist(client)["stages"] == [{"stage": "queued", "n": 1, "longest_wait_days": 0.0}]
