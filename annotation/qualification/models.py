"""What a dataset asks for, who has tried, and how each case of a trial came out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.domain.workflow import Role
from annotation.studies.models import Case, Dataset


class Demand(models.Model):
    """What a dataset asks for before real cases.

    Attributes:
        truth: dataset whose final cases are the test, their masks, names and grades the truth.
        of_students: students have to pass.
        of_readers: readers have to pass.
        dice: least mean Dice over the vertebrae of the test.
        dice_least: least Dice of any one vertebra.
        level_errors: most vertebrae with a wrong name, missed or too many.
        kappa: least quadratic kappa of a reader's grades with the truth.
        attempts: how often a person may try.
    """

    dataset = models.OneToOneField(Dataset, models.CASCADE, related_name="+")
    truth = models.ForeignKey(Dataset, models.PROTECT, related_name="+")
    of_students = models.BooleanField(default=True)
    of_readers = models.BooleanField(default=True)
    dice = models.FloatField(default=0.90)
    dice_least = models.FloatField(default=0.70)
    level_errors = models.PositiveSmallIntegerField(default=0)
    kappa = models.FloatField(default=0.60)
    attempts = models.PositiveSmallIntegerField(default=3)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dice__range=(0, 1))
                & Q(dice_least__range=(0, 1))
                & Q(kappa__range=(-1, 1))
                & Q(attempts__gte=1),
                name="demand_within_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"test of {self.dataset_id}"


class Attempt(models.Model):
    """One person's try; its cases lie in a dataset that only this person is a member of.

    Attributes:
        number: counted per person and role.
        house: the dataset of its cases.
        passed: None while it goes on.
        result: figures, with the limits that counted then.
    """

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(
        max_length=10, choices=[(role.value, role.value) for role in (Role.STUDENT, Role.READER)]
    )
    number = models.PositiveSmallIntegerField()
    house = models.OneToOneField(Dataset, models.CASCADE, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "person", "role", "number"], name="attempt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.person_id}"


class TestCase(models.Model):
    """One case of an attempt beside the case that holds its truth.

    Attributes:
        numbers: vertebra number of the truth by number of the copy.
        result: None until it is handed in.
    """

    __test__ = False  # no test of this project, whatever a collector of tests may think

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="cases")
    case = models.OneToOneField(Case, models.CASCADE, related_name="+")
    truth = models.ForeignKey(Case, models.CASCADE, related_name="+")
    numbers = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["case__number"]

    def __str__(self) -> str:
        return f"test case {self.case_id}"
