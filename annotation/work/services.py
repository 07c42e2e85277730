"""Verbs on jobs and on what open pages are told."""

from typing import Any, Final

from annotation.work.models import LiveEvent

LIVE_FORMAT: Final = "lamina.live/1"


def tell(channel: str, **body: Any) -> LiveEvent:
    """Tell everyone who listens on a channel: keys and states only, never content."""
    return LiveEvent.objects.create(channel=channel, body={"format": LIVE_FORMAT, **body})
