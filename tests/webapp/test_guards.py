"""Each guard of the blindness is missed: the walk finds a leak as soon as one is taken away."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from annotation.activity import selectors as activity
from annotation.consensus import selectors as consensus
from annotation.domain.refusals import NotVisible
from annotation.domain.workflow import Role, Stage
from annotation.reading import selectors
from annotation.reading.models import Reading
from annotation.refinement import pins
from tests import walking, working
from tests.blinding import ACTIVE, PIN, Blind, client_of
from webapp.pages import cases

pytestmark = pytest.mark.django_db

EVERYWHERE = tuple(stage.value for stage in Stage)


def begun(blind: Blind) -> None:
    blind.say()


def handed_in(blind: Blind) -> None:
    blind.say()
    blind.submit()


def closed(blind: Blind) -> None:
    blind.say()
    blind.submit_all()


def taken_out(blind: Blind) -> None:
    """Read to the end, then taken out of the way: the sitting is there, but shown no more."""
    closed(blind)
    working.exclude(blind.case)


def anyones_reading(user, reading_id):
    found = Reading.unblinded.select_related("case__volume", "protocol").filter(pk=reading_id)
    if not found:
        raise NotVisible("There is none.")
    return found.get()


def everybody_reads(user, dataset):
    return frozenset(Role)


def nobody_reads_who_manages(user, dataset):
    roles = roles_in(user, dataset)
    return roles - {Role.READER} if Role.MANAGER in roles else roles


roles_in = selectors.roles_in


@dataclass(frozen=True)
class Guard:
    """A guard, how the case stands, who looks, and what is then found.

    `places` are module, name and what stands there once the guard is gone.
    """

    places: tuple[tuple[object, str, object], ...]
    standing: Callable[[Blind], None]
    looks: Callable[[Blind], object]
    finds: Callable[[Blind], list[bytes]]
    writes: bool = False
    exposure: str = ""
    masks: int = 0


def said(blind: Blind) -> list[bytes]:
    return blind.markers()[2:5]


GUARDS = {
    "a reading is asked for by its reader alone": Guard(
        ((selectors, "get_own_reading", anyones_reading),),
        begun,
        lambda blind: blind.b,
        said,
        writes=True,
    ),
    "an independent mask is asked for by its painter alone": Guard(
        ((selectors, "get_own_reading", anyones_reading),),
        lambda blind: None,
        lambda blind: blind.b,
        Blind.paint,
        masks=2,
    ),
    "the consensus opens once all readings are in": Guard(
        ((consensus, "_SHOWN_AT", EVERYWHERE),), taken_out, lambda blind: blind.b, said
    ),
    "only readers see the consensus": Guard(
        ((consensus, "roles_in", everybody_reads),),
        closed,
        lambda blind: blind.people.manager,
        said,
    ),
    "the time of a reading is told once it is closed": Guard(
        ((activity, "_READINGS_CLOSED", EVERYWHERE),),
        handed_in,
        lambda blind: blind.people.manager,
        lambda blind: list(ACTIVE),
    ),
    "a hidden proposal is hidden from readers": Guard(
        (
            (selectors, "is_proposal_hidden_from", lambda user, case: False),
            (cases, "is_proposal_hidden_from", lambda user, case: False),
        ),
        begun,
        lambda blind: blind.b,
        Blind.proposed,
        exposure="hidden",
    ),
    "a manager who reads is a reader": Guard(
        ((selectors, "roles_in", nobody_reads_who_manages),),
        begun,
        lambda blind: blind.reading_manager,
        Blind.proposed,
        exposure="hidden",
    ),
    "no remark on the mask is shown to readers": Guard(
        ((pins, "PINS_SHOWN", frozenset(Stage)),),
        begun,
        lambda blind: blind.b,
        lambda blind: [PIN.encode()],
    ),
}


@pytest.fixture(autouse=True)
def _quick(settings, caplog):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    caplog.set_level("CRITICAL", logger="django.request")


def leaks(guard: Guard, blind: Blind, markers: list[bytes]) -> bool:
    """Tell whether the walk finds a marker; it stops at the first."""
    client = client_of(guard.looks(blind))
    if guard.writes:
        answers = iter(walking.try_to_change(client, blind.try_keys()).items())
    else:
        answers = walking.steps(client)
    return any(marker in body for _, (_, body) in answers for marker in markers)


@pytest.mark.parametrize("name", GUARDS)
def test_the_walk_finds_a_leak_where_a_guard_is_missing(dataset, monkeypatch, name):
    guard = GUARDS[name]
    blind = Blind(dataset, guard.exposure, masks=guard.masks)
    guard.standing(blind)
    markers = guard.finds(blind)
    assert not leaks(guard, blind, markers)
    for module, attribute, without in guard.places:
        monkeypatch.setattr(module, attribute, without)
    assert leaks(guard, blind, markers)
