"""The house as a Django app: commands, pages, and what must be known at start-up."""

from django.apps import AppConfig


class WebappConfig(AppConfig):
    """Registers what rooms only name."""

    name = "webapp"

    def ready(self) -> None:
        from annotation.agreement import tasks as agreement  # noqa: F401, PLC0415 - registered by it
        from annotation.refinement import tasks as masks  # noqa: F401, PLC0415 - registered by it
        from annotation.releases import tasks as releases  # noqa: F401, PLC0415 - registered by it
        from annotation.studies import tasks as studies  # noqa: F401, PLC0415 - registered by it
        from inference import tasks as inference  # noqa: F401, PLC0415 - registered by it
        from webapp import celery, schema  # noqa: F401, PLC0415 - registered by it
