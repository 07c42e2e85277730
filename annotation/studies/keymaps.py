"""Keys that a person has chosen for commands.

The table of commands and its rules live in the browser; here it is kept for its person only.
"""

from typing import Any, TypedDict

from django.conf import settings
from django.db import models

from annotation.studies.people import User


class Keys(TypedDict):
    """Keys by command, where they are not the usual ones; and whether single letters act."""

    keys: dict[str, list[str]]
    letters: bool


class KeyMap(models.Model):
    """The keys of one person; see `Keys`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="key_map")
    keys = models.JSONField(default=dict)
    letters = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{len(self.keys)} keys of {self.user_id}"


def keys_of(user: User) -> Keys:
    """Return a person's keys; none changed and letters on where nothing was chosen."""
    row = KeyMap.objects.filter(user=user).first()
    return Keys(keys=row.keys, letters=row.letters) if row else Keys(keys={}, letters=True)


def keep_keys(user: User, *, keys: dict[str, Any], letters: bool) -> Keys:
    """Keep a person's keys in place of those before."""
    KeyMap.objects.update_or_create(user=user, defaults={"keys": keys, "letters": letters})
    return keys_of(user)
