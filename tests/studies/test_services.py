import pytest

from annotation.domain.refusals import ContentRefused, NotVisible
from annotation.domain.workflow import Move, MoveNotAllowed, Role, Stage
from annotation.studies import selectors, services
from annotation.studies.models import Case, Origin
from annotation.work.models import LiveEvent
from tests import making

pytestmark = pytest.mark.django_db


def test_a_move_is_written_down_and_told(dataset, people):
    case = making.make_case(dataset)
    event = services.advance_case(
        case, move=Move.OFFER, by=people.manager, role=Role.MANAGER, note="go"
    )
    case.refresh_from_db()
    assert case.stage == "refining"
    assert (event.from_stage, event.to_stage, event.by) == ("received", "refining", people.manager)
    told = LiveEvent.objects.filter(channel=dataset.channel).last().body
    assert told["case"] == str(case.pk)
    assert told["stage"] == "refining"


def test_of_two_who_move_the_same_case_one_is_told_where_it_is(dataset):
    case = making.make_case(dataset)
    same = Case.objects.get(pk=case.pk)
    services.advance_case(case, move=Move.OFFER, by=None, role=Role.SYSTEM)
    with pytest.raises(MoveNotAllowed, match="refining"):
        services.advance_case(same, move=Move.OFFER, by=None, role=Role.SYSTEM)
    assert case.events.count() == 1


def test_what_stands_in_the_flow_runs_on_arrival(dataset, monkeypatch):
    arrived = []
    monkeypatch.setitem(services.ON_ARRIVAL, Stage.EXCLUDED, [arrived.append])
    case = making.make_case(dataset)
    services.advance_case(case, move=Move.EXCLUDE, by=None, role=Role.MANAGER)
    assert arrived == [case]


def test_levels_are_shifted_as_one_event_and_nothing_is_overwritten(dataset):
    case = making.make_case(dataset)
    for level in ("T11", "T12"):
        services.add_vertebra(case, level=level, origin=Origin.PERSON)
    rows = services.assign_levels(
        case, levels={1: "T12", 2: "L1"}, counted_from="assumed", origin=Origin.PERSON
    )
    assert selectors.levels_of(case) == {1: "T12", 2: "L1"}
    assert len({row.event for row in rows}) == 1
    assert case.vertebrae.get(number=1).assignments.count() == 2


def test_unknown_levels_and_vertebrae_are_refused(dataset):
    case = making.make_case(dataset)
    with pytest.raises(ContentRefused, match="L9"):
        services.add_vertebra(case, level="L9", origin=Origin.PERSON)
    with pytest.raises(ContentRefused, match="no vertebra 3"):
        services.assign_levels(case, levels={3: "L1"}, counted_from="assumed", origin=Origin.PERSON)


def test_strangers_and_operators_see_no_case(dataset, people):
    case = making.make_case(dataset)
    operator = making.make_user("operator", dataset, Role.OPERATOR)
    assert selectors.get_case(people.student, case.pk) == case
    for person in (people.stranger, operator):
        with pytest.raises(NotVisible):
            selectors.get_case(person, case.pk)
    with pytest.raises(NotVisible):
        selectors.get_case(people.student, "no-key")
