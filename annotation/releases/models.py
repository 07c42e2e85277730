"""Releases: frozen, published snapshots."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.refinement.models import MaskRevision
from annotation.studies.models import Case, Dataset
from annotation.work.models import Job


class Release(models.Model):
    """One release of a dataset; `blob` is its archive."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="releases")
    version = models.CharField(max_length=20)
    licence = models.CharField(max_length=80)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True)
    manifest = models.JSONField(default=dict)
    proof = models.JSONField(default=list)
    table = models.JSONField(default=list)
    files = models.JSONField(default=list)
    blob = models.CharField(max_length=64, blank=True)
    n_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    contains_withdrawn = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="release_version_once"),
        ]

    def __str__(self) -> str:
        return f"release {self.version}"


class ReleaseCase(models.Model):
    """A case as it was frozen into a release."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    revision = models.ForeignKey(MaskRevision, models.PROTECT, related_name="+")
    split = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "case"], name="release_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.release_id}"
