import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from annotation.activity.services import Span, record_spans
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Role
from annotation.reading import allotting, progress, selectors, services
from annotation.reading.models import Assignment, Protocol
from tests import making, working

pytestmark = pytest.mark.django_db

URL = "/api/datasets/set/readers/"


def spend(user, case, minutes) -> None:
    at = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    span = Span(uuid.uuid4(), case.pk, "reading", 60.0 * minutes, at)
    assert record_spans(user, [span]) == {span.id: ""}


def of(shown, name) -> dict:
    return next(one for one in shown["readers"] if one["name"] == name)


def test_the_manager_sees_counts_and_dates(dataset, people, sign_in):
    Protocol.objects.create(dataset=dataset, version=1, way="assign", due_days=7)
    cases = [working.make_reading_case(dataset, people) for _ in range(3)]
    working.read_and_submit(cases[0], people.reader1, {})
    late = timezone.now() - timedelta(days=1)
    Assignment.objects.filter(case=cases[1], reader=people.reader1).update(due_at=late)
    shown = sign_in(people.manager).get(URL).json()
    first = of(shown, "Reader1")
    counts = [first[name] for name in ("assigned", "open", "submitted", "overdue", "ended")]
    assert counts == [3, 2, 1, 1, 0]
    assert first["next_due"].startswith(late.isoformat()[:19])
    assert (shown["n_waiting"], shown["places_open"], shown["way"]) == (0, 0, "assign")
    assert first["forecast"]["minutes_left"] is None
    assert "No active time" in first["forecast"]["reason"]


def test_the_forecast_rests_on_closed_cases_only(dataset, people):
    closed = [working.make_reading_case(dataset, people) for _ in range(3)]
    for case, minutes in zip(closed, (4, 6, 9), strict=True):
        spend(people.reader1, case, minutes)
        for user in (people.reader1, people.reader2):
            working.read_and_submit(case, user, {})
    still_open = [working.make_reading_case(dataset, people) for _ in range(2)]
    for case in still_open:
        services.open_reading(case, user=people.reader1)
        spend(people.reader1, case, 10)
    shown = progress.describe_progress(dataset)
    assert of(shown, "Reader1")["forecast"] == {
        "minutes_per_case": pytest.approx(6.0),
        "minutes_left": pytest.approx(12.0),
        "n_cases": 3,
        "reason": "",
    }
    assert of(shown, "Reader2")["forecast"]["minutes_left"] is None
    assert shown["places_open"] == 2
    assert shown["forecast"]["minutes_left"] == pytest.approx(6.0 * (2 + 2))


def test_progress_takes_as_many_queries_for_many_cases(
    dataset, people, django_assert_num_queries, django_assert_max_num_queries
):
    for _ in range(2):
        working.make_reading_case(dataset, people)
    with django_assert_max_num_queries(20) as few:
        progress.describe_progress(dataset)
    for _ in range(4):
        working.make_reading_case(dataset, people)
    with django_assert_num_queries(len(few)):
        progress.describe_progress(dataset)


def test_open_cases_are_assigned_when_the_manager_asks(dataset, people, sign_in):
    cases = [working.make_reading_case(dataset, people) for _ in range(3)]
    services.open_reading(cases[2], user=people.reader1)
    client = sign_in(people.manager)
    answer = client.post(f"{URL}assign_open/").json()
    assert answer == {"assigned": 5, "cases": 3, "short": 0}
    assert client.post(f"{URL}assign_open/").json() == {"assigned": 0, "cases": 0, "short": 0}
    orders = [row.case for row in Assignment.objects.filter(reader=people.reader1)]
    assert orders == [cases[2], cases[0], cases[1]]


def test_cases_without_enough_readers_are_counted(dataset, people):
    Protocol.objects.create(dataset=dataset, version=1, readers_per_case=3)
    working.make_reading_case(dataset, people)
    assert allotting.assign_open_cases(dataset) == {"assigned": 2, "cases": 1, "short": 1}


