"""Why an act is refused, said in words a person can act on; the house turns each into an answer."""

from typing import Any


class Refused(Exception):
    """An act that cannot be done.

    Attributes:
        code: short name of the reason, for programs.
        detail: sentence for people; never an identity, path or file name.
        extra: further fields of the answer.
    """

    code = "refused"

    def __init__(self, detail: str, *, code: str = "", **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.extra = extra


class NotVisible(Refused):
    """The thing is not there for this person, whether or not it exists."""

    code = "not_found"


class NotPermitted(Refused):
    """The person's roles do not allow the act."""

    code = "not_permitted"


class Conflict(Refused):
    """The thing is in another state than the act needs; the sentence says in which."""

    code = "conflict"


class ContentRefused(Refused):
    """What was sent cannot be taken; `problems` in `extra` lists why."""

    code = "content_refused"

    def __init__(
        self, detail: str, *, code: str = "", problems: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(detail, code=code, problems=problems or [])
