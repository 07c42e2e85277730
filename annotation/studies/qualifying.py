"""Who has still to pass a dataset's test before real cases: asked wherever a case is given out.

The test is a later room's; `annotation.flow` says at start-up whom it waits for.
"""

from collections.abc import Callable

from annotation.domain.refusals import NotPermitted
from annotation.domain.workflow import Role
from annotation.studies.models import Dataset, User

WAITING: list[Callable[[Dataset, Role], set[int]]] = []


def waiting_in(dataset: Dataset, role: Role) -> set[int]:
    """Return the keys of the people who have this role and have not passed its test yet."""
    return set().union(*(ask(dataset, role) for ask in WAITING))


def require_qualified(user: User, dataset: Dataset, role: Role) -> None:
    """Refuse a real case to whoever has not passed the dataset's test for a role.

    Raises:
        NotPermitted: code `not_qualified`; `page` says where the test is.
    """
    if user.pk in waiting_in(dataset, role):
        raise NotPermitted(
            f"This data set asks every {role.value} to pass its test first. The test is on the"
            " page Qualification.",
            code="not_qualified",
            page=f"/d/{dataset.slug}/qualification",
        )
