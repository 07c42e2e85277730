"""Sittings, disagreements and settlements; all append-only."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.reading.models import FindingFields, Reading
from annotation.refinement.models import MaskRevision
from annotation.studies.models import Case, Vertebra


class Sitting(models.Model):
    """One consensus over the readings of one case; reopening makes a new one.

    `pen` is who decides now, while they are in the room.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="sittings")
    number = models.PositiveSmallIntegerField()
    readings = models.ManyToManyField(Reading, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    pen = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="sitting_once"),
        ]

    def __str__(self) -> str:
        return f"sitting {self.number}"


class SittingMask(models.Model):
    """An independent mask that lies on the table of a sitting, in the order A, B, C."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="masks")
    reading = models.ForeignKey(Reading, models.PROTECT, related_name="+")
    revision = models.ForeignKey(MaskRevision, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "reading"], name="sitting_mask_once"),
        ]

    def __str__(self) -> str:
        return f"mask {self.revision_id} in {self.sitting_id}"


class Disagreement(models.Model):
    """One vertebra on which two readings differ, with the gravest difference first.

    Where their masks differ too, `mask_a` and `mask_b` overlap least, by `dice` and `hd95_mm` (None
    where one does not paint it); `n_uncertain` voxels are the vertebra to some painters only. It is
    settled once both finding and mask are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="disagreements")
    vertebra = models.ForeignKey(Vertebra, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    rank = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    reading_a = models.ForeignKey(Reading, models.PROTECT, related_name="+")
    reading_b = models.ForeignKey(Reading, models.PROTECT, related_name="+")
    mask_a = models.ForeignKey(SittingMask, models.CASCADE, null=True, blank=True, related_name="+")
    mask_b = models.ForeignKey(SittingMask, models.CASCADE, null=True, blank=True, related_name="+")
    dice = models.FloatField(null=True, blank=True)
    hd95_mm = models.FloatField(null=True, blank=True)
    n_uncertain = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "vertebra"], name="disagreement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.vertebra_id}"


class Settlement(FindingFields):
    """The agreed finding on one vertebra; a later row replaces it, `REOPENED` takes it back.

    `basis` says what a third reader took: `a`, `b`, `mean` or `edited`; else it is `taken`.
    """

    class Taken(models.TextChoices):
        AGREED = "agreed"
        A = "a"
        B = "b"
        MEAN = "mean"
        EDITED = "edited"
        ADJUDICATED = "adjudicated"
        REOPENED = "reopened"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="settlements")
    disagreement = models.ForeignKey(
        Disagreement, models.CASCADE, null=True, blank=True, related_name="settlements"
    )
    taken = models.CharField(max_length=12, choices=Taken.choices)
    basis = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.taken} on {self.level}"


class MaskSettlement(models.Model):
    """Which voxels are one vertebra; a later row replaces it, `REOPENED` takes it back.

    `sources` are the keys of the revisions it was made from. `basis` says what a third reader took.
    """

    class Taken(models.TextChoices):
        AGREED = "agreed"
        A = "a"
        B = "b"
        FUSED = "fused"
        STAPLE = "staple"
        ADJUDICATED = "adjudicated"
        REOPENED = "reopened"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="mask_settlements")
    vertebra = models.ForeignKey(Vertebra, models.PROTECT, related_name="+")
    disagreement = models.ForeignKey(
        Disagreement, models.CASCADE, null=True, blank=True, related_name="mask_settlements"
    )
    taken = models.CharField(max_length=12, choices=Taken.choices)
    basis = models.CharField(max_length=12, blank=True)
    sources = models.JSONField(default=list)
    remark = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.taken} on {self.vertebra_id}"


class ConsensusMask(models.Model):
    """The mask that a closed sitting made of independent masks, and where these had differed.

    `uncertain_blob` is lamina.runs/1 with 1 at each voxel that is not the same to all painters.
    """

    sitting = models.OneToOneField(Sitting, models.CASCADE, related_name="consensus_mask")
    revision = models.OneToOneField(MaskRevision, models.PROTECT, related_name="+")
    uncertain_blob = models.CharField(max_length=64)
    n_uncertain = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"consensus mask of {self.sitting_id}"


class Turn(models.Model):
    """What was said of a disagreement besides its settlement; append-only, the newest counts."""

    class Kind(models.TextChoices):
        DEFERRED = "deferred"
        ASKED = "asked"
        TAKEN_BACK = "taken_back"

    disagreement = models.ForeignKey(Disagreement, models.CASCADE, related_name="turns")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} on {self.disagreement_id}"


class Attendance(models.Model):
    """A person in the room of a sitting; there as long as they were seen a moment ago."""

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["entered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "person"], name="attendance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.sitting_id}"


class Signature(models.Model):
    """Someone stands by all that a sitting has settled; void once anything of it changes.

    A manager may sign in place of a reader who has left: then `in_place_of` and `reason` say so.
    """

    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="signatures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"signature of {self.by_id}"


class NormalBody(models.Model):
    """A vertebra of a final case that every reader called normal, with the readers' mean heights.

    Rows count only while their case is final.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="normal_bodies")
    vertebra = models.ForeignKey(Vertebra, models.CASCADE, related_name="+")
    level = models.CharField(max_length=4)
    heights_mm = models.JSONField()

    class Meta:
        verbose_name_plural = "normal bodies"
        constraints = [
            models.UniqueConstraint(fields=["case", "vertebra"], name="normal_body_once"),
        ]

    def __str__(self) -> str:
        return f"normal {self.level}"
