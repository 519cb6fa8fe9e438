"""Terms and criteria in words. Pure apart from reading `Program` values it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from applicants.choices import HANDS_ON, STEPS, ApplicantType, Exam, Outcome, VisaNeed
from applicants.profile import ProfileData
from matching.engine import NATIONAL, Criterion
from matching.engine.evidence import SpecialtyFigures
from programs.choices import EcfmgBy
from programs.models import Program
from smartpick.wording import about_one_in, percent, plural

KINDS: Mapping[ApplicantType, str] = MappingProxyType({ApplicantType.US_IMG: "U.S. IMGs", ApplicantType.NON_US_IMG: "non-U.S. IMGs"})


@dataclass(frozen=True)
class Applicant:
    """The applicant's side of every sentence; None is not said."""

    kind: ApplicantType
    score: int | None
    step2_not_passed: bool
    fails: int | None
    years: int | None
    hands_on: float | None
    observed: float | None
    letters: int | None
    letters_us: int | None
    letters_specialty: int | None
    letters_us_specialty: int | None
    publications: int | None
    visa_need: VisaNeed | None
    figures: SpecialtyFigures


def applicant_in_words(profile: ProfileData, specialty: str, years: int | None, figures: SpecialtyFigures) -> Applicant:
    """The applicant as the sentences need them."""
    passed = next((sitting for sitting in profile.of(Exam.STEP2_CK) if sitting.outcome == Outcome.PASS), None)
    fails = failed_steps(profile)
    spells, letters = profile.usce, profile.letters

    def count(us: bool, in_specialty: bool) -> int | None:
        return None if letters is None else sum((one.from_us or not us) and (one.specialty == specialty or not in_specialty) for one in letters)

    return Applicant(
        kind=profile.applicant_type,
        score=passed.score if passed else None,
        step2_not_passed=profile.step2_not_passed or (profile.sittings_complete and passed is None),
        fails=fails,
        years=years,
        hands_on=None if spells is None else sum(spell.months for spell in spells if spell.kind in HANDS_ON),
        observed=None if spells is None else sum(spell.months for spell in spells if spell.kind not in HANDS_ON),
        letters=count(us=False, in_specialty=False),
        letters_us=count(us=True, in_specialty=False),
        letters_specialty=count(us=False, in_specialty=True),
        letters_us_specialty=count(us=True, in_specialty=True),
        publications=profile.publications,
        visa_need=profile.visa_need,
        figures=figures,
    )


def failed_steps(profile: ProfileData) -> int | None:
    """Failed sittings of the Steps: counted where all are listed, else as stated, else those listed; None is not said."""
    listed = sum(sitting.outcome == Outcome.FAIL for sitting in profile.sittings if sitting.exam in STEPS)
    if profile.sittings_complete:
        return listed
    return profile.failed_attempts if profile.failed_attempts is not None else listed or None


# --- terms: short names, and the sentence for one program ---

TERM_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "openness": "Openness to IMGs",
        "competition": "Interviews per application",
        "unfilled": "Positions left unfilled",
        "step2": "Step 2 CK score",
        "attempts": "Failed attempts",
        "graduation": "Years since graduation",
        "usce": "U.S. clinical experience",
        "letters": "Letters",
        "research": "Publications",
        "mission": "Fit with its mission",
        "level": "How many applications are sent nationally",
        "visa_need": "Needing a visa",
        "place": "State you prefer",
        "preferences": "Its preferences",
    }
)
# The same at every program: said once above a list instead of on every row.
ABOUT_YOU = ("attempts", "graduation", "usce", "letters", "visa_need")
# The facts behind a term, for their source and date.
TERM_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "openness": ("share_non_us_img", "share_us_img", "share_img"),
        "competition": ("interviews_given", "applications_received"),
        "step2": ("step2_median",),
        "research": ("program_type",),
        "mission": ("underserved_mission",),
    }
)


