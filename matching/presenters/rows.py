"""Rankings as pages show them: rows, reasons, groups. No queries; no HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.urls import reverse

from applicants.choices import ApplicantType, VisaNeed
from matching.engine import Contribution, Criterion, Explanation, Tier
from matching.engine.evidence import tier_bands
from matching.engine.tables import Index
from matching.presenters.filters import exclusion_counts
from matching.presenters.words import (
    ABOUT_YOU,
    ASKED_BY_NONE,
    TERM_LABELS,
    Applicant,
    applicant_in_words,
    criterion_sentence,
    score_counts_backwards,
    term_sentence,
)
from matching.services.ranking import Ranking
from matching.services.wording import CRITERIA
from programs.choices import FactState
from programs.fields import BY_NAME, KEY_FIELDS
from programs.models import Program
from programs.resolution import unpack
from smartpick.charts import RangeDot, effect_text, range_dot

REASONS_SHOWN = 2
UNKNOWNS_SHOWN = 3
GROUP_EXAMPLES = 5
# A contribution that moves the odds by less than about 8 % is no reason.
WORTH_SAYING = 0.08
BANDS = tuple(least for _, least in tier_bands() if least)
# The share key facts: which kind of IMG a program takes concerns one kind only.
OTHER_KIND = {ApplicantType.US_IMG: "accepts_non_us_img", ApplicantType.NON_US_IMG: "accepts_us_img"}


@dataclass(frozen=True)
class Row:
    """One program on the list, as components/result_row.html shows it."""

    key: str
    url: str
    why_url: str
    name: str
    place: str
    detail: str
    tier: str
    chance: float
    low: float
    high: float
    dot: RangeDot | None
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    unknowns: tuple[str, ...]
    unsaid: tuple[str, ...]
    known: int
    key_facts: int
    note: str
    demo: bool


@dataclass(frozen=True)
class Group:
    """Excluded programs under the requirement that excludes them."""

    criterion: str
    reason: str
    count: int
    programs: tuple[Mapping[str, str], ...]


def this_applicant(ranking: Ranking) -> Applicant:
    """The applicant's side of every sentence about this ranking."""
    years = ranking.applicant.years_since_graduation[0]
    known_years = None if np.isnan(years) else int(years)
    return applicant_in_words(ranking.profile, ranking.specialty, known_years, ranking.programs.model.figures)


def rows(ranking: Ranking, positions: Index, programs: Mapping[int, Program], sums: Sequence[Explanation], query: str) -> list[Row]:
    """One row a position. `programs` by id; `sums` in the order of `positions`; `query` carries the answers on."""
    applicant, ids = this_applicant(ranking), ranking.programs.table.ids
    return [_row(ranking, int(position), programs[int(ids[position])], why, applicant, query) for position, why in zip(positions, sums, strict=True)]


def _row(ranking: Ranking, position: int, program: Program, why: Explanation, applicant: Applicant, query: str) -> Row:  # noqa: PLR0917
    scores = ranking.scores
    chance, low, high = (float(values[0, position]) for values in (scores.chance, scores.low, scores.high))
    tier = Tier(int(scores.tier[0, position]))
    excluded = tier is Tier.EXCLUDED
    fields = [name for name in KEY_FIELDS if name != OTHER_KIND[applicant.kind]]
    known = sum(_is_known(program, name) for name in fields)
    return Row(
        key=program.key,
        url=f"{reverse('programs:detail', args=[program.key])}{query}",
        why_url=f"{reverse('matching:why', args=[program.key])}{query}" if query else "",
        name=program.name,
        place=place(program),
        detail=" · ".join(part for part in (program.get_program_type_display() if program.program_type else "", visa_words(program, applicant)) if part),
        demo=program.is_demo,
        tier=tier.word,
        chance=chance,
        low=low,
        high=high,
        dot=None if excluded else range_dot(chance, low, high, tier=tier.word, bands=BANDS),
        reasons_for=() if excluded else _reasons(why, +1, program, applicant),
        reasons_against=tuple(exclusion_sentences(why.excluded_by, program, applicant)) if excluded else _reasons(why, -1, program, applicant),
        unknowns=unknowns(why, program),
        unsaid=unsaid(why),
        known=known,
        key_facts=len(fields),
        note=_note(program, fields),
    )


def _is_known(program: Program, name: str) -> bool:
    return unpack(program.field_states.get(name)).state == FactState.KNOWN


def _note(program: Program, fields: Iterable[str]) -> str:
    states = [unpack(program.field_states.get(name)) for name in fields]
    disagree, stale = sum(one.state == FactState.CONFLICT for one in states), sum(one.stale for one in states)
    parts = [f"{disagree} disputed" if disagree else "", f"{stale} from an earlier season" if stale else ""]
    return ", ".join(part for part in parts if part)


def visa_words(program: Program, applicant: Applicant) -> str:
    """What it says about the visas that this applicant could use; "" for one who needs none."""
    fields = {VisaNeed.J1: ("visa_j1",), VisaNeed.H1B: ("visa_h1b",), VisaNeed.EITHER: ("visa_j1", "visa_h1b")}.get(applicant.visa_need, ())  # type: ignore[arg-type]
    return ", ".join(f"{BY_NAME[name].label.removesuffix(' visa')} {_yes_no(program, name)}" for name in fields)


