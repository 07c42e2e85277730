"""The keys by which persons, studies and series are known here: nothing leads back without the key.

All derive from the identifiers of the files and the deployment's key file by HMAC-SHA256, so the
same person is the same row whichever worker reads the files, on whichever day.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.conf import settings

from annotation.imaging.deidentify import load_key, new_uid, shift_date, shift_days
from annotation.imaging.results import Identity, SliceRow


@dataclass(frozen=True)
class ImageKeys:
    """Keys of one image and everything it belongs to; `shifted_date` is moved per patient."""

    patient: str
    study: str
    series: str
    frame: str
    shifted_date: date | None


def keys_of(identity: Identity, content_sha256: str) -> ImageKeys:
    """Return the keys of an image.

    An image without any identity (a NIfTI file) is known by its content alone.
    """
    key = load_key(settings.KEY_FILE)
    person = person_text(identity) or f"content/{content_sha256}"
    study = identity.study_uid or f"content/{content_sha256}"
    series = identity.series_uid or f"content/{content_sha256}"
    frame = identity.frame_of_reference_uid
    return ImageKeys(
        patient=patient_key(person),
        study=new_uid(key, f"study/{study}"),
        series=new_uid(key, f"series/{series}"),
        frame=new_uid(key, f"frame/{frame}") if frame else "",
        shifted_date=_shifted(key, person, identity.study_date),
    )


def person_text(identity: Identity) -> str:
    """Return what tells a person apart in the files: the identifier, else name and birth date."""
    if identity.patient_id:
        return f"id/{identity.patient_id}"
    parts = (identity.patient_name, identity.birth_date)
    return f"name/{'/'.join(parts)}" if any(parts) else ""


def patient_key(person: str) -> str:
    """Return the key of a person from what `person_text` returned."""
    return new_uid(load_key(settings.KEY_FILE), f"patient/{person}")


def worker_code(user_id: int) -> str:
    """Return the pseudonym of a person with an account, for tables that leave the house."""
    key = load_key(settings.KEY_FILE)
    digest = hmac.new(key, f"worker/{user_id}".encode(), hashlib.sha256)
    return f"P-{digest.hexdigest()[:8]}"


def slice_table(rows: tuple[SliceRow, ...]) -> list[dict[str, object]]:
    """Return the slices of an image with keyed instance identifiers."""
    key = load_key(settings.KEY_FILE)
    return [
        {
            "instance": new_uid(key, f"instance/{row.sop_instance_uid}"),
            "frame": row.frame,
            "position_mm": list(row.position_mm),
        }
        for row in rows
    ]


def neutral_name() -> str:
    """Return a name for an uploaded file that says nothing of it but when it came."""
    return f"{datetime.now().timestamp():018.6f}-{uuid4().hex}"  # noqa: DTZ005 - order only


def _shifted(key: bytes, person: str, study_date: str) -> date | None:
    moved = shift_date(study_date, shift_days(key, person))
    try:
        return datetime.strptime(moved[:8], "%Y%m%d").date() if moved else None  # noqa: DTZ007
    except ValueError:
        return None
