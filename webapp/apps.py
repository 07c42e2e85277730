"""The house as a Django app: commands, pages, and what must be known at start-up."""

from django.apps import AppConfig


class WebappConfig(AppConfig):
    """Registers what rooms only name."""

    name = "webapp"

    def ready(self) -> None:
        from inference import tasks  # noqa: F401, PLC0415 - registered by being imported
        from webapp import celery, schema  # noqa: F401, PLC0415 - registered by being imported
