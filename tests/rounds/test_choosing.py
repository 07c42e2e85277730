import pytest

from annotation.domain.refusals import Conflict, NotPermitted, NotVisible
from annotation.domain.systems import SYSTEMS
from annotation.domain.workflow import Move, Role
from annotation.preannotation.selectors import model_in_service
from annotation.preannotation.services import publish_model_version
from annotation.rounds import choosing, services
from annotation.rounds.models import TrainingRound
from annotation.studies.services import advance_case
from inference.systems import SYSTEMS as RUNNABLE
from tests import making, working

pytestmark = pytest.mark.django_db


def settled(settings, version, **fields):
    """Return a version whose folder lies where it should."""
    folder = settings.WEIGHTS_ROOT / version
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{}")
    return making.make_model(version, **fields)


@pytest.fixture
def first(dataset, settings):
    model = settled(settings, "first")
    publish_model_version(dataset, model, by=None, reason="first")
    return model


def test_both_tables_of_the_systems_say_the_same():
    for name, system in RUNNABLE.items():
        told = SYSTEMS[name]
        assert (told.title, told.source) == (system.title, system.source)
        assert told.reads_radiographs == (system.kind == "radiograph")


def test_the_manager_chooses_who_pre_annotates_and_waiting_cases_get_it(
    client, dataset, people, first, settings
):
    second = settled(settings, "second", trained_on="3 finalised cases")
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    client.force_login(people.manager)
    address = f"/api/datasets/{dataset.slug}/systems/"
    wish = {"model": str(second.pk), "reason": "closer to our scanner"}
    answer = client.post(address, wish, content_type="application/json")
    assert answer.status_code == 200
    [system] = [one for one in answer.json() if one["name"] == "anchor-free"]
    assert {one["version"]: one["in_service"] for one in system["versions"]} == {
        "second": True,
        "first": False,
    }
    assert model_in_service(dataset) == second
    term = dataset.service_terms.last()
    assert (term.by, term.reason) == (people.manager, "closer to our scanner")
    assert set(case.preannotations.values_list("model__version", flat=True)) == {"first", "second"}
    again = client.post(address, wish, content_type="application/json")
    assert again.status_code == 409
    assert "serves already" in again.json()["detail"]


def test_a_system_without_weights_here_says_so(client, dataset, people, first):
    client.force_login(people.manager)
    told = {one["name"]: one for one in client.get(f"/api/datasets/{dataset.slug}/systems/").json()}
    assert told["anchor-free"]["word"] == ""
    assert told["verse-framework"]["word"] == "No weights of VerSe framework are registered here."
    assert "doi:" in told["anchor-free"]["publication"]


def test_only_the_manager_chooses(client, dataset, people, first, settings):
    other = settled(settings, "other")
    with pytest.raises(NotPermitted):
        choosing.choose_model(dataset, other, by=people.student, reason="mine")
    client.force_login(people.student)
    assert client.get(f"/api/datasets/{dataset.slug}/systems/").status_code == 403


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"contains_withdrawn": True}, "withdrawn"),
        ({"system": "another"}, "does not know the system another"),
    ],
)
def test_what_cannot_serve_is_refused_with_its_reason(
    dataset, people, first, settings, fields, complaint
):
    model = settled(settings, "bad")
    type(model).objects.filter(pk=model.pk).update(**fields)
    model.refresh_from_db()
    with pytest.raises(Conflict, match=complaint):
        choosing.choose_model(dataset, model, by=people.manager, reason="try")
    assert model_in_service(dataset) == first


def test_weights_that_are_gone_cannot_be_chosen(dataset, people, first):
    gone = making.make_model("gone")
    with pytest.raises(Conflict, match="not on this machine"):
        choosing.choose_model(dataset, gone, by=people.manager, reason="try")


def test_what_another_data_set_learnt_stays_there(dataset, people, first, settings):
    theirs = settled(settings, "theirs")
    other = making.make_dataset("other")
    TrainingRound.objects.create(
        dataset=other, number=1, parent_model=first, candidate_model=theirs, folder="other-0001"
    )
    with pytest.raises(NotVisible):
        choosing.choose_model(dataset, theirs, by=people.manager, reason="try")


def test_a_round_is_refused_where_the_system_in_service_has_none(dataset, people, first, settings):
    working.make_final_case(dataset, people)
    verse = settled(settings, "verse")
    type(verse).objects.filter(pk=verse.pk).update(system="segment-and-slice")
    verse.refresh_from_db()
    choosing.choose_model(dataset, verse, by=people.manager, reason="try")
    with pytest.raises(
        Conflict, match="Segment and Slice serves this data set and has no training"
    ):
        services.start_round(dataset, by=people.manager)


def test_a_model_for_radiographs_leaves_the_one_for_cts_in_service(
    dataset, people, first, settings
):
    films = settled(settings, "films", system="compression-ratio")
    choosing.choose_model(dataset, films, by=people.manager, reason="try")
    assert choosing.serving(dataset) == [first, films]
