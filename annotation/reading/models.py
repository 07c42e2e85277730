"""Protocols, blind readings and findings.

`Reading` and `Finding` have no `objects`: their manager is called `unblinded`, so that each place
that pierces the blind is found by one search. Everyone else asks `reading.selectors`.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.domain.discrepancy import Limits
from annotation.domain.genant import DEFAULT_CONVENTION
from annotation.studies.models import Case, Dataset, Vertebra


def default_limits() -> dict[str, Any]:
    """Return the limits from which on two readings differ, by name."""
    return Limits().as_dict()


class Purpose(models.TextChoices):
    """Why a reading is made; only first readings count towards the readers of a case."""

    FIRST = "first"
    REPEAT = "repeat"
    ADJUDICATION = "adjudication"


class Protocol(models.Model):
    """How a dataset is read; versioned, never edited once in use.

    Attributes:
        arms: `{"name", "exposure", "weight"}` each; empty for one arm with `proposal_exposure`.
        allocation_seed: from which arms, readers and cases are drawn.
        overlap_share: share of the cases that `readers_per_case` read; the others have one reader.
        repeat_share: share of a reader's cases that come back unannounced.
        repeat_after_days: how long after the first reading at the earliest.
        catch_share: share of the cases whose shown proposal carries a planted error.
        limits: from which on two readings differ, see `domain.discrepancy.Limits`.
        adjudicator: third reader where two do not agree; reads no case first.
        way: whether cases are pulled by readers or assigned to them on arrival.
        independent_masks: how many readers of a case also paint a mask of their own, 0 for none.
        masks_begin: with what these masks begin.
    """

    class Way(models.TextChoices):
        PULL = "pull"
        ASSIGN = "assign"

    class Exposure(models.TextChoices):
        SHOWN = "shown"
        HIDDEN = "hidden"
        AFTER_COMMIT = "after_commit"

    class MasksBegin(models.TextChoices):
        CHECKED = "checked"
        EMPTY = "empty"

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="protocols")
    version = models.PositiveIntegerField()
    convention = models.CharField(max_length=30, default=DEFAULT_CONVENTION)
    readers_per_case = models.PositiveSmallIntegerField(default=2)
    proposal_exposure = models.CharField(
        max_length=12, choices=Exposure.choices, default=Exposure.SHOWN
    )
    grades_cervical = models.BooleanField(default=False)
    wash_out_days = models.PositiveSmallIntegerField(default=0)
    arms = models.JSONField(default=list, blank=True)
    allocation_seed = models.PositiveIntegerField(default=0)
    overlap_share = models.FloatField(default=1.0)
    repeat_share = models.FloatField(default=0.0)
    repeat_after_days = models.PositiveSmallIntegerField(default=28)
    catch_share = models.FloatField(default=0.0)
    limits = models.JSONField(default=default_limits)
    adjudicator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    classifies_ao = models.BooleanField(default=False)
    way = models.CharField(max_length=6, choices=Way.choices, default=Way.PULL)
    due_days = models.PositiveSmallIntegerField(null=True, blank=True)
    independent_masks = models.PositiveSmallIntegerField(default=0)
    masks_begin = models.CharField(
        max_length=8, choices=MasksBegin.choices, default=MasksBegin.CHECKED
    )
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["dataset", "version"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="protocol_version_once"),
            models.CheckConstraint(
                condition=Q(readers_per_case__gte=1), name="protocol_has_a_reader"
            ),
            models.CheckConstraint(
                condition=Q(overlap_share__range=(0, 1))
                & Q(repeat_share__range=(0, 1))
                & Q(catch_share__range=(0, 1)),
                name="protocol_shares_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"protocol {self.version} of {self.dataset}"


class Assignment(models.Model):
    """One case that one reader is to read; only that reader and the manager ever see it.

    Attributes:
        position: place in the reader's order, given once and never changed.
        arm: of the protocol; empty where it has none.
        exposure: whether the proposal is shown in this reading.
        ended_reason: why it came to nothing, e.g. the reader dropped out.
        paints: whether the reader also paints a mask of their own.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.FIRST)
    position = models.PositiveIntegerField()
    arm = models.CharField(max_length=40, blank=True)
    exposure = models.CharField(max_length=12, choices=Protocol.Exposure.choices)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)
    paints = models.BooleanField(default=False)

    class Meta:
        ordering = ["reader", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reader", "purpose"],
                condition=Q(ended_at__isnull=True),
                name="assignment_once",
            ),
        ]
        indexes = [models.Index(fields=["reader", "position"])]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class Absence(models.Model):
    """A reader who dropped out and gets no new case; over once a manager brings the reader back."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="absences")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "reader"],
                condition=Q(ended_at__isnull=True),
                name="absence_once",
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class PlantedError(models.Model):
    """An error put into the proposal that readers of a case are shown, with what was there before.

    A case that has one is a catch case: it enters no round and no release.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="planted_error")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    vertebra = models.ForeignKey(Vertebra, models.CASCADE, related_name="+")
    convention = models.CharField(max_length=30)
    true_points_mm = models.JSONField()
    true_g = models.FloatField()
    true_grade = models.PositiveSmallIntegerField()
    planted_points_mm = models.JSONField()
    planted_g = models.FloatField()
    planted_grade = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"planted error in {self.case_id}"


