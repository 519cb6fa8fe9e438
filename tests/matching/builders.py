"""A small market for tests of lists: every name is invented."""

from datetime import date
from typing import Any

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.profile import Letter, ProfileData, Sitting, UsceSpell
from applicants.services import save_profile
from programs.models import CalendarEvent
from programs.services import apply_changes
from tests.programs.builders import SOURCED, new_fact, new_program, reference_tables, source

CALENDAR = {
    "programs-review": date(2026, 9, 23),
    "ranking-opens": date(2027, 2, 1),
    "ranking-closes": date(2027, 3, 3),
    "training-starts": date(2027, 7, 1),
}
ANSWERS = {"specialty": "140", "type": "non_us_img", "ck": "240", "fails": "0", "visa": "j1"}


def calendar() -> None:
    """The dates of the season that decide how far along an applicant is."""
    for key, day in CALENDAR.items():
        CalendarEvent.objects.create(season=2027, key=key, service="NRMP", event=key, date=day, **SOURCED)


def market(count: int = 3, **facts: str) -> None:
    """`count` Internal Medicine programs, each stating `facts` (field=canonical text) strictly."""
    reference_tables()
    calendar()
    add_programs(range(1, count + 1), **facts)


def add_programs(numbers: Any, **facts: str) -> None:
    """More of them, named by number."""
    keys = [f"14005{number:05d}" for number in numbers]
    stated = [new_fact(source(), field, value, program_key=key) for key in keys for field, value in facts.items()]
    programs = [new_program(key, name=f"Invented Hospital {key[-3:]}") for key in keys]
    apply_changes(by="test", cause="test", programs=programs, facts=stated)


def profile(**changes: Any) -> ProfileData:
    """A complete profile: non-U.S. IMG, Step 2 CK 245, J-1, nothing unusual."""
    values: dict[str, Any] = {
        "applicant_type": ApplicantType.NON_US_IMG,
        "specialties": ("140",),
        "graduation_year": 2023,
        "sittings": (
            Sitting(Exam.STEP1, Outcome.PASS, date(2023, 5, 1)),
            Sitting(Exam.STEP2_CK, Outcome.PASS, date(2024, 5, 1), 245),
        ),
        "ecfmg_status": EcfmgStatus.CERTIFIED,
        "usce": (UsceSpell(UsceKind.ELECTIVE, 2, "140"),),
        "letters": (Letter(from_us=True, specialty="140"), Letter(from_us=True, specialty="140"), Letter(from_us=False)),
        "publications": 2,
        "volunteer_experiences": 3,
        "visa_need": VisaNeed.J1,
    }
    return ProfileData(**(values | changes))


def remember(client: Any, data: ProfileData) -> None:
    """Save a profile and make it that of the client's session."""
    saved = save_profile(by="visitor", data=data)
    session = client.session
    session["profile_id"] = saved.pk
    session.save()
