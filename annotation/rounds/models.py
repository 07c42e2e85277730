"""Training rounds: frozen cases in, a candidate and a verdict out."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.preannotation.models import ModelVersion
from annotation.refinement.models import MaskRevision
from annotation.studies.models import Case, Dataset
from annotation.work.models import Job


class TrainingRound(models.Model):
    """One round; `folder` is its frozen folder below the rounds root."""

    class Outcome(models.TextChoices):
        PROMOTED = "promoted"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True)
    is_open = models.BooleanField(default=True)
    parent_model = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    candidate_model = models.ForeignKey(
        ModelVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    folder = models.CharField(max_length=80)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    sentence = models.TextField(blank=True)
    gate = models.JSONField(default=list)
    evaluated_on = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dataset", "number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(is_open=True), name="one_open_round_per_dataset"
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.dataset}"


class RoundCase(models.Model):
    """A case as it was frozen into a round.

    Attributes:
        content_sha256: of mask, levels and points at that moment.
        levels: level by vertebra number.
        points: agreed six points by level, LPS millimetres.
        shows: what the levels were counted from.
    """

    class Split(models.TextChoices):
        TRAIN = "train"
        FROZEN = "frozen"

    round = models.ForeignKey(TrainingRound, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    revision = models.ForeignKey(MaskRevision, models.PROTECT, related_name="+")
    split = models.CharField(max_length=8, choices=Split.choices)
    content_sha256 = models.CharField(max_length=64)
    levels = models.JSONField(default=dict)
    points = models.JSONField(default=dict)
    shows = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "case"], name="round_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.round_id}"


class CaseEffort(models.Model):
    """What people changed in a case until it was final, against the mask they began with.

    Attributes:
        model: whose mask they began with, None where none proposed one.
        started_from: author kind of the mask they began with.
        levels: per vertebra `number`, `level`, voxels `changed` and `final`, and `kind`.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="effort")
    model = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="+")
    started_from = models.CharField(max_length=8, choices=MaskRevision.AuthorKind.choices)
    levels = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "case efforts"

    def __str__(self) -> str:
        return f"effort of {self.case_id}"