def term_sentence(name: str, program: Program, applicant: Applicant) -> str:
    """What a term says about this applicant at this program; "" where there is nothing to say."""
    say = _TERMS.get(name)
    return say(program, applicant) if say else ""


def _openness(program: Program, applicant: Applicant) -> str:
    us = applicant.kind == ApplicantType.US_IMG
    own = program.share_us_img if us else program.share_non_us_img
    usual = applicant.figures.share_us_img if us else applicant.figures.share_non_us_img
    if own is not None:
        return f"{percent(own)} of residents are {KINDS[applicant.kind]}; {percent(usual)} in the specialty"
    if program.share_img is not None:
        both = applicant.figures.share_us_img + applicant.figures.share_non_us_img
        return f"{percent(program.share_img)} of residents are IMGs of either kind; {percent(both)} in the specialty"
    return "who its residents are is not known"


def _competition(program: Program, _: Applicant) -> str:
    if not program.applications_received or not program.interviews_given:
        return "how many it interviews is not known"
    invited = min(program.interviews_given / program.applications_received, 1.0)
    return f"interviewed {about_one_in(invited)} of those who applied last season"


def _unfilled(program: Program, _: Applicant) -> str:
    if not program.unfilled_share:
        return "filled its positions, or not known"
    return f"left {percent(program.unfilled_share)} of {program.unfilled_quota} positions unfilled, up to the {program.unfilled_year} Match"


def score_counts_backwards(applicant: Applicant) -> bool:
    """Whether matched applicants of the specialty had the lower scores: nobody should take a low score for an asset."""
    return applicant.figures.step2_slope < 0


def _step2(program: Program, applicant: Applicant) -> str:
    middle = program.step2_median or round(applicant.figures.step2_mean)
    whose = "its residents' middle" if program.step2_median else "the mean of non-U.S. IMG applicants"
    if applicant.score is None:
        return f"{'Step 2 CK is not passed yet' if applicant.step2_not_passed else 'no score given'}; {whose} is {middle}"
    if applicant.score == middle:
        return f"your {applicant.score} is {whose}"
    place = f"your {applicant.score} is {abs(applicant.score - middle)} {'above' if applicant.score > middle else 'below'} {whose} ({middle})"
    if score_counts_backwards(applicant):
        return f"{place}; scores hardly told matched from not matched in this specialty"
    return place


def _attempts(_: Program, applicant: Applicant) -> str:
    if applicant.fails is None:
        return "failed attempts not said"
    return plural(applicant.fails, "failed attempt") if applicant.fails else "no failed attempt"


def _graduation(_: Program, applicant: Applicant) -> str:
    return "year of graduation not said" if applicant.years is None else f"{plural(applicant.years, 'year')} since graduation"


def _usce(_: Program, applicant: Applicant) -> str:
    if applicant.hands_on is None:
        return "U.S. clinical experience not said"
    if applicant.hands_on:
        return f"{plural(applicant.hands_on, 'month')} of hands-on U.S. clinical experience; two are usual"
    return f"{plural(applicant.observed, 'month')} of observership, none hands-on" if applicant.observed else "no U.S. clinical experience"


def _letters(_: Program, applicant: Applicant) -> str:
    if applicant.letters_us_specialty is None:
        return "letters not said"
    return f"{plural(applicant.letters_us_specialty, 'U.S. letter')} in the specialty"


def _research(program: Program, applicant: Applicant) -> str:
    if applicant.publications is None:
        return "publications not said"
    more = "; university programs ask for more" if program.program_type == "university" else ""
    return f"{plural(applicant.publications, 'publication')}; the median of non-U.S. IMG applicants is {applicant.figures.publications:g}{more}"


def _mission(program: Program, _: Applicant) -> str:
    return "your volunteering beside its mission for underserved people" if program.underserved_mission else "no such mission is stated"


