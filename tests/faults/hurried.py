"""The product's settings in a hurry: what takes it some tens of seconds to notice takes a few here. Nothing else differs."""

from smartpick.settings import *  # noqa: F403 - settings of settings
from smartpick.settings import CELERY_BEAT_SCHEDULE

RECOMPUTE_LEASE_SECONDS = 2
RECOMPUTE_SLICE_SECONDS = 0.2  # so that messages go back and forth all the time
BEAT_SECONDS = 1
CELERY_BEAT_SCHEDULE = {name: entry | {"schedule": BEAT_SECONDS} for name, entry in CELERY_BEAT_SCHEDULE.items()}
