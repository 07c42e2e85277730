"""What follows whenever something of a sitting is settled or taken back."""

from annotation.consensus import asking, room, selectors
from annotation.consensus.models import Sitting
from annotation.consensus.signing import void_signatures


def after_change(sitting: Sitting) -> None:
    """Void signatures, end what third readers had to do if nothing is asked, tell open pages."""
    void_signatures(sitting)
    asked = room.asked_turns(sitting)
    still_open = {row.pk for row in selectors.open_disagreements(sitting)}
    if asked and not still_open.intersection(asked):
        asking.end_adjudication(sitting)
    room.tell_of(sitting)
