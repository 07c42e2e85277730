"""Datasets, patients, images and cases.

Patient, study, series, image and volume are shared between datasets; a case belongs to one.
Everything about a person hangs on `Patient`, so that one service can take a person out.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.domain.workflow import Move, Role, Stage
from annotation.studies.people import User
from annotation.work.models import Job

__all__ = [
    "Case",
    "CaseEvent",
    "Dataset",
    "Image",
    "ImportBatch",
    "LevelAssignment",
    "Membership",
    "Patient",
    "PatientTombstone",
    "Series",
    "Study",
    "User",
    "Vertebra",
    "Volume",
]


def _choices(values: type[Stage] | type[Move] | type[Role]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in values]


class WorkingGrid(models.TextChoices):
    """The rule by which a dataset's cases are resampled once, at intake."""

    AS_STORED = "as_stored"
    ISO_1MM = "iso_1mm"
    SAGITTAL_1MM = "sagittal_1mm"


class Dataset(models.Model):
    """A named effort with members, rules and cases."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    code_prefix = models.CharField(max_length=8, default="LAM")
    working_grid = models.CharField(
        max_length=20, choices=WorkingGrid.choices, default=WorkingGrid.AS_STORED
    )
    level_scheme = models.CharField(max_length=2, default="T")
    time_zone = models.CharField(max_length=60, default="UTC")
    preannotates = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level_scheme__in=["T", "Th"]), name="dataset_level_scheme_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        """Name of the channel on which its members hear what moves."""
        return f"dataset.{self.pk.hex}"


class Membership(models.Model):
    """One role of one person in one dataset."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=_choices(Role))
    years_experience = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "dataset", "role"], name="membership_once"),
            models.CheckConstraint(
                condition=~Q(role=Role.SYSTEM.value), name="membership_is_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.dataset}"


class Patient(models.Model):
    """A person, known by a keyed hash only.

    `key` is HMAC-SHA256 of the hospital's identifier under the deployment's key file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)
    sex = models.CharField(max_length=1, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"patient {self.pk}"


class PatientTombstone(models.Model):
    """What stays of a withdrawn patient: that there was one, and what was removed."""

    patient_id = models.UUIDField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)
    removed = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"withdrawn {self.patient_id}"


class Study(models.Model):
    """One examination of one patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="studies")
    key = models.CharField(max_length=64, unique=True)
    age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    shifted_date = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"study {self.pk}"


class Series(models.Model):
    """One reconstruction as it arrived; `allowed` holds allow-listed values only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, models.PROTECT, related_name="series")
    key = models.CharField(max_length=64, unique=True)
    modality = models.CharField(max_length=4, default="CT")
    contrast = models.CharField(max_length=10, blank=True)
    allowed = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"series {self.pk}"


class Image(models.Model):
    """One reconstructed volume or one radiograph, as stored.

    Attributes:
        content_sha256: hash of voxels and affine.
        original_blob: key in the originals' store, empty where originals are not kept.
        slice_table: keyed instance identifiers and positions in millimetres along the normal.
    """

    class Kind(models.TextChoices):
        VOLUME = "volume"
        RADIOGRAPH = "radiograph"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(Series, models.PROTECT, related_name="images")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.VOLUME)
    content_sha256 = models.CharField(max_length=64)
    frame_key = models.CharField(max_length=64, blank=True)
    original_blob = models.CharField(max_length=64, blank=True)
    slice_table = models.JSONField(default=list)
    affine_lps = models.JSONField()
    shape = models.JSONField()
    flags = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "content_sha256"], name="image_once"),
        ]

    def __str__(self) -> str:
        return f"image {self.pk}"

    @property
    def is_radiograph(self) -> bool:
        """Tell whether it is a radiograph: one slice, in millimetres of the detector or pixels."""
        return self.kind == Image.Kind.RADIOGRAPH


class Volume(models.Model):
    """An image on a working grid, canonical P, I, R: what is seen, painted and released.

    Attributes:
        hash: of voxels and grid; part of every URL, so that answers never change.
        hu_blob: canonical array, see `imaging.canonical`.
        slices_blob: sagittal slices as HTJ2K, one pack; `slices_gzip_blob` the same as gzip.
        preview_blob: the coarse volume.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey(Image, models.PROTECT, related_name="volumes")
    rule = models.CharField(max_length=20, choices=WorkingGrid.choices)
    record = models.JSONField(default=dict)
    dims = models.JSONField()
    affine_lps = models.JSONField()
    hash = models.CharField(max_length=64)
    meta = models.JSONField(default=dict)
    hu_blob = models.CharField(max_length=64)
    slices_blob = models.CharField(max_length=64)
    slices_gzip_blob = models.CharField(max_length=64)
    preview_blob = models.CharField(max_length=64)
    thumbnail_blob = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "rule"], name="volume_once_per_rule"),
        ]

    def __str__(self) -> str:
        return f"volume {self.pk}"