def _yes_no(program: Program, name: str) -> str:
    value = getattr(program, name)
    if value is None:
        return "disputed" if name in program.field_states else "not known"
    return "yes" if value else "no"


def place(program: Program) -> str:
    """City and state, as far as known."""
    return ", ".join(part for part in (program.city, program.state_id or "") if part)


def _reasons(why: Explanation, sign: int, program: Program, applicant: Applicant) -> tuple[str, ...]:
    """The strongest reasons that are about this program; those about the applicant stand above the list."""
    unsaid = {*ABOUT_YOU, *(("step2",) if score_counts_backwards(applicant) else ())}
    ours = [part for part in why.contributions if sign * part.mid >= WORTH_SAYING and part.name not in unsaid and part.name in TERM_LABELS]
    strongest = sorted(ours, key=lambda part: -abs(part.mid))[:REASONS_SHOWN]
    return tuple(_sentence(part, why, program, applicant) for part in strongest)


def _sentence(part: Contribution, why: Explanation, program: Program, applicant: Applicant) -> str:
    if part.name == "preferences":
        return "a stated preference is not met: " + "; ".join(exclusion_sentences(why.preferences_unmet, program, applicant))
    return term_sentence(part.name, program, applicant)


def exclusion_sentences(criteria: Iterable[Criterion], program: Program, applicant: Applicant) -> list[str]:
    """Each criterion's heading, with what the program asks where it asks anything."""
    asked = [(CRITERIA[criterion].group, criterion_sentence(criterion, program, applicant)) for criterion in criteria]
    return [f"{group} ({sentence})" if sentence else group for group, sentence in asked]


def unknowns(why: Explanation, program: Program) -> tuple[str, ...]:
    """What the program does not say, what might exclude first, the rest as a count."""
    # Whether it takes IMGs at all is rarely what one has to ask first: it stands last unless it may well exclude.
    others = sorted(why.unknown, key=lambda criterion: criterion is Criterion.ACCEPTS)
    silent = [criterion for criterion in (*why.may_exclude, *others) if criterion not in why.unsaid]
    questions = list(dict.fromkeys(question(criterion, why, program) for criterion in silent))
    more = len(questions) - UNKNOWNS_SHOWN
    return (*questions[:UNKNOWNS_SHOWN], f"and {more} more") if more > 0 else tuple(questions)


def question(criterion: Criterion, why: Explanation, program: Program) -> str:
    """What is not known about one open criterion of this program: disputed, not firm, or not stated."""
    words = CRITERIA[criterion]
    if any(unpack(program.field_states.get(name)).state == FactState.CONFLICT for name in words.fields):
        return f"sources disagree: {_inside(words.group)}"
    return f"how firm it is: {_inside(words.group)}" if criterion in why.unfirm else words.question


def unsaid(why: Explanation) -> tuple[str, ...]:
    """What this program asks and the profile does not say. National rules are asked by no program."""
    return tuple(dict.fromkeys(CRITERIA[criterion].answer for criterion in why.unsaid if criterion not in ASKED_BY_NONE))


def _inside(phrase: str) -> str:
    """A phrase as it stands inside a sentence: its first letter small, unless it begins an abbreviation."""
    return phrase if phrase[:2].isupper() else f"{phrase[:1].lower()}{phrase[1:]}"


def about_you(ranking: Ranking, why: Explanation) -> list[dict[str, str]]:
    """Terms that are the same at every program (`why` is any one's): sentence, effect on the odds, direction."""
    applicant, nowhere = this_applicant(ranking), Program()
    return [
        {
            "sentence": term_sentence(part.name, nowhere, applicant),
            "effect": effect_text(part.mid),
            "direction": "raises" if part.mid > 0 else "lowers",
        }
        for part in why.contributions
        if part.name in ABOUT_YOU and abs(part.mid) >= WORTH_SAYING
    ]


def groups(ranking: Ranking, programs: Mapping[int, Program], query: str) -> list[Group]:
    """Excluded programs by criterion, most first. `programs` needs the ids of `group_examples`."""
    applicant, ids = this_applicant(ranking), ranking.programs.table.ids
    examples = group_examples(ranking)
    return [
        Group(
            criterion=criterion.name.lower(),
            reason=CRITERIA[criterion].group,
            count=count,
            programs=tuple(
                _example(programs[int(ids[position])], criterion, applicant, query) for position in examples[criterion] if int(ids[position]) in programs
            ),
        )
        for criterion, count in exclusion_counts(ranking).items()
    ]


def _example(program: Program, criterion: Criterion, applicant: Applicant, query: str) -> dict[str, str]:
    return {
        "name": program.name,
        "url": f"{reverse('programs:detail', args=[program.key])}{query}",
        "place": place(program),
        "fact": criterion_sentence(criterion, program, applicant),
    }


def group_examples(ranking: Ranking) -> dict[Criterion, list[int]]:
    """{criterion: positions of the first few programs it excludes, by name}."""
    masks = ranking.scores.excluded[0]
    return {
        criterion: [position for position in range(len(masks)) if masks[position] & criterion.bit][:GROUP_EXAMPLES] for criterion in exclusion_counts(ranking)
    }
