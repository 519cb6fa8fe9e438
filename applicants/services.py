"""The only writer of profiles."""

from dataclasses import asdict, fields
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from applicants.models import ExamSitting, Letter, Profile, UsceSpell
from applicants.profile import ProfileData
from applicants.validators import Problem, validate_profile
from smartpick.access import VISITOR
from smartpick.audit import record

# Fields of `ProfileData` that are rows of their own.
_IN_ROWS = frozenset({"sittings", "usce", "letters"})
_COLUMNS = tuple(field.name for field in fields(ProfileData) if field.name not in _IN_ROWS)


class InvalidProfileError(ValueError):
    """What was to be saved breaks a rule. Forms and files are checked before, so this is a mistake in the code that called."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))


@transaction.atomic
def save_profile(*, by: str, data: ProfileData, profile: Profile | None = None, is_demo: bool = False) -> Profile:
    """Write `data` as a new profile, or over `profile`, whose sittings, spells and letters it replaces.

    `by` is the e-mail of the writer, or who else wrote. An audit event is kept where the writer is not
    the owner. `is_demo` counts for a new profile only. Raises `InvalidProfileError`, and then nothing is written.
    """
    _check(data)
    existing = Profile.objects.select_for_update().filter(pk=profile.pk).first() if profile else None
    saved = existing or Profile(is_demo=is_demo)
    for name in _COLUMNS:
        value = getattr(data, name)
        setattr(saved, name, list(value) if isinstance(value, tuple) else value)
    saved.usce_answered = data.usce is not None
    saved.letters_answered = data.letters is not None
    saved.save()
    _replace_rows(saved, data)
    _note(by=by, verb="profile:change" if existing else "profile:create", profile=saved)
    return saved


@transaction.atomic
def delete_profile(*, by: str, profile: Profile) -> None:
    """Delete a profile and all that hangs on it, for good."""
    _hold(Profile.objects.filter(pk=profile.pk))
    _note(by=by, verb="profile:delete", profile=profile)
    profile.delete()


@transaction.atomic
def delete_abandoned_profiles(*, by: str, before: datetime) -> int:
    """Delete the profiles without an owner that nobody saved since `before`; how many there were.

    The session that alone could open one lasts no longer than SESSION_COOKIE_AGE after it was last written to, which
    saving a profile does. Demonstration applicants stay.
    """
    abandoned = Profile.objects.filter(owner=None, is_demo=False, updated_at__lt=before)
    _hold(abandoned)
    _, gone = abandoned.delete()
    profiles = gone.get("applicants.Profile", 0)
    if profiles:
        record(by=by, verb="profile:delete-abandoned", target="profiles", profiles=profiles, before=before.isoformat())
    return profiles


def _hold(profiles: QuerySet[Profile]) -> None:
    """Lock profiles before anything that hangs on them, as whoever changes a list does: otherwise each may wait for the other."""
    list(profiles.select_for_update().order_by("pk").values_list("pk"))


def _check(data: ProfileData) -> None:
    """Check all but the codes of specialties and states, which this app does not know."""
    specialties = {*data.specialties, *(spell.specialty for spell in data.usce or ()), *(letter.specialty for letter in data.letters or ())}
    states = {*data.preferred_states, *data.ruled_out_states}
    problems = validate_profile(data, today=timezone.localdate(), specialty_codes=specialties, state_codes=states)
    if problems:
        raise InvalidProfileError(problems)


def _replace_rows(profile: Profile, data: ProfileData) -> None:
    for rows in (profile.sittings, profile.usce_spells, profile.letters):
        rows.all().delete()
    ExamSitting.objects.bulk_create(ExamSitting(profile=profile, order=order, **asdict(row)) for order, row in enumerate(data.sittings))
    UsceSpell.objects.bulk_create(UsceSpell(profile=profile, order=order, **asdict(row)) for order, row in enumerate(data.usce or ()))
    Letter.objects.bulk_create(Letter(profile=profile, order=order, **asdict(row)) for order, row in enumerate(data.letters or ()))


def _note(*, by: str, verb: str, profile: Profile) -> None:
    """Keep an audit event unless the owner wrote. A profile without an owner is its session's own."""
    owner = profile.owner.email if profile.owner else None
    if by != (owner or VISITOR):
        record(by=by, verb=verb, target=f"profile:{profile.pk}")
