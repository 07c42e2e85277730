"""What a training learns from: `--data phantoms:400@1,folder:PATH@2`.

A part is `phantoms` (as many as the preset says), `phantoms:400` (so many of each kind),
`phantoms:7-12` (these seeds) or `folder:PATH` (the training side of a frozen folder, see
docs/frozen-folder.md). What stands behind `@` is the part's weight in the mix; without it, 1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from annotation.imaging.frozen import Frozen, FrozenFolderRefused, read_frozen
from inference.config import Preset
from inference.learning.course import Course, Kind
from inference.learning.lineage import examples_version, sha256_of
from inference.phantoms.seeds import HELD_OUT_SEED, seeds_named

_PART: Final = re.compile(r",(?=(?:phantoms|folder)\b)")
_WEIGHT: Final = re.compile(r"(?P<what>.*)@(?P<weight>[0-9.]+)")


@dataclass(frozen=True)
class Simulated:
    """Phantoms.

    Attributes:
        named: seeds as written; empty for as many as the preset says.
        weight: in the mix.
    """

    named: str = ""
    weight: float = 1.0

    def seeds(self, kind: Kind, preset: Preset) -> list[int]:
        """Return the seeds of one kind of phantom.

        Raises:
            ValueError: if they cannot be read, or are kept for the judging.
        """
        seeds = seeds_named(self.named or str(preset.phantoms[kind.name]), kind.first_seed)
        if max(seeds) >= HELD_OUT_SEED:
            raise ValueError(f"phantoms from seed {HELD_OUT_SEED} on are kept for the judging")
        return seeds


@dataclass(frozen=True)
class Finished:
    """The finished cases of a frozen folder, and their weight in the mix."""

    frozen: Frozen
    weight: float = 1.0


@dataclass(frozen=True)
class Data:
    """All that one training learns from."""

    simulated: tuple[Simulated, ...] = (Simulated(),)
    finished: tuple[Finished, ...] = ()

    def n_cases(self) -> int:
        """Return how many finished cases are learnt from."""
        return sum(len(one.frozen.of_split("train")) for one in self.finished)

    def manifest(self, course: Course, preset: Preset) -> dict[str, Any]:
        """Return what is learnt from, as plain values for the card."""
        return {
            "phantoms": {
                _unique(kind.name, place): _seeds_told(part.seeds(kind, preset), part.weight)
                for place, part in enumerate(self.simulated)
                for kind in course.kinds.values()
            },
            "cases": [
                {"case": case.case, "sha256": case.sha256}
                for part in self.finished
                for case in part.frozen.of_split("train")
            ],
            "folders": [
                {"manifest_sha256": part.frozen.manifest_sha256, "weight": part.weight}
                for part in self.finished
            ],
        }

    def sha256(self, course: Course, preset: Preset) -> str:
        """Return the hash of all that is learnt from, and of the code that makes it."""
        return sha256_of([examples_version(), self.manifest(course, preset)])


def data_named(text: str) -> Data:
    """Return the data that the text names.

    Raises:
        ValueError: if it cannot be read, or a folder is refused, as with one patient on both sides.
    """
    simulated: list[Simulated] = []
    finished: list[Finished] = []
    for part in _PART.split(text):
        what, weight = _weighed(part)
        kind, _, rest = what.partition(":")
        if kind == "phantoms":
            simulated.append(Simulated(rest, weight))
        elif kind == "folder" and rest:
            finished.append(Finished(read_frozen(Path(rest)), weight))
        else:
            raise ValueError(f"data are phantoms:SEEDS or folder:PATH, not {part!r}")
    _check_sides([one.frozen for one in finished])
    return Data(tuple(simulated), tuple(finished))


def _weighed(part: str) -> tuple[str, float]:
    found = _WEIGHT.fullmatch(part)
    if found is None:
        return part, 1.0
    try:
        weight = float(found["weight"])
    except ValueError:
        weight = 0.0
    if weight <= 0:
        raise ValueError(f"the weight of {found['what']!r} is a number above 0")
    return found["what"], weight


def _check_sides(folders: Sequence[Frozen]) -> None:
    """Refuse a patient who is learnt from in one folder and judged on in another."""
    sides = [
        {case.patient for folder in folders for case in folder.of_split(side)}
        for side in ("train", "frozen")
    ]
    if sides[0] & sides[1]:
        raise FrozenFolderRefused(
            "one patient is on both sides: in training in one folder, in evaluation in another"
        )


def _unique(name: str, place: int) -> str:
    return name if place == 0 else f"{name} ({place + 1})"


def _seeds_told(seeds: list[int], weight: float) -> dict[str, Any]:
    told: dict[str, Any] = {"first": min(seeds), "n": len(seeds), "weight": weight}
    if sorted(seeds) != list(range(min(seeds), min(seeds) + len(seeds))):
        told["seeds"] = seeds
    return told