def test_a_reader_who_drops_out_is_replaced_and_the_drafts_stay(dataset, people, sign_in):
    third = making.make_user("third", dataset, Role.READER)
    cases = [working.make_reading_case(dataset, people) for _ in range(3)]
    working.read_and_submit(cases[0], people.reader1, {})
    begun = working.read(cases[1], people.reader1, {1: {"remark": "begun"}})
    services.open_reading(cases[1], user=people.reader2)
    Assignment.objects.create(
        case=cases[2], reader=people.reader1, protocol=begun.protocol, position=9, exposure="shown"
    )
    answer = sign_in(people.manager).post(
        f"{URL}substitute/",
        {"reader": people.reader1.pk, "reason": "on leave"},
        content_type="application/json",
    )
    assert answer.json() == {"ended": 2, "given": 3, "short": 0}
    assert {row.reader for row in Assignment.objects.filter(case=cases[1], ended_at=None)} == {
        people.reader2,
        third,
    }
    assert selectors.findings_of(begun)[0].remark == "begun"
    with pytest.raises(Conflict, match="not among your readings"):
        services.save_finding(begun, number=1, said={"grade_reader": 1})
    with pytest.raises(Conflict, match="not among your readings"):
        services.open_reading(cases[1], user=people.reader1)
    kept = Assignment.objects.get(case=cases[0], reader=people.reader1)
    assert (kept.ended_at, kept.done_at is not None) == (None, True)
    for user in (people.reader2, third):
        working.read_and_submit(cases[1], user, {})
    assert cases[1].stage == "final"
    assert begun not in selectors.submitted_readings(cases[1])


@pytest.mark.parametrize("way", ["assign", "pull"])
def test_a_reader_who_dropped_out_gets_no_new_case_until_brought_back(
    dataset, people, sign_in, way
):
    Protocol.objects.create(dataset=dataset, version=1, way=way)
    first = working.make_reading_case(dataset, people)
    services.open_reading(first, user=people.reader1)
    allotting.substitute_reader(dataset, reader=people.reader1.pk, reason="ill", give_on=False)
    second, client = working.make_reading_case(dataset, people), sign_in(people.manager)
    given = Assignment.objects.filter(reader=people.reader1, case=second)
    assert client.post(f"{URL}assign_open/").status_code == 200
    assert not given.exists()
    with pytest.raises(Conflict, match="not among your readings"):
        services.open_reading(second, user=people.reader1)
    assert sign_in(people.reader1).get("/api/datasets/set/worklist/").json()["next"] is None
    away = {row["name"]: row["is_away"] for row in client.get(URL).json()["readers"]}
    assert away == {"Reader1": True, "Reader2": False}
    back = {"reader": people.reader1.pk}
    for status in (204, 409):
        answer = client.post(f"{URL}bring_back/", back, content_type="application/json")
        assert answer.status_code == status
    assert sign_in(people.reader1).post(f"{URL}bring_back/", back).status_code == 403
    assert client.post(f"{URL}assign_open/").status_code == 200
    assert services.open_reading(second, user=people.reader1).status == "open"


def test_substitution_names_a_reason_and_somebody_with_open_readings(dataset, people):
    substitute = allotting.substitute_reader
    with pytest.raises(ContentRefused, match="no open reading"):
        substitute(dataset, reader=people.reader1.pk, reason="ill", give_on=True)
    with pytest.raises(ContentRefused, match="Say why"):
        substitute(dataset, reader=people.reader1.pk, reason=" ", give_on=True)


def test_progress_is_for_managers_who_do_not_read_themselves(dataset, people, sign_in):
    both = making.make_user("both", dataset, Role.MANAGER, Role.READER)
    for user in (both, people.reader1, people.student):
        client = sign_in(user)
        assert client.get(URL).status_code == 403
        assert client.post(f"{URL}assign_open/").status_code == 403
        assert client.post(f"{URL}substitute/").status_code == 403
    assert sign_in(people.stranger).get(URL).status_code == 404
