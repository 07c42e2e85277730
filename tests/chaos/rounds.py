"""Random rounds of bad luck, each from its own seed, so that one can be played again alone."""

import contextlib
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Error

from tests.chaos.desk import Desk, forged, until
from tests.chaos.messages import Wrong
from tests.chaos.town import Town

ROUNDS_PER_CASE: Final = 25


@dataclass
class Play:
    """One round while it is played."""

    town: Town
    rng: random.Random
    steps: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def desk(self) -> Desk:
        """Return the desk of whoever works now."""
        return self.town.sam

    def say(self, step: str) -> None:
        self.steps.append(f"{time.monotonic() - self.began:5.1f} s  {step}")

    def strokes(self, least: int, most: int) -> None:
        n = self.rng.randint(least, most)
        made = self.desk.work(self.rng, n)
        self.say(f"{n} acts are tried, {made} made")

    def open_again(self) -> None:
        self.desk.wire.mend()
        self.say(f"{len(self.desk.journal())} strokes lie in the journal; the case is opened again")
        self.desk.open()


def cut_network(play: Play) -> None:
    play.say("the browser goes offline")
    play.desk.context.set_offline(True)
    play.strokes(2, 4)
    play.desk.context.set_offline(False)
    play.say("the browser is online again")


def tear_wire(play: Play) -> None:
    play.say("the wire is cut")
    play.desk.wire.cut()
    play.strokes(1, 3)
    play.desk.wire.mend()
    play.say("the wire is mended")


def lose_answers(play: Play) -> None:
    play.desk.wire.answers_to_drop = play.rng.randint(1, 2)
    play.say(f"answers get lost: {play.desk.wire.answers_to_drop}")
    play.strokes(1, 3)


def send_twice(play: Play) -> None:
    play.say("every stroke reaches the server twice")
    play.desk.wire.is_doubling = True
    play.strokes(2, 3)


def expire_cookie(play: Play) -> None:
    play.say("everyone is signed out on the server")
    play.town.end_sessions()
    play.strokes(1, 3)
    while not play.desk.is_asked_to_sign_in:
        play.strokes(1, 1)
    if play.rng.random() < 0.5:
        play.desk.press("Keep working, sign in later")
        while play.desk.at.kind != "signedOut":
            play.strokes(1, 1)
        play.desk.press("Sign in")
        play.say("signing in was put off")
    play.desk.sign_in_again()
    play.say("signed in again in place")


def kill_tab(play: Play) -> None:
    how = play.rng.choice(("while it saves", "without a connection", "at once"))
    play.say(f"the page is killed {how}")
    play.desk.wire.delay_s = 0.3 if how == "while it saves" else 0.0
    if how == "without a connection":
        play.desk.wire.cut()
    play.strokes(2, 4)
    play.desk.crash()
    play.open_again()


def close_tab(play: Play) -> None:
    play.say("the tab is closed while it saves")
    play.desk.wire.delay_s = 0.3
    play.strokes(2, 3)
    play.desk.close()
    play.open_again()


def reload_while_saving(play: Play) -> None:
    play.desk.wire.delay_s = play.rng.uniform(0.1, 0.4)
    play.strokes(2, 4)
    play.say("the page is loaded again while it saves")
    play.desk.reload()


def restart_server(play: Play) -> None:
    play.say("the web server is killed")
    play.town.house.kill("web")
    play.strokes(1, 3)
    play.town.house.start("web")
    play.say("the web server is started again")


def two_tabs(play: Play) -> None:
    first, second = play.desk.open_second()
    play.say("the case is opened in a second tab, which follows")
    play.desk.wire.delay_s = play.rng.choice((0.0, 0.3))
    first.page.bring_to_front()
    play.strokes(1, 3)
    if second.may_paint:
        raise Wrong("two tabs of one person may paint at once")
    play.desk.move_to(second)
    play.say("the second tab works here instead")
    play.strokes(1, 2)
    if play.rng.random() < 0.5:
        play.desk.close(first)
        return
    play.desk.move_to(first)
    play.say("back to the first tab")
    play.strokes(1, 2)
    play.desk.close(second)


def take_over(play: Play) -> None:
    """Another person takes the case while strokes of the first may still wait."""
    sam, alex = play.town.desks
    waits = play.rng.random() < 0.7
    if waits:
        sam.wire.cut()
    play.say(f"one person works, {'without a connection' if waits else 'all saved'}")
    play.strokes(1, 3)
    if not waits:
        sam.flush()
    alex.open()
    alex.take_case("Take over")
    play.say("another takes the case over")
    n = play.rng.randint(0, 2)
    alex.work(play.rng, n)
    alex.flush()
    play.say(f"the other made {n} acts")
    sam.wire.mend()
    until(lambda: not sam.at.may_paint, "the first was told")
    alex.close()
    play.say("the other leaves; the first takes the case again")
    regain(sam)


