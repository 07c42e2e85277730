"""The deployment's stores."""

from django.conf import settings

from annotation.storage.blobs import FileStore


def blob_store() -> FileStore:
    """Return the store of volumes, masks, pictures and releases that `STORE_ROOT` names now."""
    return FileStore(settings.STORE_ROOT)


def original_store() -> FileStore:
    """Return the store of files as they came; only the intake reads and writes it."""
    return FileStore(settings.ORIGINALS_ROOT, mode=0o600)
