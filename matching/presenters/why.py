"""The full sum behind one chance, with the fact and the source of every term."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.engine import Contribution, Criterion, Explanation, logistic
from matching.engine.chances import unstated_name
from matching.presenters.rows import exclusion_sentences, question
from matching.presenters.words import TERM_FIELDS, TERM_LABELS, Applicant, term_sentence
from matching.services.ranking import Ranking, explanations
from matching.services.wording import CRITERIA
from programs.models import Program
from programs.provenance import Provenance
from smartpick.charts import Term, Waterfall, effect_text, waterfall

IF_SETTLED = "may exclude you; once it is settled in your favor, your odds rise"
NATIONAL = "level"  # the term that is the same for everybody
UNCHANGED = effect_text(0.0)
UNSTATED = {unstated_name(criterion): criterion for criterion in CRITERIA}


@dataclass(frozen=True)
class Open:
    """Something not known: the question, and what knowing it could change."""

    question: str
    could: str


@dataclass(frozen=True)
class Excluded:
    """One reason that excludes, with who says so; `stale`: for an earlier season."""

    sentence: str
    source: str
    source_url: str
    as_of: date | None
    stale: bool


@dataclass(frozen=True)
class Why:
    """Everything `matching/_why.html` says about one program."""

    excluded: tuple[Excluded, ...]
    sum: Waterfall | None
    open: tuple[Open, ...]
    low: float
    high: float


def why(ranking: Ranking, position: int, program: Program, said: Mapping[str, Provenance], applicant: Applicant) -> Why:
    """The explanation of the result at `position`; `said` names the sources of the program's facts."""
    explained = explanations(ranking, np.array([position]))[0]
    low, high = float(ranking.scores.low[0, position]), float(ranking.scores.high[0, position])
    return Why(
        excluded=tuple(_excluded(criterion, program, said, applicant) for criterion in explained.excluded_by),
        sum=None if explained.excluded_by else _sum(explained, program, said, applicant),
        # Once something excludes, what else is not known changes nothing.
        open=() if explained.excluded_by else tuple(_open_questions(explained, program)),
        low=low,
        high=high,
    )


def _excluded(criterion: Criterion, program: Program, said: Mapping[str, Provenance], applicant: Applicant) -> Excluded:
    sentence = exclusion_sentences([criterion], program, applicant)[0]
    one = next((said[name] for name in CRITERIA[criterion].fields if said[name].deciding and getattr(program, name) is not None), None)
    if one is None or one.deciding is None:
        return Excluded(sentence, "", "", None, stale=False)
    return Excluded(sentence, one.deciding.source.name, one.deciding.url, one.deciding.as_of, one.state.stale)


def _sum(explained: Explanation, program: Program, said: Mapping[str, Provenance], applicant: Applicant) -> Waterfall:
    terms = [_term(part, explained, program, said, applicant) for part in explained.contributions if part.mid]
    return waterfall(float(logistic(np.asarray(explained.intercept))), terms, start_label="A typical applicant, all requirements known and met")


def _term(part: Contribution, explained: Explanation, program: Program, said: Mapping[str, Provenance], applicant: Applicant) -> Term:
    if part.name in UNSTATED:
        criterion = UNSTATED[part.name]
        return Term(_first_upper(_question(criterion, explained, program)), part.mid, "not known; what it usually costs is counted", "SmartPick's judgement")
    if part.name == "preferences":
        return Term(TERM_LABELS[part.name], part.mid, "; ".join(exclusion_sentences(explained.preferences_unmet, program, applicant)))
    fact = next((said[name].deciding for name in TERM_FIELDS.get(part.name, ()) if said[name].deciding and getattr(program, name) is not None), None)
    return Term(
        label=TERM_LABELS[part.name],
        log_odds=part.mid,
        fact=term_sentence(part.name, program, applicant),
        source=fact.source.name if fact else "",
        source_url=fact.url if fact else "",
        as_of=fact.as_of if fact else None,
    )


def _open_questions(explained: Explanation, program: Program) -> list[Open]:
    """What is not known and how far it could move the odds, what may exclude first."""
    may_exclude = [Open(_question(criterion, explained, program), IF_SETTLED) for criterion in explained.may_exclude]
    spread = [part for part in explained.contributions if part.high > part.low and part.name in TERM_LABELS]
    # What nobody can settle stands last.
    spread.sort(key=lambda part: (part.name == NATIONAL, part.low - part.high))
    return [*may_exclude, *(Open(TERM_LABELS[part.name], _could(part)) for part in spread)]


def _question(criterion: Criterion, explained: Explanation, program: Program) -> str:
    return f"you have not said: {CRITERIA[criterion].answer}" if criterion in explained.unsaid else question(criterion, explained, program)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _could(part: Contribution) -> str:
    low, high = effect_text(part.low - part.mid), effect_text(part.high - part.mid)
    if part.name == NATIONAL:
        return f"published nowhere; between {low} and {high} on all odds alike"
    return f"could change the odds by {low} to {high}" if UNCHANGED not in {low, high} else f"could change the odds by {high if low == UNCHANGED else low}"
