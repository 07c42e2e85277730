"""All tables of the app, re-exported where Django looks for them."""

from annotation.activity.models import Activity
from annotation.agreement.models import AgreementReport
from annotation.consensus.models import (
    Attendance,
    ConsensusMask,
    Disagreement,
    MaskSettlement,
    NormalBody,
    Settlement,
    Signature,
    Sitting,
    SittingMask,
    Turn,
)
from annotation.preannotation.models import (
    ModelVersion,
    PreAnnotation,
    ProposedVertebra,
    ServiceTerm,
)
from annotation.qualification.models import Attempt, Demand, TestCase
from annotation.reading.models import Assignment, Finding, PlantedError, Protocol, Reading
from annotation.refinement.models import (
    Lease,
    LevelDone,
    MaskHeights,
    MaskRevision,
    MaskTrack,
    Override,
    Pin,
    Stroke,
)
from annotation.releases.models import Release, ReleaseCase
from annotation.rounds.models import CaseEffort, RoundCase, TrainingRound
from annotation.studies.anomalies import AnomalyDeclaration
from annotation.studies.keymaps import KeyMap
from annotation.studies.models import (
    Case,
    CaseEvent,
    Dataset,
    Image,
    ImportBatch,
    LevelAssignment,
    Membership,
    Patient,
    PatientTombstone,
    Series,
    Study,
    User,
    Vertebra,
    Volume,
)
from annotation.work.models import Job, LiveEvent

__all__ = [
    "Activity",
    "AgreementReport",
    "AnomalyDeclaration",
    "Assignment",
    "Attempt",
    "Attendance",
    "Case",
    "CaseEffort",
    "CaseEvent",
    "ConsensusMask",
    "Dataset",
    "Demand",
    "Disagreement",
    "Finding",
    "Image",
    "ImportBatch",
    "Job",
    "KeyMap",
    "Lease",
    "LevelAssignment",
    "LevelDone",
    "LiveEvent",
    "MaskHeights",
    "MaskRevision",
    "MaskSettlement",
    "MaskTrack",
    "Membership",
    "ModelVersion",
    "NormalBody",
    "Override",
    "Patient",
    "PatientTombstone",
    "Pin",
    "PlantedError",
    "PreAnnotation",
    "ProposedVertebra",
    "Protocol",
    "Reading",
    "Release",
    "ReleaseCase",
    "RoundCase",
    "Series",
    "ServiceTerm",
    "Settlement",
    "Signature",
    "Sitting",
    "SittingMask",
    "Stroke",
    "Study",
    "TestCase",
    "TrainingRound",
    "Turn",
    "User",
    "Vertebra",
    "Volume",
]
