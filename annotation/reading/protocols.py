"""Versions of a dataset's protocol: a new one is made, none is ever changed."""

import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from annotation.domain.allocation import LONGEST_BLOCK_OF_ARMS, Arm, sizes_in_block
from annotation.domain.discrepancy import Limits
from annotation.domain.genant import CONVENTIONS
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Role
from annotation.reading.models import Assignment, Protocol
from annotation.studies.models import Dataset, User
from annotation.studies.selectors import require_role

SAID: Final = (
    "convention",
    "readers_per_case",
    "overlap_share",
    "proposal_exposure",
    "arms",
    "grades_cervical",
    "classifies_ao",
    "repeat_share",
    "repeat_after_days",
    "catch_share",
    "limits",
    "adjudicator",
    "wash_out_days",
    "way",
    "due_days",
    "independent_masks",
    "masks_begin",
    "note",
)
"""What a person says of a version; number, seed, author and time are written beside it."""
MOST_DAYS: Final = 730
MOST_READERS: Final = 12
NUMBERS_OF_MASKS: Final = (0, 2, 3)


def versions_of(dataset: Dataset) -> list[Protocol]:
    """Return the versions of a dataset's protocol, the newest first."""
    rows = dataset.protocols.select_related("adjudicator", "made_by")
    return list(rows.order_by("-version"))


def versions_in_use(dataset: Dataset) -> set[int]:
    """Return the keys of the versions under which somebody reads or has read."""
    rows = Assignment.objects.filter(case__dataset=dataset).order_by()
    return set(rows.values_list("protocol", flat=True).distinct())


def readers_of(dataset: Dataset) -> list[User]:
    """Return the readers of a dataset who can sign in, by name."""
    rows = User.objects.filter(memberships__dataset=dataset, memberships__role=Role.READER.value)
    return sorted(rows.filter(is_active=True).distinct(), key=lambda one: one.display_name)


@transaction.atomic
def propose_protocol(dataset: Dataset, *, by: User, said: Mapping[str, Any]) -> Protocol:
    """Make the next version of a dataset's protocol; readings that open from now on follow it.

    Args:
        dataset: whose cases are read.
        by: a manager.
        said: any of `SAID`; what is missing is as in the newest version.

    Raises:
        NotPermitted: if the person is no manager.
        ContentRefused: with `problems`, each naming its `field`.
        Conflict: if nothing differs from the newest version.
    """
    require_role(by, dataset, Role.MANAGER)
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
    newest = dataset.protocols.order_by("-version").first()
    before = newest or Protocol()
    fields = {name: said.get(name, getattr(before, name)) for name in SAID}
    fields["limits"] = {**Limits().as_dict(), **fields["limits"]}
    problems = _problems(fields, readers_of(dataset))
    if problems:
        raise ContentRefused(
            problems[0]["message"], code="protocol_refused", problems=problems
        ) from None
    if newest and all(fields[name] == getattr(newest, name) for name in SAID):
        raise Conflict(
            f"Nothing differs from version {newest.version}; it stays the newest.",
            code="nothing_changed",
        )
    return Protocol.objects.create(
        dataset=dataset,
        version=newest.version + 1 if newest else 1,
        allocation_seed=secrets.randbelow(1 << 31),
        made_by=by,
        **fields,
    )


_Fields = Mapping[str, Any]
_Check = Callable[[_Fields, Sequence[User]], str]


def _problems(fields: _Fields, readers: Sequence[User]) -> list[dict[str, Any]]:
    found = [(name, check(fields, readers)) for name, check in _CHECKS]
    return [
        {"field": name, "code": f"bad_{name}", "message": message, "blocking": True}
        for name, message in found
        if message
    ]


def _convention(fields: _Fields, _: Sequence[User]) -> str:
    if fields["convention"] in CONVENTIONS:
        return ""
    return f"Grade convention: there is none of this name; known are {', '.join(CONVENTIONS)}."


def _readers(fields: _Fields, readers: Sequence[User]) -> str:
    n, third = fields["readers_per_case"], fields["adjudicator"]
    if not 1 <= n <= MOST_READERS:
        return f"Readers per case: from 1 to {MOST_READERS}."
    first = [one for one in readers if third is None or one.pk != third.pk]
    if n > len(first):
        besides = " besides the adjudicator" if third is not None else ""
        return f"Readers per case: {n} are wanted, and there are {len(first)} readers{besides}."
    return ""


