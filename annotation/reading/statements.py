"""What a reader says of the whole case: how levels were counted, and anomalies of numbering.

Both belong to the blind reading. They are not the declaration that the mask's people share
(`studies.anomalies`): that one is neither read nor changed here.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from annotation.domain.anomalies import AnomaliesContradict, checked_anomalies
from annotation.domain.refusals import ContentRefused
from annotation.reading.models import Reading
from annotation.reading.services import require_open

_FIELDS: Final = ("levels_confirmed", "levels_counted_from", "anomalies")


@transaction.atomic
def say_of_case(reading: Reading, said: Mapping[str, Any]) -> None:
    """Keep what a reader says of the case; fields that are not said stay.

    Args:
        reading: the reader's own, open.
        said: `levels_confirmed`, `levels_counted_from` ("" for not said), `anomalies` by name.

    Raises:
        Conflict: if the reading is submitted or the case is elsewhere.
        ContentRefused: if two anomalies exclude each other.
    """
    require_open(reading)
    for name in _FIELDS:
        if name in said:
            setattr(reading, name, said[name] if name != "anomalies" else _checked(said[name]))
    reading.save(update_fields=_FIELDS)


def _checked(names: list[str]) -> list[str]:
    try:
        return sorted(checked_anomalies(names))
    except AnomaliesContradict as error:
        raise ContentRefused(str(error), code="anomalies_contradict") from None