class Reading(models.Model):
    """All findings of one reader on one case, blind; immutable once submitted.

    Attributes:
        arm: of the protocol in which it was made; empty where it has none.
        exposure: whether the proposal was to be shown in it, as it was then.
        purpose: first reading, unannounced repeat, or adjudication.
        amends: the submitted reading that this one replaces, with the `reason`.
        levels_counted_from: from what the reader counted the levels.
        paints: whether an independent mask is handed in with it; an amendment leaves the mask.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    proposal_shown = models.BooleanField()
    arm = models.CharField(max_length=40, blank=True)
    exposure = models.CharField(
        max_length=12, choices=Protocol.Exposure.choices, default=Protocol.Exposure.SHOWN
    )
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.FIRST)
    amends = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    levels_counted_from = models.CharField(max_length=12, blank=True)
    levels_confirmed = models.BooleanField(default=False)
    anomalies = models.JSONField(default=list, blank=True)
    others_seen_at = models.DateTimeField(null=True, blank=True)
    paints = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)

    unblinded = models.Manager()

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reader", "protocol", "attempt"], name="reading_once"
            ),
        ]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class FindingFields(models.Model):
    """What can be said about one vertebra; shared by findings and settlements."""

    vertebra = models.ForeignKey(Vertebra, models.PROTECT, related_name="+")
    level = models.CharField(max_length=4, blank=True)
    six_points_mm = models.JSONField(null=True, blank=True)
    points_by = models.JSONField(null=True, blank=True)
    heights_mm = models.JSONField(null=True, blank=True)
    g = models.FloatField(null=True, blank=True)
    grade_measured = models.PositiveSmallIntegerField(null=True, blank=True)
    shape_measured = models.CharField(max_length=10, blank=True)
    convention = models.CharField(max_length=30, default=DEFAULT_CONVENTION)
    grade_reader = models.PositiveSmallIntegerField(null=True, blank=True)
    shape_reader = models.CharField(max_length=10, blank=True)
    not_graded_reason = models.CharField(max_length=40, blank=True)
    deformity = models.JSONField(default=list)
    foreign_material = models.JSONField(default=list)
    ao_class = models.CharField(max_length=2, blank=True)
    ao_neurology = models.CharField(max_length=2, blank=True)
    ao_modifiers = models.JSONField(default=list)
    slice_first = models.PositiveSmallIntegerField(null=True, blank=True)
    slice_last = models.PositiveSmallIntegerField(null=True, blank=True)
    confidence = models.CharField(max_length=8, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def ao_words(self) -> str:
        """The AO class with its modifiers as it is written: "A3; N2; M1"."""
        return "; ".join(filter(None, (self.ao_class, self.ao_neurology, *self.ao_modifiers)))


class Finding(FindingFields):
    """What one reader says about one vertebra."""

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="findings")
    touched = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)

    unblinded = models.Manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "vertebra"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(grade_reader__isnull=True) | Q(grade_reader__lte=3),
                name="finding_grade_0_to_3",
            ),
            models.CheckConstraint(
                condition=Q(grade_reader__isnull=True) | Q(not_graded_reason=""),
                name="finding_graded_or_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"finding on {self.level}"
