"""The Celery application: `celery -A smartpick worker`."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from smartpick import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartpick.settings")
broker.use()
app = Celery("smartpick")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect  # type: ignore[untyped-decorator]  # Celery says nothing of types
def keep_out_of_the_way(**_: Any) -> None:
    """Modules and settings stay as long as the process: the garbage collector need not look through them again and again."""
    gc.freeze()
