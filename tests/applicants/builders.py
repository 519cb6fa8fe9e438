"""Profiles for tests. TODAY is fixed, so that no test turns red by waiting."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.exam_rules import passing_bar
from applicants.forms import Reference
from applicants.profile import Letter, ProfileData, Sitting, UsceSpell
from programs.choices import ProgramType
from programs.models import Specialty, State

TODAY = date(2026, 9, 10)
SPECIALTIES = {"140": "Internal Medicine", "120": "Family Medicine", "320": "Pediatrics", "180": "Neurology", "400": "Psychiatry", "300": "Pathology"}
STATES = {"NY": ("New York", "Northeast"), "NJ": ("New Jersey", "Northeast"), "OH": ("Ohio", "Midwest"), "TX": ("Texas", "South"), "CA": ("California", "West")}
CODES = {"specialty_codes": frozenset(SPECIALTIES), "state_codes": frozenset(STATES)}
SOURCED = {"source": "made up for tests", "source_kind": "project", "as_of": TODAY}

REFERENCE = Reference(
    specialties=list(SPECIALTIES.items()),
    regions=[
        ("Midwest", [("OH", "Ohio")]),
        ("Northeast", [("NJ", "New Jersey"), ("NY", "New York")]),
        ("South", [("TX", "Texas")]),
        ("West", [("CA", "California")]),
    ],
    program_types=ProgramType.choices,
)

MINIMAL = ProfileData(ApplicantType.NON_US_IMG, ("140",), sittings_complete=False)
FULL = ProfileData(
    applicant_type=ApplicantType.NON_US_IMG,
    specialties=("140", "120"),
    school_country="India",
    graduation_year=2019,
    sittings=(
        Sitting(Exam.STEP1, Outcome.FAIL, date(2020, 2, 3), 188),
        Sitting(Exam.STEP1, Outcome.PASS, date(2020, 11, 20), 214),
        Sitting(Exam.STEP2_CK, Outcome.PASS, date(2022, 5, 1), 238),
        Sitting(Exam.STEP3, Outcome.AWAITED, date(2026, 12, 1)),
        Sitting(Exam.OET, Outcome.PASS, date(2024, 1, 15)),
    ),
    sittings_complete=True,
    failed_attempts=1,
    ecfmg_status=EcfmgStatus.IN_PROGRESS,
    ecfmg_expected=date(2026, 12, 31),
    usce=(UsceSpell(UsceKind.ELECTIVE, 1.5, "140", date(2023, 6, 30)), UsceSpell(UsceKind.OBSERVERSHIP, 2.0)),
    letters=(Letter(from_us=True, specialty="140"), Letter(from_us=False)),
    research_experiences=0,
    publications=3,
    volunteer_experiences=2,
    visa_need=VisaNeed.J1,
    preferred_states=("NY", "NJ"),
    ruled_out_states=("TX",),
    ruled_out_program_types=("military",),
    budget_usd=2500,
    label="Example",
)


def step(exam=Exam.STEP2_CK, outcome=Outcome.PASS, day=None, score=None):
    return Sitting(exam, outcome, day, score)


def minimal(**changes):
    return replace(MINIMAL, **changes)


def load_reference_rows():
    """The specialties and states of REFERENCE as rows."""
    Specialty.objects.bulk_create(Specialty(code=code, name=name, menu_order=order, **SOURCED) for order, (code, name) in enumerate(SPECIALTIES.items()))
    State.objects.bulk_create(State(usps=usps, name=name, division="-", region=region, **SOURCED) for usps, (name, region) in STATES.items())


# --- any valid profile ---

_specialty = st.sampled_from(sorted(SPECIALTIES))
_specialty_or_none = st.one_of(st.just(""), _specialty)
_text = st.text(st.characters(categories=("L", "N", "P")), max_size=20)
_past = st.dates(date(1992, 1, 1), TODAY)
_count = st.one_of(st.none(), st.integers(0, 200))


@st.composite
def _scores(draw, exam, outcome, day):
    """A score that fits, or None."""
    bar = passing_bar(exam, day)
    if outcome == Outcome.AWAITED or bar is None or (exam == Exam.STEP1 and day and day >= date(2022, 1, 26)):
        return None
    lowest, highest = bar
    fitting = st.integers(lowest, 300) if outcome == Outcome.PASS else st.integers(1, highest - 1)
    return draw(st.one_of(st.none(), fitting))


@st.composite
def _step_sittings(draw, exam):
    days = sorted(draw(st.sets(_past, max_size=4)))
    last = draw(st.sampled_from(Outcome))
    outcomes = [Outcome.FAIL] * (len(days) - 1) + [last]
    kept = [day if draw(st.booleans()) else None for day in days]
    return [Sitting(exam, outcome, day, draw(_scores(exam, outcome, day))) for outcome, day in zip(outcomes, kept, strict=False)]


@st.composite
def profiles(draw):
    """Any profile that the validators accept on TODAY."""
    applicant_type = draw(st.sampled_from(ApplicantType))
    visas = [None, VisaNeed.NONE] if applicant_type == ApplicantType.US_IMG else [None, *VisaNeed]
    sittings = [*draw(_step_sittings(Exam.STEP1)), *draw(_step_sittings(Exam.STEP2_CK))]
    if draw(st.booleans()):
        sittings.append(Sitting(Exam.OET, draw(st.sampled_from(Outcome)), draw(st.one_of(st.none(), _past))))
    complete = draw(st.booleans())
    fails = sum(one.exam != Exam.OET and one.outcome == Outcome.FAIL for one in sittings)
    status = draw(st.sampled_from([None, EcfmgStatus.IN_PROGRESS, EcfmgStatus.NOT_STARTED]))
    states = draw(st.lists(st.sampled_from(sorted(STATES)), unique=True))
    cut = draw(st.integers(0, len(states)))
    spell = st.builds(UsceSpell, st.sampled_from(UsceKind), st.floats(0.01, 60), _specialty_or_none, st.one_of(st.none(), _past))
    letter = st.builds(Letter, st.booleans(), _specialty_or_none)
    return ProfileData(
        applicant_type=applicant_type,
        specialties=tuple(draw(st.lists(_specialty, min_size=1, max_size=5, unique=True))),
        school_country=draw(_text.filter(lambda text: text.lower().replace(".", "") not in {"us", "usa", "canada"})),
        graduation_year=draw(st.one_of(st.none(), st.integers(1950, 2028))),
        sittings=tuple(sittings),
        sittings_complete=complete,
        failed_attempts=draw(st.sampled_from([None, fails])) if complete else draw(st.one_of(st.none(), st.integers(fails, 12))),
        ecfmg_status=status,
        ecfmg_expected=draw(st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2028, 1, 1)))) if status == EcfmgStatus.IN_PROGRESS else None,
        usce=draw(st.one_of(st.none(), st.lists(spell, max_size=8).map(tuple))),
        letters=draw(st.one_of(st.none(), st.lists(letter, max_size=10).map(tuple))),
        research_experiences=draw(_count),
        publications=draw(_count),
        volunteer_experiences=draw(_count),
        visa_need=draw(st.sampled_from(visas)),
        preferred_states=tuple(states[:cut]),
        ruled_out_states=tuple(states[cut:]),
        ruled_out_program_types=tuple(draw(st.lists(st.sampled_from(ProgramType.values), max_size=3, unique=True))),
        budget_usd=draw(st.one_of(st.none(), st.integers(0, 100_000))),
        label=draw(_text),
    )
