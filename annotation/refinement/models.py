"""Mask tracks, their revisions, the strokes between them, leases, pins and accepted problems."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.preannotation.models import PreAnnotation
from annotation.studies.models import Case, CaseEvent, Vertebra
from annotation.work.models import Job


class MaskTrack(models.Model):
    """One line of mask work on a case.

    An independent mask is its author's alone until the readings of the case are closed. A version
    is what lost a race for the main mask, an own version what lost one for an independent mask.
    """

    class Kind(models.TextChoices):
        MAIN = "main"
        INDEPENDENT = "independent"
        IMPORTED = "imported"
        CONSENSUS = "consensus"
        VERSION = "version"
        OWN_VERSION = "own_version"

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

    `last_sequence` is the sequence number of the last stroke it contains, 0 at the start. A version
    that lost a race has a track of its author and stands on that stroke of the main track; only
    there `levels` says what levels its author had (``1=T12,2=L1,3=``), elsewhere the acts do.
    """

    class AuthorKind(models.TextChoices):
        MODEL = "model"
        IMPORT = "import"
        EMPTY = "empty"
        PERSON = "person"
        FUSED = "fused"

    class Cause(models.TextChoices):
        START = "start"
        SUBMIT = "submit"
        RETURN = "return"
        APPROVE = "approve"
        HAND_OVER = "hand_over"
        INTERVAL = "interval"
        CONFLICT = "conflict"
        SETTLE = "settle"

    track = models.ForeignKey(MaskTrack, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    blob = models.CharField(max_length=64)
    map_sha256 = models.CharField(max_length=64)
    last_sequence = models.PositiveIntegerField(default=0)
    levels = models.TextField(blank=True)
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
    """One act on mask and levels as a difference with old and new values; append-only.

    `id` is made by the browser; the same stroke may arrive twice without effect. `body` is the
    lamina.stroke/2 message as it came (/1 from older pages); `number` is the vertebra it was for,
    `n_levels` how many vertebrae it gave another level.
    """

    id = models.UUIDField(primary_key=True)
    track = models.ForeignKey(MaskTrack, models.CASCADE, related_name="strokes")
    sequence = models.PositiveIntegerField()
    base = models.ForeignKey(MaskRevision, models.PROTECT, related_name="strokes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    tool = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=0)
    n_levels = models.PositiveSmallIntegerField(default=0)
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


class LevelDone(models.Model):
    """A person has looked through a level; `sequence` is the last act they had seen then."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="levels_done")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    vertebra = models.ForeignKey(Vertebra, models.CASCADE)
    is_done = models.BooleanField(default=True)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "levels done"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "vertebra"], name="level_done_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"vertebra {self.vertebra_id} looked through"


class Lease(models.Model):
    """A case under refinement or check is lent to one person at a time.

    `asked_by` is who asked the holder for it last.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="lease")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    taken_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"lent until {self.until}"


class Pin(models.Model):
    """A remark at a spot of a case, from those who refine and check; no part of a reading.

    `kind` says whether it is told (note) or asked (ask). `at_mm` is LPS millimetres.
    """

    class Kind(models.TextChoices):
        NOTE = "note"
        ASK = "ask"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="pins")
    vertebra = models.ForeignKey(Vertebra, models.SET_NULL, null=True, blank=True)
    at_mm = models.JSONField()
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.NOTE)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} on {self.case_id}"


class Override(models.Model):
    """A problem that a reader accepted as it is, with the reason; append-only but for `lifted_at`.

    It stands for the problem of this code, vertebra, level and place alone. `event` is the first
    move that rested on it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="overrides")
    code = models.CharField(max_length=40)
    vertebra = models.ForeignKey(Vertebra, models.SET_NULL, null=True, blank=True)
    level = models.CharField(max_length=4, blank=True)
    at_mm = models.JSONField(null=True, blank=True)
    message = models.TextField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    event = models.ForeignKey(
        CaseEvent, models.SET_NULL, null=True, blank=True, related_name="overrides"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.code} accepted on {self.case_id}"


class MaskHeights(models.Model):
    """Heights measured in one revision of a mask, once: `bodies` is null while a job measures.

    `bodies` maps a vertebra's number to its three heights in millimetres, or to null.
    """

    revision = models.OneToOneField(MaskRevision, models.CASCADE, related_name="heights")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    bodies = models.JSONField(null=True, blank=True)

    def __str__(self) -> str:
        return f"heights of revision {self.revision_id}"
