import pytest

from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Role
from annotation.reading import protocols, services
from annotation.reading.models import Protocol
from tests import making, working

pytestmark = pytest.mark.django_db

ARMS = [
    {"name": "with", "exposure": "shown", "weight": 1},
    {"name": "without", "exposure": "hidden", "weight": 1},
]
URL = "/api/datasets/set/protocols/"


def propose(dataset, people, **said) -> Protocol:
    return protocols.propose_protocol(dataset, by=people.manager, said=said)


def test_a_version_says_what_is_new_and_keeps_the_rest(dataset, people):
    first = propose(dataset, people, proposal_exposure="hidden", wash_out_days=28)
    second = propose(dataset, people, note="From autumn on", arms=ARMS)
    assert (first.version, second.version) == (1, 2)
    assert (second.proposal_exposure, second.wash_out_days) == ("hidden", 28)
    assert (second.made_by, second.note) == (people.manager, "From autumn on")
    assert first.allocation_seed != second.allocation_seed
    first.refresh_from_db()
    assert (first.arms, first.note) == ([], "")


def test_limits_that_are_not_said_are_the_usual_ones(dataset, people):
    made = propose(dataset, people, limits={"great_distance_mm": 2.0})
    assert made.limits == {
        "noise_of_g": 0.05,
        "great_difference_of_g": 0.10,
        "great_distance_mm": 2.0,
        "mask_dice": 0.90,
        "mask_hd95_mm": 3.0,
    }


def test_the_same_again_makes_no_version(dataset, people):
    propose(dataset, people, note="once")
    with pytest.raises(Conflict, match="Nothing differs from version 1"):
        propose(dataset, people, note="once")
    assert Protocol.objects.count() == 1


@pytest.mark.parametrize("name", ["student", "reader1", "stranger"])
def test_only_managers_propose(dataset, people, name):
    with pytest.raises(NotPermitted):
        protocols.propose_protocol(dataset, by=getattr(people, name), said={})


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"convention": "own"}, "convention", "none of this name"),
        ({"readers_per_case": 0}, "readers_per_case", "from 1 to 12"),
        ({"readers_per_case": 3}, "readers_per_case", "3 are wanted, and there are 2 readers"),
        ({"overlap_share": 1.2}, "overlap_share", "from 0 to 100 %"),
        ({"repeat_share": float("nan")}, "repeat_share", "from 0 to 100 %"),
        ({"repeat_after_days": 0}, "repeat_after_days", "from 1 to 730 days"),
        ({"arms": ARMS[:1]}, "arms", "one arm is no comparison"),
        ({"arms": [ARMS[0], ARMS[0]]}, "arms", "a name of its own"),
        ({"arms": [ARMS[0], {**ARMS[1], "weight": 0}]}, "arms", "weight is above 0"),
        ({"arms": [ARMS[0], {**ARMS[1], "weight": 600}]}, "arms", "add up to at most 60"),
        ({"proposal_exposure": "hidden", "catch_share": 0.1}, "catch_share", "only be planted"),
        ({"limits": {"mask_dice": 1.4}}, "limits", "at most 1"),
        ({"limits": {"mask_dice": -1}}, "limits", "above 0"),
        ({"limits": {"width": 1}}, "limits", "width is none"),
        ({"wash_out_days": -1}, "wash_out_days", "from 0 to 730"),
        ({"due_days": 0}, "due_days", "from 1 to 730"),
        ({"way": "shout"}, "way", "pull or assign"),
    ],
)
def test_what_makes_no_protocol_is_refused_by_field(dataset, people, said, field, words):
    with pytest.raises(ContentRefused) as refused:
        propose(dataset, people, **said)
    problems = refused.value.extra["problems"]
    assert [one["field"] for one in problems] == [field]
    assert words in problems[0]["message"]
    assert not Protocol.objects.exists()


def test_the_adjudicator_is_a_reader_and_does_not_count_among_the_first(dataset, people):
    with pytest.raises(ContentRefused, match="no reader of the data set"):
        propose(dataset, people, adjudicator=people.student)
    with pytest.raises(ContentRefused, match="1 readers besides the adjudicator"):
        propose(dataset, people, adjudicator=people.reader1)
    making.make_user("third", dataset, Role.READER)
    assert propose(dataset, people, adjudicator=people.reader1).adjudicator == people.reader1


def test_limits_of_the_protocol_decide_what_differs(dataset, people):
    propose(dataset, people, limits={"great_distance_mm": 0.5})
    place = (-3.5, -11.0, 95.0)
    near = {"six_points_mm": working.body(place, (6.0, 6.0, 6.0))}
    moved = {"six_points_mm": working.body((-3.5, -10.0, 95.0), (6.0, 6.0, 6.0))}
    strict = working.make_consensus_case(dataset, people, {1: near}, {1: moved})
    kinds = [row.kind for row in strict.sittings.get().disagreements.all()]
    assert kinds == ["points"]
    propose(dataset, people, limits={"great_distance_mm": 3.0})
    assert working.make_consensus_case(dataset, people, {1: near}, {1: moved}).stage == "final"


def test_versions_over_http(dataset, people, sign_in):
    client = sign_in(people.manager)
    empty = client.get(URL).json()
    assert (empty["versions"], empty["beginning"]["readers_per_case"]) == ([], 2)
    assert empty["conventions"][0] == {
        "name": "loss20_25_40",
        "mild": 0.80,
        "moderate": 0.75,
        "severe": 0.60,
    }
    assert [one["name"] for one in empty["readers"]] == ["Reader1", "Reader2"]
    made = client.post(URL, {"arms": ARMS, "way": "assign"}, content_type="application/json")
    assert made.status_code == 201
    assert (made.json()["version"], made.json()["made_by"]) == (1, "Manager")
    refused = client.post(URL, {"readers_per_case": 9}, content_type="application/json")
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["field"] == "readers_per_case"
    assert not client.get(URL).json()["versions"][0]["in_use"]
    case = working.make_reading_case(dataset, people)
    services.open_reading(case, user=people.reader1)
    assert client.get(URL).json()["versions"][0]["in_use"]


@pytest.mark.parametrize("name", ["reader1", "student"])
def test_others_see_no_version_over_http(dataset, people, sign_in, name):
    client = sign_in(getattr(people, name))
    assert client.get(URL).status_code == 403
    assert client.post(URL, {}, content_type="application/json").status_code == 403