def _adjudicator(fields: _Fields, readers: Sequence[User]) -> str:
    third = fields["adjudicator"]
    if third is None or third in readers:
        return ""
    return "Adjudicator: this person is no reader of the data set."


def _share_of(name: str, words: str) -> _Check:
    def check(fields: _Fields, _: Sequence[User]) -> str:
        is_share = math.isfinite(fields[name]) and 0 <= fields[name] <= 1
        return "" if is_share else f"{words}: a share from 0 to 100 %."

    return check


def _days_of(name: str, words: str, fewest: int) -> _Check:
    def check(fields: _Fields, _: Sequence[User]) -> str:
        days = fields[name]
        fits = days is None or fewest <= days <= MOST_DAYS
        return "" if fits else f"{words}: from {fewest} to {MOST_DAYS} days."

    return check


def _exposure(fields: _Fields, _: Sequence[User]) -> str:
    known = fields["proposal_exposure"] in Protocol.Exposure.values
    return "" if known else "Proposal: shown, hidden or after commit."


def _way(fields: _Fields, _: Sequence[User]) -> str:
    return "" if fields["way"] in Protocol.Way.values else "How cases go out: pull or assign."


def _arms(fields: _Fields, _: Sequence[User]) -> str:
    arms = fields["arms"]
    names = [str(arm.get("name", "")).strip() for arm in arms]
    if len(arms) == 1:
        return "Arms: one arm is no comparison; set two or more, or none."
    if not all(names) or len(set(names)) < len(names) or max(map(len, names), default=0) > 40:
        return "Arms: each has a name of its own of at most 40 letters."
    if any(arm.get("exposure") not in Protocol.Exposure.values for arm in arms):
        return "Arms: each shows the proposal, hides it, or shows it after commit."
    return _weights([Arm(arm["name"], arm["exposure"], arm.get("weight", 0)) for arm in arms])


def _weights(arms: Sequence[Arm]) -> str:
    try:
        if arms:
            sizes_in_block(arms)
    except ValueError:
        return (
            "Arms: every weight is above 0, and in whole numbers the weights add up to at most "
            f"{LONGEST_BLOCK_OF_ARMS}."
        )
    return ""


def _catches(fields: _Fields, readers: Sequence[User]) -> str:
    wrong = _share_of("catch_share", "Catch cases")(fields, readers)
    exposures = {arm.get("exposure") for arm in fields["arms"]} or {fields["proposal_exposure"]}
    if not wrong and fields["catch_share"] > 0 and Protocol.Exposure.SHOWN not in exposures:
        return "Catch cases: an error can only be planted where the proposal is shown."
    return wrong


def _masks(fields: _Fields, _: Sequence[User]) -> str:
    n = fields["independent_masks"]
    if n not in NUMBERS_OF_MASKS:
        return "Independent masks: none, 2 or 3 for a case."
    if n > fields["readers_per_case"]:
        return f"Independent masks: {n} are wanted of {fields['readers_per_case']} readers."
    return ""


def _masks_begin(fields: _Fields, _: Sequence[User]) -> str:
    known = fields["masks_begin"] in Protocol.MasksBegin.values
    return "" if known else "Independent masks: they begin checked or empty."


def _limits(fields: _Fields, _: Sequence[User]) -> str:
    limits = fields["limits"]
    unknown = sorted(set(limits) - set(Limits().as_dict()))
    if unknown:
        return f"Limits: {', '.join(unknown)} is none."
    if any(not math.isfinite(value) or value <= 0 for value in limits.values()):
        return "Limits: each is a number above 0."
    too_large = [name for name in ("noise_of_g", "great_difference_of_g") if limits[name] >= 1]
    if too_large or limits["mask_dice"] > 1:
        return "Limits: differences of G are below 1, the Dice overlap is at most 1."
    return ""


_CHECKS: Final[tuple[tuple[str, _Check], ...]] = (
    ("convention", _convention),
    ("readers_per_case", _readers),
    ("overlap_share", _share_of("overlap_share", "Overlap")),
    ("proposal_exposure", _exposure),
    ("arms", _arms),
    ("repeat_share", _share_of("repeat_share", "Repeats")),
    ("repeat_after_days", _days_of("repeat_after_days", "Repeats", 1)),
    ("catch_share", _catches),
    ("limits", _limits),
    ("adjudicator", _adjudicator),
    ("wash_out_days", _days_of("wash_out_days", "Pause before consensus", 0)),
    ("way", _way),
    ("due_days", _days_of("due_days", "Days to read", 1)),
    ("independent_masks", _masks),
    ("masks_begin", _masks_begin),
)
