"""`manage.py clean_up`: sessions that are over, the profiles that nobody can open any more, and uploads that nobody finished with."""

from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from applicants.services import delete_abandoned_profiles
from programs.imports.drafts import discard_abandoned


class Command(BaseCommand):
    help = "Delete sessions that are over and the profiles that went with them, and put old uploads aside. Meant for once a day; safe to repeat."

    def handle(self, **_options: object) -> None:
        call_command("clearsessions")
        before = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        profiles = delete_abandoned_profiles(by="manage.py clean_up", before=before)
        files = discard_abandoned(by="manage.py clean_up", today=timezone.now())
        self.stdout.write(f"Abandoned profiles deleted: {profiles}. Uploads put aside: {files}. Sessions that are over are gone as well.")
