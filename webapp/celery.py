"""The Celery application: a courier; the `Job` rows are the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")

app = Celery("lamina")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
