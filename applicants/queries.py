"""Reads that have a name."""

from django.db.models import prefetch_related_objects

from applicants import profile as plain
from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.models import ExamSitting, Letter, Profile, UsceSpell

# What a whole profile needs besides its own row: three queries, for one profile or for many.
CHILDREN = ("sittings", "usce_spells", "letters")


def demonstration_profiles() -> list[Profile]:
    """Return the invented applicants, in the order they were loaded, ready for `profile_data`."""
    return list(Profile.objects.filter(is_demo=True).order_by("pk").prefetch_related(*CHILDREN))


def is_unchanged_copy(profile: Profile) -> bool:
    """Say whether `profile` holds just what a demonstration applicant holds, so that replacing it loses nothing."""
    data = profile_data(profile)
    return any(profile_data(demo) == data for demo in demonstration_profiles())


def profile_data(profile: Profile) -> plain.ProfileData:
    """Turn the rows of a profile into plain data.

    Three queries; none where `CHILDREN` are prefetched, so prefetch them for many profiles.
    """
    prefetch_related_objects([profile], *CHILDREN)
    return plain.ProfileData(
        applicant_type=ApplicantType(profile.applicant_type),
        specialties=tuple(profile.specialties),
        school_country=profile.school_country,
        graduation_year=profile.graduation_year,
        sittings=tuple(map(_sitting, profile.sittings.all())),
        sittings_complete=profile.sittings_complete,
        failed_attempts=profile.failed_attempts,
        step2_not_passed=profile.step2_not_passed,
        ecfmg_status=EcfmgStatus(profile.ecfmg_status) if profile.ecfmg_status else None,
        ecfmg_expected=profile.ecfmg_expected,
        usce=tuple(map(_spell, profile.usce_spells.all())) if profile.usce_answered else None,
        letters=tuple(map(_letter, profile.letters.all())) if profile.letters_answered else None,
        research_experiences=profile.research_experiences,
        publications=profile.publications,
        volunteer_experiences=profile.volunteer_experiences,
        visa_need=VisaNeed(profile.visa_need) if profile.visa_need else None,
        preferred_states=tuple(profile.preferred_states),
        ruled_out_states=tuple(profile.ruled_out_states),
        ruled_out_program_types=tuple(profile.ruled_out_program_types),
        budget_usd=profile.budget_usd,
        label=profile.label,
    )


def _sitting(row: ExamSitting) -> plain.Sitting:
    return plain.Sitting(Exam(row.exam), Outcome(row.outcome), row.date, row.score)


def _spell(row: UsceSpell) -> plain.UsceSpell:
    return plain.UsceSpell(UsceKind(row.kind), row.months, row.specialty, row.ended)


def _letter(row: Letter) -> plain.Letter:
    return plain.Letter(row.from_us, row.specialty)
