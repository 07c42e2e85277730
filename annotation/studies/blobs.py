"""The deployment's store of volumes, masks and pictures."""

from django.conf import settings

from annotation.storage.blobs import FileStore


def blob_store() -> FileStore:
    """Return the store that `STORE_ROOT` names now; tests and deployments give each their own."""
    return FileStore(settings.STORE_ROOT)
