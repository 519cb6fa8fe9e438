"""The Celery application: `celery -A smartpick worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartpick.settings")
app = Celery("smartpick")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
