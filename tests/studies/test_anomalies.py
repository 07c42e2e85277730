import pytest
from django.test import Client

from annotation.domain.anomalies import (
    AnomaliesContradict,
    Anomaly,
    checked_anomalies,
    expected_chain,
)
from annotation.domain.refusals import ContentRefused
from annotation.studies.anomalies import declare_anomalies, declared_anomalies
from annotation.work.models import LiveEvent
from tests import making, working


def test_a_spine_has_seven_twelve_and_five_unless_someone_says_otherwise():
    chain = expected_chain()
    assert (chain[0], len(chain), chain[-2:]) == ("C1", 7 + 12 + 5 + 2, ("S1", "Co"))
    both = expected_chain(checked_anomalies(["has_T13", "lacks_L5"]))
    assert both[18:26] == ("T12", "T13", "L1", "L2", "L3", "L4", "S1", "Co")
    assert "L6" in expected_chain([Anomaly.HAS_L6])
    assert "T12" not in expected_chain([Anomaly.LACKS_T12])


@pytest.mark.parametrize("pair", [["has_T13", "lacks_T12"], ["has_L6", "lacks_L5"]])
def test_what_excludes_each_other_is_not_taken(pair):
    with pytest.raises(AnomaliesContradict, match="declare one of the two"):
        checked_anomalies(pair)


@pytest.fixture
def case(dataset):
    people = making.make_people(dataset)
    return working.make_named_case(dataset), people


@pytest.mark.django_db
def test_the_newest_declaration_counts_and_all_stay(case):
    case, people = case
    assert declared_anomalies(case) == frozenset()
    declare_anomalies(case, ["has_T13", "has_L6"], by=people.student)
    declare_anomalies(case, ["has_L6", "has_T13"], by=people.student)
    assert case.anomaly_declarations.count() == 1
    declare_anomalies(case, [], by=people.reader1)
    assert declared_anomalies(case) == frozenset()
    assert [row.anomalies for row in case.anomaly_declarations.all()] == [["has_L6", "has_T13"], []]
    with pytest.raises(ContentRefused, match="has_T14"):
        declare_anomalies(case, ["has_T14"], by=people.student)


@pytest.mark.django_db
def test_who_works_on_the_mask_declares_and_others_see(case):
    case, people = case
    address = f"/api/cases/{case.pk}/anomalies/"

    def ask(user, said=None):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        if said is None:
            return client.get(address)
        return client.put(address, said, content_type="application/json")

    heard = LiveEvent.objects.count()
    answer = ask(people.student, {"has_T13": True})
    assert (answer.status_code, answer.json()["has_T13"], answer.json()["by"]) == (
        200,
        True,
        "Student",
    )
    assert LiveEvent.objects.count() == heard + 1
    assert ask(people.reader1).json()["has_T13"] is True
    assert ask(people.reader1, {"has_L6": True}).status_code == 403
    assert ask(people.stranger).status_code == 404
    refused = ask(people.student, {"has_T13": True, "lacks_T12": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "anomalies_contradict")
    assert ask(people.student).json()["lacks_T12"] is False
