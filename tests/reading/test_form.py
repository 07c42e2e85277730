"""What a reader says beside grade and points: AO class, slices, how levels were counted."""

import pytest

from annotation.consensus.selectors import newest_sitting
from annotation.consensus.services import settle_disagreement
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.reading import services
from annotation.reading.models import Protocol
from annotation.reading.slices import columns_in
from annotation.reading.statements import say_of_case
from annotation.studies.anomalies import newest_declaration
from tests import working

pytestmark = pytest.mark.django_db

JSON = "application/json"
FRACTURE = {"grade_reader": 2, "shape_reader": "wedge"}


@pytest.fixture
def case(dataset, people):
    return working.make_reading_case(dataset, people)


@pytest.fixture
def reading(case, people):
    return services.open_reading(case, user=people.reader1)


def say(reading, **said):
    return services.save_finding(reading, number=1, said=said)


def test_the_columns_of_a_vertebra_are_those_of_its_mask(case):
    assert columns_in(case) == dict.fromkeys((1, 2, 3), (2, 7))


def test_a_fracture_has_slices_within_its_vertebra(reading):
    finding = say(reading, **FRACTURE, slice_first=3, slice_last=6)
    assert (finding.slice_first, finding.slice_last) == (3, 6)
    assert say(reading, slice_last=None).slice_last is None
    with pytest.raises(ContentRefused, match=r"Slice 8 does not cross T11, which lies on 2 to 7"):
        say(reading, slice_last=8)
    with pytest.raises(ContentRefused, match=r"first slice .* lies behind the last"):
        say(reading, slice_first=5, slice_last=4)


def test_slices_go_with_the_fracture(reading):
    say(reading, **FRACTURE, slice_first=3, slice_last=6)
    whole = say(reading, grade_reader=0)
    assert (whole.slice_first, whole.slice_last) == (None, None)
    with pytest.raises(ContentRefused, match="without a fracture"):
        say(reading, slice_first=3)
    say(reading, **FRACTURE, slice_first=3)
    assert say(reading, not_graded_reason="artefact").slice_first is None


def test_classes_are_offered_by_the_protocol_only(dataset, people, reading):
    with pytest.raises(ContentRefused, match="does not classify by AO"):
        say(reading, ao_class="A3")
    Protocol.objects.create(dataset=dataset, version=2, classifies_ao=True)
    other = working.make_reading_case(dataset, people)
    own = services.open_reading(other, user=people.reader1)
    assert say(own, grade_reader=0, ao_class="A1", slice_first=4).slice_first == 4
    assert say(own, ao_class=None).slice_first is None


def test_modifiers_stand_beside_a_class_and_go_with_it(dataset, people):
    Protocol.objects.create(dataset=dataset, version=1, classifies_ao=True)
    own = services.open_reading(working.make_reading_case(dataset, people), user=people.reader1)
    with pytest.raises(ContentRefused, match="beside an AO class"):
        say(own, ao_neurology="N2")
    said = say(own, ao_class="A3", ao_neurology="N2", ao_modifiers=["M2", "M1"])
    assert said.ao_words == "A3; N2; M1; M2"
    kept = say(own, ao_class="B2")
    assert (kept.ao_neurology, kept.ao_modifiers) == ("N2", ["M1", "M2"])
    gone = say(own, ao_class=None)
    assert (gone.ao_neurology, gone.ao_modifiers, gone.ao_words) == ("", [], "")


def test_modifiers_that_differ_are_a_difference(dataset, people):
    Protocol.objects.create(dataset=dataset, version=1, classifies_ao=True)
    same = {**FRACTURE, "ao_class": "A3", "ao_modifiers": ["M1"]}
    a, b = {1: {**same, "ao_neurology": "N0"}}, {1: {**same, "ao_neurology": "NX"}}
    sitting = newest_sitting(working.make_consensus_case(dataset, people, a, b))
    (row,) = sitting.disagreements.all()
    assert row.kind == "flags"
    assert sorted(row.reason.removeprefix("AO class: ").split(", ")) in (
        ["A A3; N0; M1", "B A3; NX; M1"],
        ["A A3; NX; M1", "B A3; N0; M1"],
    )
    settle_disagreement(row, by=people.reader1, taken="a")
    (settled,) = sitting.settlements.filter(disagreement=row)
    assert f"A {settled.ao_words}," in row.reason


def test_classes_that_differ_are_a_difference_and_slices_are_averaged(dataset, people):
    Protocol.objects.create(dataset=dataset, version=1, classifies_ao=True)
    a = {1: {**FRACTURE, "ao_class": "A1"}, 2: {**FRACTURE, "slice_first": 2, "slice_last": 5}}
    b = {1: {**FRACTURE, "ao_class": "A3"}, 2: {**FRACTURE, "slice_first": 4, "slice_last": 6}}
    sitting = newest_sitting(working.make_consensus_case(dataset, people, a, b))
    (row,) = sitting.disagreements.all()
    assert row.kind == "flags"
    assert row.reason in ("AO class: A A1, B A3", "AO class: A A3, B A1")
    agreed = sitting.settlements.get(vertebra__number=2)
    assert (agreed.slice_first, agreed.slice_last) == (3, round(5.5))


def test_what_a_reader_says_of_the_case_is_not_the_shared_declaration(case, reading, sign_in):
    client = sign_in(reading.reader)
    said = {"levels_counted_from": "T1_rib", "anomalies": ["has_T13"]}
    answer = client.patch(f"/api/readings/{reading.pk}/", said, JSON).json()
    assert (answer["levels_counted_from"], answer["anomalies"]) == ("T1_rib", ["has_T13"])
    assert newest_declaration(case) is None
    again = client.patch(f"/api/readings/{reading.pk}/", {"levels_confirmed": True}, JSON).json()
    assert (again["levels_confirmed"], again["anomalies"]) == (True, ["has_T13"])
    refused = client.patch(
        f"/api/readings/{reading.pk}/", {"anomalies": ["has_T13", "lacks_T12"]}, JSON
    )
    assert refused.status_code == 422


def test_nothing_is_said_of_the_case_once_it_is_handed_in(case, people):
    reading = working.read_and_submit(case, people.reader1, {})
    with pytest.raises(Conflict, match="is submitted"):
        say_of_case(reading, {"anomalies": ["has_L6"]})
