"""The project package. Importing it makes the Celery application the default one."""

import os

# One thread of linear algebra for each process: its own would fight with those of other workers for the same cores. Set before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from smartpick.celery import app as celery_app

__all__ = ["celery_app"]
