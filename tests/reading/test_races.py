import pytest

from annotation.reading import selectors, services
from annotation.studies.models import Case
from tests import making, working
from tests.refinement.test_leases import run_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_readers_who_submit_at_once_bring_the_case_on_once():
    dataset = making.make_dataset()
    people = making.make_people(dataset)
    case = working.make_reading_case(dataset, people)
    readers = (people.reader1, people.reader2)
    keys = [(user, working.read(case, user, {1: {"grade_reader": 1}}).pk) for user in readers]

    def submit(user, key):
        services.submit_reading(selectors.get_own_reading(user, key))

    assert run_at_once([lambda pair=pair: submit(*pair) for pair in keys]) == [None, None]
    case = Case.objects.get(pk=case.pk)
    assert case.stage == "final"
    assert case.events.filter(move="close_readings").count() == 1


def test_two_pages_of_one_reader_open_one_reading():
    dataset = making.make_dataset()
    people = making.make_people(dataset)
    case = working.make_reading_case(dataset, people)

    def start():
        return services.open_reading(Case.objects.get(pk=case.pk), user=people.reader1).pk

    first, second = run_at_once([start, start])
    assert first == second
