"""Model versions, which one serves a dataset, and what each proposed for a case."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.studies.models import Case, Dataset, Vertebra
from annotation.work.models import Job


class ModelVersion(models.Model):
    """Weights that came out of a training; immutable.

    Attributes:
        system: key of the pipeline that runs them.
        weights: name of a folder below the deployment's weights root.
        sha256: hash over the weight files.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    system = models.CharField(max_length=40)
    version = models.CharField(max_length=40, unique=True)
    weights = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    trained_on = models.CharField(max_length=200)
    phantoms_only = models.BooleanField()
    metrics = models.JSONField(default=dict)
    manifest = models.JSONField(default=dict)
    card = models.TextField(blank=True)
    contains_withdrawn = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.version


class ServiceTerm(models.Model):
    """From when on a model version serves a dataset; the newest row counts."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="service_terms")
    model = models.ForeignKey(ModelVersion, models.PROTECT, related_name="service_terms")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.model} serves {self.dataset}"


class PreAnnotation(models.Model):
    """One model version's proposal for one case, from asked-for to delivered."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="preannotations")
    model = models.ForeignKey(ModelVersion, models.PROTECT, related_name="preannotations")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    failure = models.TextField(blank=True)
    counted_from = models.CharField(max_length=12, blank=True)
    mask_blob = models.CharField(max_length=64, blank=True)
    straightened_blob = models.CharField(max_length=64, blank=True)
    grade_withheld_reason = models.CharField(max_length=200, blank=True)
    seconds = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "model"],
                condition=Q(status__in=["waiting", "running"]),
                name="one_open_preannotation_per_case_and_model",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} on {self.case_id}: {self.status}"


class ProposedVertebra(models.Model):
    """One vertebra as a model proposed it; heights and G are measured in 3-D.

    Attributes:
        suggestion: fields of a `Suggestion`, from a system that classifies slices.
    """

    preannotation = models.ForeignKey(PreAnnotation, models.CASCADE, related_name="vertebrae")
    vertebra = models.ForeignKey(Vertebra, models.CASCADE, related_name="proposals")
    level = models.CharField(max_length=4)
    centroid_mm = models.JSONField()
    six_points_mm = models.JSONField(null=True, blank=True)
    heights_mm = models.JSONField(null=True, blank=True)
    g = models.FloatField(null=True, blank=True)
    grade = models.PositiveSmallIntegerField(null=True, blank=True)
    shape = models.CharField(max_length=10, blank=True)
    convention = models.CharField(max_length=30)
    confidence = models.FloatField()
    is_partial = models.BooleanField(default=False)
    suggestion = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "proposed vertebrae"
        constraints = [
            models.UniqueConstraint(
                fields=["preannotation", "vertebra"], name="proposed_vertebra_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} proposed"