_TERMS: Mapping[str, Callable[[Program, Applicant], str]] = {
    "openness": _openness,
    "competition": _competition,
    "unfilled": _unfilled,
    "step2": _step2,
    "attempts": _attempts,
    "graduation": _graduation,
    "usce": _usce,
    "letters": _letters,
    "research": _research,
    "mission": _mission,
    "visa_need": lambda _, applicant: applicant.visa_need.label if applicant.visa_need else "visa need not said",
    "place": lambda *_: "in a state you prefer",
}


# --- criteria: the sentence for one program; matching.services.wording has the phrases ---

# No program asks for these; they hold everywhere or nowhere.
ASKED_BY_NONE = NATIONAL - {Criterion.H1B_STEP3}


def criterion_sentence(criterion: Criterion, program: Program, applicant: Applicant) -> str:
    """What the program asks and where the applicant stands; "" for rules that no program states."""
    say = _ASKS.get(criterion)
    return say(program, applicant) if say else ""


def _asks(what: str, asked: float | None, have: float | None) -> str:
    if asked is None:
        return f"{what.removesuffix(':')}: not stated"
    return f"{what} {asked:g}, you have {'not said' if have is None else f'{have:g}'}"


def _visa(program: Program, _: Applicant) -> str:
    words = {True: "yes", False: "no", None: "not known"}
    return f"J-1 {words[program.visa_j1]}, H-1B {words[program.visa_h1b]}"


def _ecfmg(program: Program, _: Applicant) -> str:
    return f"certificate needed {EcfmgBy(program.ecfmg_needed_by).label}" if program.ecfmg_needed_by else "not stated"


def _usce_asked(program: Program, applicant: Applicant) -> str:
    only = " hands-on" if program.usce_hands_on_only else ""
    have = (
        applicant.hands_on
        if program.usce_hands_on_only or applicant.hands_on is None or applicant.observed is None
        else applicant.hands_on + applicant.observed
    )
    return _asks(f"months of{only} experience asked:", program.usce_min_months, have)


def _attempts_asked(most: int | None) -> str:
    return "limit not stated" if most is None else f"at most {plural(most, 'attempt')}"


_ASKS: Mapping[Criterion, Callable[[Program, Applicant], str]] = {
    Criterion.ACCEPTS: lambda _, applicant: f"takes no {KINDS[applicant.kind]}",
    Criterion.VISA: _visa,
    Criterion.H1B_STEP3: lambda *_: "H-1B is open only with Step 3 passed",
    Criterion.ECFMG: _ecfmg,
    Criterion.GRADUATION: lambda program, applicant: _asks("years at most", program.max_years_since_graduation, applicant.years),
    Criterion.STEP1_PASS: lambda *_: "Step 1 must be passed",
    Criterion.STEP1_MIN: lambda program, _: _asks("Step 1 minimum", program.step1_min, None).split(", you")[0],
    Criterion.STEP2_MIN: lambda program, applicant: _asks("Step 2 CK minimum", program.step2_min, applicant.score),
    Criterion.STEP3: lambda *_: "Step 3 must be passed",
    Criterion.STEP1_ATTEMPTS: lambda program, _: _attempts_asked(program.step1_max_attempts),
    Criterion.STEP2_ATTEMPTS: lambda program, _: _attempts_asked(program.step2_max_attempts),
    Criterion.STEP3_ATTEMPTS: lambda program, _: _attempts_asked(program.step3_max_attempts),
    Criterion.USCE: _usce_asked,
    Criterion.LETTERS: lambda program, applicant: _asks("letters asked:", program.letters_min, applicant.letters),
    Criterion.LETTERS_US: lambda program, applicant: _asks("U.S. letters asked:", program.letters_us_min, applicant.letters_us),
    Criterion.LETTERS_SPECIALTY: lambda program, applicant: _asks(
        "letters in the specialty asked:", program.letters_specialty_min, applicant.letters_specialty
    ),
}
