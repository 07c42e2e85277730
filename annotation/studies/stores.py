"""The stores of this deployment."""

from django.conf import settings

from annotation.storage.blobs import FileStore


def blobs() -> FileStore:
    """Return the store of volumes, masks, pictures and releases."""
    return FileStore(settings.STORE_ROOT)


def originals() -> FileStore:
    """Return the store of files as they came; only the intake reads and writes it."""
    return FileStore(settings.ORIGINALS_ROOT, mode=0o600)
