"""Nobody learns of another's independent mask before the readings of its case are closed."""

import pytest

from annotation.work.models import LiveEvent
from tests import walking
from tests.blinding import Blind, client_of, found_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def blind(dataset, settings, caplog):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    caplog.set_level("CRITICAL", logger="django.request")
    return Blind(dataset, masks=2)


def test_what_the_other_reader_is_answered_does_not_depend_on_the_mask_at_all(blind):
    """Counts, times, wording and events too: the answers are the same, byte for byte."""
    blind.say()
    client = client_of(blind.b)
    before = walking.walk(client)
    n_events = LiveEvent.objects.count()
    markers = blind.paint()
    blind.submit()
    assert walking.ask_again(client, before) == before
    assert LiveEvent.objects.count() == n_events
    own = client_of(blind.a).get(f"/api/readings/{blind.reading_a.pk}/mask/")
    assert markers[0] in walking.everything_in(own)
    assert markers[1] in walking.everything_in(own)


def test_no_address_betrays_an_independent_mask_to_the_manager(blind):
    blind.say()
    markers = blind.paint()
    blind.submit()
    assert found_in(walking.walk(client_of(blind.people.manager)), markers) == []
