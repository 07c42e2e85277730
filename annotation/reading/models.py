"""Protocols, blind readings and findings.

`Reading` and `Finding` have no `objects`: their manager is called `unblinded`, so that each place
that pierces the blind is found by one search. Everyone else asks `reading.selectors`.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.domain.genant import DEFAULT_CONVENTION
from annotation.studies.models import Case, Dataset, Vertebra


class Protocol(models.Model):
    """How a dataset is read; versioned, never edited once in use."""

    class Exposure(models.TextChoices):
        SHOWN = "shown"
        HIDDEN = "hidden"
        AFTER_COMMIT = "after_commit"

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="protocols")
    version = models.PositiveIntegerField()
    convention = models.CharField(max_length=30, default=DEFAULT_CONVENTION)
    readers_per_case = models.PositiveSmallIntegerField(default=2)
    proposal_exposure = models.CharField(
        max_length=12, choices=Exposure.choices, default=Exposure.SHOWN
    )
    grades_cervical = models.BooleanField(default=False)
    wash_out_days = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["dataset", "version"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="protocol_version_once"),
            models.CheckConstraint(
                condition=Q(readers_per_case__gte=1), name="protocol_has_a_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"protocol {self.version} of {self.dataset}"


class Reading(models.Model):
    """All findings of one reader on one case, blind; immutable once submitted."""

    class Status(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    proposal_shown = models.BooleanField()
    levels_confirmed = models.BooleanField(default=False)
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
    confidence = models.CharField(max_length=8, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        abstract = True


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