def hand_over(play: Play) -> None:
    """Another person asks for the case and is handed it, or takes back what was handed."""
    sam, alex = play.town.desks
    play.strokes(1, 2)
    sam.flush()
    alex.open()
    alex.press("Ask")
    sam.press("Hand over")
    alex.at.wait_for("window.app.mayPaint === true")
    play.say("the case was asked for and handed over")
    alex.work(play.rng, 2)
    alex.flush()
    alex.close()
    regain(sam)
    play.say("and is back")
    play.strokes(0, 1)


def regain(desk: Desk) -> None:
    """Take the case as the page offers it, unless it is taken again by itself."""

    def is_mine() -> bool:
        if not desk.at.may_paint:
            for offer in desk.offers():
                with contextlib.suppress(Error):  # it may be lent by itself meanwhile
                    offer.click(timeout=1_000)
        return desk.at.may_paint or desk.at.kind == "conflict"

    until(is_mine, "the case is lent again")


def replay_old(play: Play) -> None:
    """Post what was sent before once more, in any order, and what does not follow."""
    while not play.town.books.strokes(play.town.case):
        play.strokes(1, 2)
        play.desk.flush()
    play.strokes(1, 2)
    play.desk.flush()
    before = play.town.books.strokes(play.town.case)
    made = play.town.ledger.made
    old = [row.body for row in before if made[row.id].who == play.desk.username]
    play.rng.shuffle(old)
    play.say(f"old messages are sent again in another order: {len(old[:4])}")
    for body in old[:4]:
        answer = play.desk.post(body)
        if answer != (200, True):
            raise Wrong(f"a stroke sent again was answered with {answer}")
    for body, what in forged(play.rng, before):
        status, _ = play.desk.post(body)
        play.say(f"{what}: {status}")
        if status not in (409, 422):
            raise Wrong(f"{what} was answered with {status}")
    if play.town.books.strokes(play.town.case)[: len(before)] != before:
        raise Wrong("messages sent again changed what was stored")


Event = Callable[[Play], None]
EVENTS: Final[dict[str, Event]] = {
    "kill tab": kill_tab,
    "close tab": close_tab,
    "reload while saving": reload_while_saving,
    "cut network": cut_network,
    "tear wire": tear_wire,
    "lose answers": lose_answers,
    "deliver twice": send_twice,
    "expire cookie": expire_cookie,
    "restart server": restart_server,
    "two tabs": two_tabs,
    "take over": take_over,
    "ask and hand over": hand_over,
    "replay and reorder": replay_old,
}


class Failed(AssertionError):
    """A round that did not hold, with what is needed to play it again."""


def kinds_of(seed: int, number: int) -> list[str]:
    """Return the kinds of event of a round: each comes first in turn, every third has two."""
    rng = random.Random(f"{seed}/{number // len(EVENTS)}/order")
    names = list(EVENTS)
    rng.shuffle(names)
    first = names[number % len(names)]
    rest = [name for name in EVENTS if name != first]
    return [first, *random.Random(f"{seed}/{number}/more").sample(rest, int(number % 3 == 0))]


def play_round(town: Town, seed: int, number: int, kinds: list[str] | None = None) -> Counter[str]:
    """Play one round and audit it; return how often each kind of event came.

    Args:
        town: where.
        seed: of the run.
        number: of the round.
        kinds: events to play; those of the round's number by default.

    Raises:
        Failed: with seed, number and steps, if anything was lost, double or different.
    """
    play = Play(town, random.Random(f"{seed}/{number}"))
    kinds = kinds or kinds_of(seed, number)
    try:
        play.strokes(0, 2)
        for kind in kinds:
            EVENTS[kind](play)
        for desk in town.desks:
            desk.wire.mend()
        play.say("waiting until all is saved")
        play.desk.flush()
        play.say("all is saved")
        town.audit()
    except (Wrong, Error, AssertionError) as wrong:
        steps = "\n".join(f"  {step}" for step in play.steps)
        again = f"python -m tests.chaos --seed {seed} --only {number}"
        raise Failed(
            f"round {number} of seed {seed} ({', '.join(kinds)}):\n{steps}\n{wrong}\nagain: {again}"
        ) from wrong
    play.say("audited")
    if os.environ.get("LAMINA_CHAOS_STEPS"):
        print("\n".join(["", *play.steps]), flush=True)
    return Counter(kinds)
