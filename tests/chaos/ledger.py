"""The ledger: every act a browser made, what became of it, and whether the masks agree."""

from dataclasses import dataclass, field

import numpy as np

from tests.chaos.books import Row
from tests.chaos.messages import Message, Wrong, apply, read_message


@dataclass(frozen=True)
class Made:
    """One act that a page said it made."""

    message: Message
    tab: int
    """Which opened page made it; the acts of one page keep their order."""
    who: str = ""


@dataclass
class Ledger:
    """What the harness knows of one case.

    Attributes:
        start: flat labels before the first act.
        levels: level codes by vertebra number before the first act.
        made: acts by id, in the order in which they were made.
        acknowledged: acts that the server has answered for with 200.
        journaled: acts that lay in a browser's journal when its page died or was closed.
        set_aside: acts that lost a race; a kept version was found that holds them.
        gone: acts whose page was killed before its journal had them, and which were never answered.
        levels_now: level codes after the newest audit.
    """

    start: np.ndarray
    levels: dict[int, int]
    made: dict[str, Made] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    journaled: set[str] = field(default_factory=set)
    set_aside: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    levels_now: dict[int, int] = field(default_factory=dict)

    def note_made(self, tab: int, told: list[Message], who: str = "") -> None:
        """Write down what a page tells; an act told again must be the same act."""
        for message in told:
            known = self.made.setdefault(message.id, Made(message, tab, who))
            if known.message.change != message.change:
                raise Wrong(f"{message.id} is another act than when it was made")

    def note_death(
        self, tab: int, in_journal: set[str], stored: set[str], unwritten: set[str]
    ) -> None:
        """Write down what of a page's acts its death left behind.

        Only what the page had not been told to lie in the journal may be gone; all else that is
        nowhere afterwards is lost, and the audit says so.
        """
        self.journaled |= in_journal
        mine = {key for key, act in self.made.items() if act.tab == tab}
        lost = mine - in_journal - stored - self.acknowledged - self.set_aside
        self.gone |= lost & unwritten

    def find_versions(self, rows: list[Row], versions: list[np.ndarray]) -> None:
        """Find acts that are not stored in the versions that were kept beside the main mask.

        What a person made in a row and could not store must be, on top of the mask it stood on, one
        of the kept versions.

        Raises:
            Wrong: if no kept version is that mask.
        """
        kept = {version.tobytes() for version in versions}
        for acts in self._unstored({row.id for row in rows}):
            base = acts[0].sequence - 1
            labels, levels = self.start.copy(), dict(self.levels)
            for row in rows[:base]:
                apply(self.made[row.id].message, labels, levels)
            for act in acts:
                apply(act, labels, levels)
            if labels.tobytes() not in kept:
                names = [act.id for act in acts]
                raise Wrong(f"lost a race on act {base}, and in no kept version: {names}")
            self.set_aside |= {act.id for act in acts}

    def _unstored(self, stored: set[str]) -> list[list[Message]]:
        """Return acts that are nowhere yet, those that follow on each other together."""
        groups: list[list[Message]] = []
        newest: dict[str, Message] = {}
        for key, act in self.made.items():
            if key in stored or key in self.set_aside or key in self.gone:
                continue
            before = newest.get(act.who)
            if before is not None and act.message.sequence == before.sequence + 1:
                next(group for group in groups if group[-1] is before).append(act.message)
            else:
                groups.append([act.message])
            newest[act.who] = act.message
        return groups

    def audit(self, rows: list[Row]) -> np.ndarray:
        """Replay what is stored from what was made; return the labels that must be everywhere.

        Raises:
            Wrong: naming the first act that is lost, double, foreign, changed or out of order.
        """
        self._count(rows)
        labels, levels = self.start.copy(), dict(self.levels)
        newest: dict[int, int] = {}
        order = {key: place for place, key in enumerate(self.made)}
        for row in rows:
            act = self.made.get(row.id)
            if act is None:
                raise Wrong(f"the server holds {row.id}, which no page has made")
            if read_message(row.body).change != act.message.change:
                raise Wrong(f"the server holds {row.id} otherwise than it was made")
            if order[row.id] < newest.get(act.tab, -1):
                raise Wrong(f"{row.id} was stored after a later act of the same page")
            newest[act.tab] = order[row.id]
            apply(act.message, labels, levels)
        self.levels_now = levels
        return labels

    def _count(self, rows: list[Row]) -> None:
        stored = [row.id for row in rows]
        if len(set(stored)) != len(stored):
            raise Wrong("a stroke is stored twice")
        if [row.sequence for row in rows] != list(range(1, len(rows) + 1)):
            raise Wrong("the numbers of the stored strokes have gaps")
        missing = self.acknowledged - set(stored)
        if missing:
            raise Wrong(f"acknowledged and not stored: {sorted(missing)}")
        lost = [
            key
            for key in self.made
            if key not in set(stored) and key not in self.set_aside and key not in self.gone
        ]
        if lost:
            raise Wrong(f"made, and neither stored nor kept aside: {lost}")

    def tally(self, rows: list[Row]) -> dict[str, int]:
        """Return how many acts had which fate."""
        stored = {row.id for row in rows}
        return {
            "made": len(self.made),
            "acknowledged": len(self.acknowledged),
            "replayed": len(self.journaled & stored),
            "in kept versions": len(self.set_aside),
            "never journaled": len(self.gone),
        }
