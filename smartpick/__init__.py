"""The project package. Importing it makes the Celery application the default one."""

from smartpick.celery import app as celery_app

__all__ = ["celery_app"]
