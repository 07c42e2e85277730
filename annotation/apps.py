"""The one Django app of the rooms."""

from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    """Tables and migrations of all rooms under one label."""

    name = "annotation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from annotation import flow  # noqa: PLC0415 - tables exist only once the apps are loaded

        flow.fill()
