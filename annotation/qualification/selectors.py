"""What of a test may be seen: everybody the own, the manager all."""

from typing import Any

from annotation.domain.workflow import Role, Stage
from annotation.qualification.models import Attempt, Demand, TestCase
from annotation.studies.models import Case, Dataset, Image, User
from annotation.studies.selectors import roles_in


def demand_of(dataset: Dataset) -> Demand | None:
    """Return what a dataset asks for, None for nothing."""
    return Demand.objects.filter(dataset=dataset).select_related("truth").first()


def is_demanded(demand: Demand | None, role: Role) -> bool:
    """Tell whether people of a role have to pass."""
    if demand is None:
        return False
    return {Role.STUDENT: demand.of_students, Role.READER: demand.of_readers}.get(role, False)


def waiting(dataset: Dataset, role: Role) -> set[int]:
    """Return the keys of the members who have a role and have still to pass its test."""
    if not is_demanded(demand_of(dataset), role):
        return set()
    members = dataset.memberships.filter(role=role.value).values_list("user", flat=True)
    passed = Attempt.objects.filter(dataset=dataset, role=role.value, passed=True)
    return set(members) - set(passed.values_list("person", flat=True))


def is_tested(case: Case) -> bool:
    """Tell whether a case is a copy in somebody's test."""
    return TestCase.objects.filter(case=case).exists()


def truth_cases(demand: Demand) -> list[Case]:
    """Return the CT cases of known truth that make the test."""
    final = demand.truth.cases.filter(stage=Stage.FINAL.value, image__kind=Image.Kind.VOLUME)
    return list(final.select_related("volume__image", "dataset").order_by("number"))


def attempts_of(dataset: Dataset, user: User, role: Role) -> list[Attempt]:
    """Return a person's attempts in a role, the first first."""
    rows = Attempt.objects.filter(dataset=dataset, person=user, role=role.value)
    return list(rows.select_related("house").prefetch_related("cases").order_by("number"))


def standing_of(dataset: Dataset, user: User, role: Role) -> dict[str, Any]:
    """Return where a person stands with the test of one role."""
    attempts = attempts_of(dataset, user, role)
    demand = demand_of(dataset)
    left = max(0, demand.attempts - len(attempts)) if demand else 0
    return {
        "role": role.value,
        "standing": _standing(attempts, left),
        "attempts_left": left,
        "attempts": [_describe(one) for one in attempts],
    }


def standings_in(dataset: Dataset, user: User) -> list[dict[str, Any]]:
    """Return where a person stands in every role that has to pass."""
    demand = demand_of(dataset)
    roles = [role for role in (Role.STUDENT, Role.READER) if role in roles_in(user, dataset)]
    return [standing_of(dataset, user, role) for role in roles if is_demanded(demand, role)]


def people_in(dataset: Dataset) -> list[dict[str, Any]]:
    """Return where every member stands, for the manager."""
    members = User.objects.filter(memberships__dataset=dataset, is_active=True).distinct()
    return [
        {"person": user.display_name, **standing}
        for user in members.order_by("username")
        for standing in standings_in(dataset, user)
    ]


def _standing(attempts: list[Attempt], left: int) -> str:
    if any(one.passed for one in attempts):
        return "passed"
    if any(one.passed is None for one in attempts):
        return "open"
    if not attempts:
        return "to_do"
    return "failed" if left else "exhausted"


def _describe(attempt: Attempt) -> dict[str, Any]:
    cases = list(attempt.cases.all())
    return {
        "number": attempt.number,
        "house": attempt.house.slug,
        "started_at": attempt.started_at,
        "finished_at": attempt.finished_at,
        "passed": attempt.passed,
        "n_cases": len(cases),
        "n_handed_in": sum(one.result is not None for one in cases),
        "result": attempt.result or None,
        "vertebrae": [row for one in cases for row in (one.result or {}).get("vertebrae", [])]
        if attempt.passed is not None
        else [],
    }
