"""Accounts of those who work here; patients are in `models`."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person with an account; what they may do follows from their memberships."""

    @property
    def display_name(self) -> str:
        """Name shown to others."""
        return self.get_full_name() or self.username
