"""Spines that have a vertebra more or fewer than most.

Numbering anomalies are declared for a case by a person; without a declaration a spine runs C1-C7,
T1-T12, L1-L5, S1.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final

from annotation.domain.vertebrae import LEVELS


class Anomaly(StrEnum):
    """A vertebra that this spine has, or lacks, unlike most."""

    HAS_T13 = "has_T13"
    HAS_L6 = "has_L6"
    LACKS_T12 = "lacks_T12"
    LACKS_L5 = "lacks_L5"


_ADDED: Final = {Anomaly.HAS_T13: "T13", Anomaly.HAS_L6: "L6"}
_TAKEN: Final = {Anomaly.LACKS_T12: "T12", Anomaly.LACKS_L5: "L5"}
_APART: Final = ((Anomaly.HAS_T13, Anomaly.LACKS_T12), (Anomaly.HAS_L6, Anomaly.LACKS_L5))


class AnomaliesContradict(ValueError):
    """Anomalies that no spine has at once."""


def checked_anomalies(names: Iterable[str]) -> frozenset[Anomaly]:
    """Return the anomalies of these names.

    Raises:
        ValueError: for a name that is none.
        AnomaliesContradict: naming two that exclude each other.
    """
    found = frozenset(Anomaly(name) for name in names)
    for one, other in _APART:
        if {one, other} <= found:
            raise AnomaliesContradict(
                f"A spine with {_ADDED[one]} has {_TAKEN[other]} too; declare one of the two."
            )
    return found


def expected_chain(anomalies: Collection[Anomaly] = ()) -> tuple[str, ...]:
    """Return the levels that a whole spine with these anomalies has, from cranial to caudal."""
    absent = {level for anomaly, level in _ADDED.items() if anomaly not in anomalies}
    absent |= {level for anomaly, level in _TAKEN.items() if anomaly in anomalies}
    return tuple(level for level in LEVELS if level not in absent)
