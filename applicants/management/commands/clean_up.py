"""`manage.py clean_up`: sessions that are over, and the profiles that nobody can open any more."""

from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from applicants.services import delete_abandoned_profiles


class Command(BaseCommand):
    help = "Delete sessions that are over and the profiles that went with them. Meant for once a day; safe to repeat."

    def handle(self, **_options: object) -> None:
        call_command("clearsessions")
        before = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        profiles = delete_abandoned_profiles(by="manage.py clean_up", before=before)
        self.stdout.write(f"Abandoned profiles deleted: {profiles}. Sessions that are over are gone as well.")
