"""Reports on agreement, computed once per state of the readings and frozen with a round."""

from django.db import models
from django.utils import timezone

from annotation.studies.models import Dataset


class AgreementReport(models.Model):
    """What the agreement of the readers was; never changed.

    `fingerprint` names the readings it was computed from. `label` is empty for a report that only
    saves computing it again, and says what it was frozen for otherwise. `source` names where
    published readings come from that the report is on; it is empty for the dataset's own.
    """

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="agreement_reports")
    fingerprint = models.CharField(max_length=64)
    label = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=300, blank=True)
    content = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "fingerprint", "label"], name="agreement_report_once"
            ),
        ]

    def __str__(self) -> str:
        return f"agreement of {self.dataset_id} {self.label}".strip()
