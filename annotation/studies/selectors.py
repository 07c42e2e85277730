"""What of datasets and cases may be seen, and by whom."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.request import Request

from annotation.domain.refusals import NotPermitted, NotVisible
from annotation.domain.workflow import WORKFLOW, Move, Role, Stage, moves_from
from annotation.studies.models import Case, Dataset, LevelAssignment, User, Vertebra, Volume

_SEES_CASES = (Role.STUDENT.value, Role.READER.value, Role.MANAGER.value)
SHOWN_STAGE: list[Callable[[User, Case], str]] = []
"""What knows at which stage a case is for one person; `annotation.flow` fills it at start-up."""
COUNTED_SINCE: list[Callable[[User, Case], datetime | None]] = []
"""What knows from when on a person's time on a case counts as spent on what is in hand."""
_NOT_YOURS = "This case does not exist or is not yours to see."


def person_of(request: Request) -> User:
    """Return the person who is signed in.

    Raises:
        NotPermitted: if nobody is; views that require sign-in never get here.
    """
    if not isinstance(request.user, User):
        raise NotPermitted("You are not signed in.", code="not_authenticated")
    return request.user


def datasets_of(user: User) -> QuerySet[Dataset]:
    """Return the datasets a person is a member of, by name."""
    return Dataset.objects.filter(memberships__user=user).distinct().order_by("name")


def get_dataset(user: User, slug: str) -> Dataset:
    """Return one dataset of this person.

    Raises:
        NotVisible: if it does not exist or the person is no member.
    """
    found = datasets_of(user).filter(slug=slug).first()
    if found is None:
        raise NotVisible("This dataset does not exist or is not yours to see.")
    return found


def roles_in(user: User, dataset: Dataset) -> frozenset[Role]:
    """Return the person's roles in a dataset; empty for a stranger."""
    values = dataset.memberships.filter(user=user).values_list("role", flat=True)
    return frozenset(Role(value) for value in values)


def require_role(user: User, dataset: Dataset, *roles: Role) -> None:
    """Refuse whoever has none of the roles.

    Raises:
        NotPermitted: naming the roles that may.
    """
    if not roles_in(user, dataset).intersection(roles):
        names = " or ".join(role.value for role in roles)
        raise NotPermitted(f"Only a {names} of this dataset may do this.")


def cases_visible_to(user: User) -> QuerySet[Case]:
    """Return the cases of the datasets in which the person works on cases."""
    datasets = Dataset.objects.filter(memberships__user=user, memberships__role__in=_SEES_CASES)
    return Case.objects.filter(dataset__in=datasets).select_related("dataset", "volume")


def get_case(user: User, case_id: UUID | str) -> Case:
    """Return one case.

    Raises:
        NotVisible: for strangers as for keys that do not exist.
    """
    try:
        found = cases_visible_to(user).filter(pk=case_id).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotVisible(_NOT_YOURS)
    return found


def get_volume(user: User, volume_id: UUID, content_hash: str = "") -> Volume:
    """Return a volume that a case visible to the person uses, with this hash if one is given.

    Raises:
        NotVisible: for strangers as for keys that do not exist.
    """
    found = Volume.objects.filter(pk=volume_id, cases__in=cases_visible_to(user)).first()
    if found is None or content_hash not in ("", found.hash):
        raise NotVisible("This volume does not exist or is not yours to see.")
    return found


def stage_shown_to(user: User, case: Case) -> str:
    """Return the stage of a case as this person is to know it."""
    return SHOWN_STAGE[0](user, case) if SHOWN_STAGE else case.stage


def counted_since(user: User, case: Case) -> datetime | None:
    """Return from when on a person's own time on a case is shown, None for all of it."""
    return COUNTED_SINCE[0](user, case) if COUNTED_SINCE else None


def moves_of(user: User, case: Case) -> tuple[Move, ...]:
    """Return the moves the person has on this case now."""
    return moves_from(Stage(case.stage), roles_in(user, case.dataset))


def role_for(user: User, case: Case, move: Move) -> Role:
    """Return the role by which the person may make a move.

    Raises:
        NotPermitted: if none of the person's roles admits it.
    """
    roles = roles_in(user, case.dataset)
    for role in WORKFLOW[move].by:
        if role in roles:
            return role
    names = " or ".join(role.value for role in WORKFLOW[move].by)
    raise NotPermitted(f"Only a {names} may do this; the case is at stage {case.stage}.")


def assignments_of(case: Case) -> dict[int, LevelAssignment]:
    """Return the assignment that counts for each vertebra number that has a level."""
    rows = LevelAssignment.objects.filter(vertebra__case=case).select_related("vertebra")
    newest = {row.vertebra.number: row for row in rows.order_by("id")}
    return {number: row for number, row in newest.items() if row.level}


def levels_in(dataset: Dataset) -> dict[int, str]:
    """Return the level of every named vertebra of a dataset, by the vertebra's key."""
    rows = LevelAssignment.objects.filter(vertebra__case__dataset=dataset).order_by("id")
    newest = dict(rows.values_list("vertebra_id", "level"))
    return {key: level for key, level in newest.items() if level}


def levels_by_number(dataset: Dataset) -> dict[UUID, dict[int, str]]:
    """Return the level of every named vertebra of a dataset, by case and number."""
    rows = LevelAssignment.objects.filter(vertebra__case__dataset=dataset).order_by("id")
    found: dict[UUID, dict[int, str]] = {}
    for case, number, level in rows.values_list("vertebra__case", "vertebra__number", "level"):
        found.setdefault(case, {})[number] = level
    return found


def levels_of(case: Case) -> dict[int, str]:
    """Return the level of each vertebra number that has one."""
    return {number: row.level for number, row in assignments_of(case).items()}


def vertebrae_of(case: Case) -> QuerySet[Vertebra]:
    """Return the vertebrae of a case by number, without those that only an old proposal held."""
    return Vertebra.objects.filter(case=case, is_retired=False).order_by("number")
