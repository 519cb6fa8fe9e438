"""Invented people for the demonstration: a dozen applicants who differ, an advisor and a data admin."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applicants.models import Profile
from applicants.profile import ProfileData
from applicants.profile_json import ProfileError, parse_profile
from applicants.services import delete_profile, save_profile
from smartpick import audit
from smartpick.models import User
from smartpick.roles import Role

FILE = Path(settings.BASE_DIR) / "fixtures" / "demo" / "applicants.json"
# .example is reserved: no message can ever reach these addresses.
STAFF: tuple[tuple[str, str, Role], ...] = (
    ("advisor@demo.example", "Advisor (demonstration)", Role.ADVISOR),
    ("data-admin@demo.example", "Data admin (demonstration)", Role.DATA_ADMIN),
)


@dataclass(frozen=True)
class DemoApplicant:
    """One invented applicant; `data.label` is the name, `story` a sentence about them."""

    story: str
    data: ProfileData


@dataclass(frozen=True)
class People:
    """How many people came or went."""

    applicants: int
    staff: int


def read_demo_applicants(*, today: date, specialty_codes: Collection[str], state_codes: Collection[str]) -> list[DemoApplicant]:
    """Read the invented applicants. Raises ValueError, with the label of the one, where a profile is not valid."""
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    return [_applicant(entry, today, specialty_codes, state_codes) for entry in entries]


def _applicant(entry: dict[str, object], today: date, specialty_codes: Collection[str], state_codes: Collection[str]) -> DemoApplicant:
    text = json.dumps(entry["profile"], indent=1)
    try:
        data = parse_profile(text, today=today, specialty_codes=specialty_codes, state_codes=state_codes)
    except ProfileError as error:
        raise ValueError(f"{FILE.name}, {entry['label']}: {error}") from None
    return DemoApplicant(story=str(entry["story"]), data=replace(data, label=str(entry["label"])))


@transaction.atomic
def load_demo_people(*, by: str, specialty_codes: Collection[str], state_codes: Collection[str]) -> People | None:
    """Write the invented people; None, and nothing written, where invented applicants are there already.

    Nobody can sign in as the staff: they have no password. Raises ValueError for a profile that is not valid.
    """
    if Profile.objects.filter(is_demo=True).exists():
        return None
    applicants = read_demo_applicants(today=timezone.localdate(), specialty_codes=specialty_codes, state_codes=state_codes)
    for applicant in applicants:
        save_profile(by=by, data=applicant.data, is_demo=True)
    return People(len(applicants), sum(_add_staff(by, email, name, role) for email, name, role in STAFF))


def _add_staff(by: str, email: str, name: str, role: Role) -> bool:
    if User.objects.filter(email=email).exists():
        return False
    user = User.objects.create_user(email, name=name, role=role, is_demo=True)
    audit.record(by=by, verb="user:create", target=f"user:{user.pk}", role=role.value)
    return True


@transaction.atomic
def remove_demo_people(*, by: str) -> People:
    """Delete the invented applicants and staff, and nobody else."""
    profiles = list(Profile.objects.filter(is_demo=True))
    for profile in profiles:
        delete_profile(by=by, profile=profile)
    staff = list(User.objects.filter(is_demo=True))
    for user in staff:
        audit.record(by=by, verb="user:delete", target=f"user:{user.pk}", role=user.role)
        user.delete()
    return People(len(profiles), len(staff))
