"""Mask tracks of a case, their immutable revisions, the strokes between them, and leases."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.preannotation.models import PreAnnotation
from annotation.studies.models import Case


class MaskTrack(models.Model):
    """One line of mask work on a case."""

    class Kind(models.TextChoices):
        MAIN = "main"
        INDEPENDENT = "independent"
        IMPORTED = "imported"
        CONSENSUS = "consensus"

    case = models.ForeignKey(Case, models.CASCADE, related_name="tracks")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.MAIN)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(author__isnull=True),
                name="mask_track_once",
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "author"], name="mask_track_once_per_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} track of {self.case_id}"


class MaskRevision(models.Model):
    """A whole mask, immutable, by content hash.

    `last_sequence` is the sequence number of the last stroke it contains, 0 at the start.
    """

    class AuthorKind(models.TextChoices):
        MODEL = "model"
        IMPORT = "import"
        EMPTY = "empty"
        PERSON = "person"

    class Cause(models.TextChoices):
        START = "start"
        SUBMIT = "submit"
        RETURN = "return"
        APPROVE = "approve"
        HAND_OVER = "hand_over"
        INTERVAL = "interval"

    track = models.ForeignKey(MaskTrack, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    blob = models.CharField(max_length=64)
    map_sha256 = models.CharField(max_length=64)
    last_sequence = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    author_kind = models.CharField(max_length=8, choices=AuthorKind.choices)
    cause = models.CharField(max_length=10, choices=Cause.choices)
    preannotation = models.ForeignKey(PreAnnotation, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["track", "number"]
        constraints = [
            models.UniqueConstraint(fields=["track", "number"], name="mask_revision_once"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"


class Stroke(models.Model):
    """One act of painting as a difference with old and new values; append-only.

    `id` is made by the browser; the same stroke may arrive twice without effect. `body` is the
    lamina.stroke/1 message as it came.
    """

    id = models.UUIDField(primary_key=True)
    track = models.ForeignKey(MaskTrack, models.CASCADE, related_name="strokes")
    sequence = models.PositiveIntegerField()
    base = models.ForeignKey(MaskRevision, models.PROTECT, related_name="strokes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    tool = models.PositiveSmallIntegerField()
    n_voxels = models.PositiveIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["track", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["track", "sequence"], name="stroke_sequence_once"),
        ]

    def __str__(self) -> str:
        return f"stroke {self.sequence}"


class Lease(models.Model):
    """A case under refinement or check is lent to one person at a time."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="lease")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    taken_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"lent until {self.until}"