class Case(models.Model):
    """One image in one dataset on its way; only `services.advance_case` changes its stage."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="cases")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="cases")
    image = models.ForeignKey(Image, models.PROTECT, related_name="cases")
    volume = models.ForeignKey(Volume, models.PROTECT, related_name="cases")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    stage = models.CharField(max_length=12, choices=_choices(Stage), default=Stage.RECEIVED.value)
    stage_since = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["dataset", "number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "image"], name="case_once_per_dataset"),
            models.UniqueConstraint(fields=["dataset", "number"], name="case_number_once"),
        ]
        indexes = [models.Index(fields=["dataset", "stage"])]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Name people use, e.g. LAM-0147."""
        return f"{self.dataset.code_prefix}-{self.number:04d}"


class CaseEvent(models.Model):
    """One move of one case; append-only."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    move = models.CharField(max_length=24, choices=_choices(Move))
    from_stage = models.CharField(max_length=12, choices=_choices(Stage))
    to_stage = models.CharField(max_length=12, choices=_choices(Stage))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    role = models.CharField(max_length=10, choices=_choices(Role))
    reason = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.move} to {self.to_stage}"


class Origin(models.TextChoices):
    """Who said a thing first."""

    PROPOSAL = "proposal"
    IMPORT = "import"
    PERSON = "person"


class Vertebra(models.Model):
    """One bone in one case; its number is what the label maps hold and is never reused.

    `is_retired`: only an earlier proposal held it, and nobody had worked on that.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="vertebrae")
    number = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=10, choices=Origin.choices)
    is_retired = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["case", "number"]
        verbose_name_plural = "vertebrae"
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="vertebra_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=255), name="vertebra_number_1_to_255"
            ),
        ]

    def __str__(self) -> str:
        return f"vertebra {self.number} of {self.case_id}"


class LevelAssignment(models.Model):
    """Which level a vertebra is; the newest counts, none is ever changed.

    An empty `level` takes the level away. `event` is shared by all assignments made in one act
    ("shift all up").
    """

    vertebra = models.ForeignKey(Vertebra, models.CASCADE, related_name="assignments")
    level = models.CharField(max_length=4)
    counted_from = models.CharField(max_length=12)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    event = models.UUIDField(default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.level or 'no level'} counted from {self.counted_from}"


class ImportBatch(models.Model):
    """Files of one upload on their way to becoming cases; `findings` say what became of each.

    `mask_table` names the meaning of a mask that came with the image, empty where none did;
    `front` says where the front lies in radiographs that do not say it themselves.
    """

    class State(models.TextChoices):
        OPEN = "open"
        READING = "reading"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    n_files = models.PositiveIntegerField(default=0)
    n_bytes = models.PositiveBigIntegerField(default=0)
    mask_table = models.CharField(max_length=40, blank=True)
    front = models.CharField(max_length=5, blank=True)
    findings = models.JSONField(default=list)
    removed = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"import {self.pk}"
