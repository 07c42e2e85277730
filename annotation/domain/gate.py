"""Whether a candidate model may take the place of the model in service.

All metrics are compared as *higher is better*; a metric where lower is better (millimetres) has to
be turned into one before it comes here. The candidate is refused if any metric is down by more than
the tolerance, or if nothing could be compared.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TOLERANCE: Final = 0.01
_ROUNDING: Final = 1e-9


class Verdict(StrEnum):
    """What one metric says."""

    NOT_WORSE = "not_worse"
    WORSE = "worse"
    UNDEFINED = "undefined"


class Outcome(StrEnum):
    """What all metrics together say."""

    PROMOTED = "promoted"
    REFUSED = "refused"


@dataclass(frozen=True)
class GateRow:
    """One metric before and after; None where it is undefined."""

    metric: str
    before: float | None
    after: float | None
    difference: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Gate:
    """All rows, in the order of the metrics before, and the outcome."""

    rows: tuple[GateRow, ...]
    outcome: Outcome


def judge(
    before: Mapping[str, float | None],
    after: Mapping[str, float | None],
    tolerance: float = TOLERANCE,
) -> Gate:
    """Compare a candidate's metrics with those of the model in service.

    Args:
        before: metrics of the model in service, higher is better; None or NaN is undefined.
        after: the same of the candidate. A metric that only the candidate lacks counts as worse:
            what could be measured must stay measurable.
        tolerance: how far a metric may fall.

    Returns:
        One row per metric named on either side, and the outcome.
    """
    names = [*before, *(name for name in after if name not in before)]
    rows = tuple(_row(name, before.get(name), after.get(name), tolerance) for name in names)
    verdicts = {row.verdict for row in rows}
    is_fit = Verdict.WORSE not in verdicts and Verdict.NOT_WORSE in verdicts
    return Gate(rows, Outcome.PROMOTED if is_fit else Outcome.REFUSED)


def _row(name: str, before: float | None, after: float | None, tolerance: float) -> GateRow:
    was, now = _defined(before), _defined(after)
    if was is None:
        return GateRow(name, was, now, None, Verdict.UNDEFINED)
    if now is None:
        return GateRow(name, was, now, None, Verdict.WORSE)
    is_worse = now < was - tolerance - _ROUNDING
    verdict = Verdict.WORSE if is_worse else Verdict.NOT_WORSE
    return GateRow(name, was, now, now - was, verdict)


def _defined(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
