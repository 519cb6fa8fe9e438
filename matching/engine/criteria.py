"""Hard filters, three-valued: met, not met, or unknown, for every applicant and program at once.

A criterion excludes only where a program states it strictly, no trusted source contradicts it, and
the applicant's answer is known to fall short, or where a national rule holds. Everything that is
not known stays unknown: it never excludes, it is listed, and it carries the chance that it would
exclude if it were known (a prior from `weights.csv`), which lowers the chance and widens the range.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matching.engine.evidence import SpecialtyFigures, Weights
from matching.engine.tables import NO, UNKNOWN, YES, ApplicantKind, ApplicantTable, Floats, ProgramTable, Stage, Strict, Tri, Visa

Bits = NDArray[np.uint32]
Mask = NDArray[np.bool_]
Verdict = NDArray[np.int8]  # YES met, NO not met, UNKNOWN


STEPS = 3


class Criterion(IntEnum):
    """One reason to be screened out; the value is its bit."""

    ACCEPTS = 0
    VISA = 1
    H1B_STEP3 = 2
    ECFMG = 3
    GRADUATION = 4
    STEP1_PASS = 5
    STEP1_MIN = 6
    STEP2_MIN = 7
    STEP3 = 8
    STEP1_ATTEMPTS = 9
    STEP2_ATTEMPTS = 10
    STEP3_ATTEMPTS = 11
    USCE = 12
    LETTERS = 13
    LETTERS_US = 14
    LETTERS_SPECIALTY = 15
    NATIONAL_ATTEMPTS = 16
    NATIONAL_ECFMG = 17
    OWN_STATE = 18
    OWN_TYPE = 19

    @property
    def bit(self) -> int:
        """The bit of this criterion in a mask."""
        return 1 << self.value


# National rules and the applicant's own choices: no program states them.
NATIONAL = frozenset({Criterion.H1B_STEP3, Criterion.NATIONAL_ATTEMPTS, Criterion.NATIONAL_ECFMG})
OWN_CHOICES = frozenset({Criterion.OWN_STATE, Criterion.OWN_TYPE})


# The weight that says how likely a stated requirement excludes an applicant whose profile is silent on it.
UNSAID_WEIGHTS: Mapping[Criterion, str] = MappingProxyType(
    {
        Criterion.VISA: "unsaid_visa",
        Criterion.H1B_STEP3: "unsaid_h1b_step3",
        Criterion.ECFMG: "unsaid_ecfmg",
        Criterion.GRADUATION: "unsaid_graduation",
        Criterion.STEP1_PASS: "unsaid_step1_pass",
        Criterion.STEP1_MIN: "unsaid_step1_min",
        Criterion.STEP2_MIN: "unsaid_step2_min",
        Criterion.STEP3: "unsaid_step3",
        Criterion.STEP1_ATTEMPTS: "unsaid_attempts",
        Criterion.STEP2_ATTEMPTS: "unsaid_attempts",
        Criterion.STEP3_ATTEMPTS: "unsaid_attempts",
        Criterion.USCE: "unsaid_usce",
        Criterion.LETTERS: "unsaid_letters",
        Criterion.LETTERS_US: "unsaid_letters",
        Criterion.LETTERS_SPECIALTY: "unsaid_letters",
        Criterion.NATIONAL_ATTEMPTS: "unsaid_attempts",
        Criterion.NATIONAL_ECFMG: "national_ecfmg_unsaid",
    }
)


@dataclass(frozen=True)
class Ruling:
    """One criterion over n applicants and m programs; every array broadcasts to (n, m).

    `risk` is the chance that the criterion would exclude where the verdict is unknown (0 elsewhere);
    `unsaid` marks those unknowns that the applicant alone could settle: the program states what it
    asks; `unfirm` those where it states it, the applicant misses it, and it is not said how firmly.
    """

    criterion: Criterion
    excludes: Mask
    disliked: Mask
    unknown: Mask
    unsaid: Mask
    unfirm: Mask
    risk: Floats


@dataclass(frozen=True)
class Screening:
    """All criteria together, each array (n, m): bit masks of Criterion."""

    excluded: Bits
    preferences_unmet: Bits
    unknown: Bits
    unsaid: Bits
    unfirm: Bits
    rulings: tuple[Ruling, ...]


@dataclass(frozen=True)
class Case:
    """What every criterion looks at: n applicants, m programs, the specialty's figures and the weights."""

    applicants: ApplicantTable
    programs: ProgramTable
    figures: SpecialtyFigures
    weights: Weights


def screen(applicants: ApplicantTable, programs: ProgramTable, figures: SpecialtyFigures, weights: Weights) -> Screening:
    """Judge every criterion for every pair."""
    rulings = tuple(_rulings(Case(applicants, programs, figures, weights)))
    shape = (len(applicants), len(programs))
    return Screening(
        excluded=_mask([(ruling.criterion, ruling.excludes) for ruling in rulings], shape),
        preferences_unmet=_mask([(ruling.criterion, ruling.disliked) for ruling in rulings], shape),
        unknown=_mask([(ruling.criterion, ruling.unknown) for ruling in rulings], shape),
        unsaid=_mask([(ruling.criterion, ruling.unsaid) for ruling in rulings], shape),
        unfirm=_mask([(ruling.criterion, ruling.unfirm) for ruling in rulings], shape),
        rulings=rulings,
    )


def _mask(found: list[tuple[Criterion, Mask]], shape: tuple[int, int]) -> Bits:
    bits = np.zeros(shape, np.uint32)
    for criterion, where in found:
        if where.any():
            bits |= np.where(where, np.uint32(criterion.bit), np.uint32(0))
    return bits


def _rulings(case: Case) -> list[Ruling]:
    a, unstated_step3 = case.applicants, case.weights.number("unstated_step3")
    return [
        _accepts(case),
        _visa(case),
        _h1b_step3(case),
        _ecfmg(case),
        _at_most(case, Criterion.GRADUATION, "max_years_since_graduation", a.years_since_graduation, "graduation"),
        _needed(case, Criterion.STEP1_PASS, "step1_pass_needed", a.step1_passed, 0.0),
        _step1_min(case),
        _step2_min(case),
        _needed(case, Criterion.STEP3, "step3_needed", a.step3_passed, unstated_step3),
        _attempts(case, Criterion.STEP1_ATTEMPTS, "step1"),
        _attempts(case, Criterion.STEP2_ATTEMPTS, "step2"),
        _attempts(case, Criterion.STEP3_ATTEMPTS, "step3"),
        _usce(case),
        _at_least(case, Criterion.LETTERS, "letters_min", a.letters, "letters"),
        _at_least(case, Criterion.LETTERS_US, "letters_us_min", a.letters_us, "letters"),
        _at_least(case, Criterion.LETTERS_SPECIALTY, "letters_specialty_min", a.letters_specialty, "letters"),
        _national_attempts(case),
        _national_ecfmg(case),
        _own(Criterion.OWN_STATE, a.ruled_out_states, case.programs.state),
        _own(Criterion.OWN_TYPE, a.ruled_out_types, case.programs.program_type),
    ]


@dataclass(frozen=True)
class Prior:
    """The chance that an open criterion excludes: `unstated` where the program does not say.

    `stated` marks where it is the profile that does not; there `unsaid` holds, or the criterion's weight.
    """

    stated: Mask
    unstated: Floats | float
    unsaid: Floats | None = None


def _rule(case: Case, criterion: Criterion, verdict: Verdict, strictness: NDArray[np.int8], prior: Prior) -> Ruling:
    """Turn a verdict into what it does.

    Not met and strict excludes; not met and preferred is a preference not met; not met and unclear
    is unknown.
    """
    number, unmet, unknown = case.weights.number, verdict == NO, verdict == UNKNOWN
    unclear = unmet & (strictness == Strict.UNCLEAR)
    # A preference that may not be met excludes nobody.
    open_question = unknown & (strictness != Strict.PREFERRED)
    unsaid = number(UNSAID_WEIGHTS[criterion]) if prior.unsaid is None and criterion in UNSAID_WEIGHTS else prior.unsaid
    risk = np.where(prior.stated, 0.0 if unsaid is None else unsaid, prior.unstated)
    return Ruling(
        criterion,
        excludes=unmet & (strictness == Strict.STRICT),
        disliked=unmet & (strictness == Strict.PREFERRED),
        unknown=unknown | unclear,
        unsaid=unknown & prior.stated,
        unfirm=unclear,
        risk=np.where(unclear, number("unclear_unmet"), np.where(open_question, risk, 0.0)),
    )


def _verdict(met: Mask, unmet: Mask) -> Verdict:
    return np.where(unmet, NO, np.where(met, YES, UNKNOWN)).astype(np.int8)


def _unstated(case: Case, name: str, have: Floats) -> Floats:
    """The chance that an unstated requirement excludes at `have`; where that is unknown too, at a typical applicant's."""
    return case.weights.curve(f"unstated_{name}", np.nan_to_num(have, nan=case.weights.number(f"typical_{name}")))


def _accepts(case: Case) -> Ruling:
    programs, us = case.programs, case.applicants.kind[:, None] == ApplicantKind.US_IMG
    verdict = np.where(us, programs.accepts_us_img, programs.accepts_non_us_img)
    strict = np.where(us, programs.strictness["accepts_us_img"], programs.strictness["accepts_non_us_img"])
    # The applicant's own kind is always known.
    prior = Prior(np.zeros((1, 1), np.bool_), case.weights.number("unstated_accepts"))
    return _rule(case, Criterion.ACCEPTS, verdict, strict, prior)


def _no_j1(programs: ProgramTable) -> Mask:
    result: Mask = (programs.visa_j1 == NO) & (programs.strictness["visa_j1"] == Strict.STRICT)
    return result


def _visa(case: Case) -> Ruling:
    """Sponsorship alone; a missing Step 3 is `_h1b_step3`'s business."""
    programs, need, number = case.programs, case.applicants.visa[:, None], case.weights.number
    j1, h1b = programs.visa_j1, programs.visa_h1b
    # H-1B helps nobody without Step 3, except to name the reason where it is the only visa on offer.
    usable_h1b = np.where(_no_j1(programs) & (h1b == YES), YES, np.minimum(h1b, case.applicants.step3_passed[:, None]))
    needs = [need == Visa.NONE, need == Visa.J1, need == Visa.H1B, need == Visa.EITHER]
    # With the need unknown, only a program that sponsors both is sure to do.
    verdict = np.select(needs, [YES, j1, h1b, np.maximum(j1, usable_h1b)], np.maximum(np.minimum(j1, h1b), UNKNOWN))
    unstated = [number(f"unstated_visa_{visa}") for visa in ("j1", "h1b", "either")]
    neither = (j1 == NO) & (h1b == NO)
    # Where neither side says anything, it excludes if the applicant needs a visa and the program sponsors none.
    both_silent = np.where(need == Visa.UNKNOWN, number("unsaid_visa_none") * unstated[0], 0.0)
    stated = (need == Visa.UNKNOWN) & ((j1 != UNKNOWN) | (h1b != UNKNOWN))
    prior = Prior(stated, np.select(needs[1:], unstated, both_silent), np.where(neither, number("unsaid_visa_none"), number("unsaid_visa")))
    strict_j1, strict_h1b = programs.strictness["visa_j1"], programs.strictness["visa_h1b"]
    # "No sponsorship" has to be firm for the visa in question; for either, for both.
    strict = np.select(needs[1:3], [strict_j1, strict_h1b], np.minimum(strict_j1, strict_h1b))
    return _rule(case, Criterion.VISA, verdict.astype(np.int8), strict, prior)


def _h1b_step3(case: Case) -> Ruling:
    """National rule: no H-1B petition without Step 3 (source h1b-step3).

    It bites where H-1B is the only way left: the applicant wants nothing else, or the program firmly
    sponsors no J-1. Where the program firmly sponsors no H-1B either, `_visa` says so. Where it says
    that Step 3 is not needed to apply, it stays open: the pass may come before the petition.
    """
    programs, need, step3 = case.programs, case.applicants.visa[:, None], case.applicants.step3_passed[:, None]
    no_h1b = (programs.visa_h1b == NO) & (programs.strictness["visa_h1b"] == Strict.STRICT)
    only_h1b = ((need == Visa.H1B) | ((need == Visa.EITHER) & _no_j1(programs))) & ~no_h1b
    not_to_apply = programs.step3_needed_for_h1b == NO
    excludes = only_h1b & (step3 == NO) & ~not_to_apply
    later, unsaid = only_h1b & (step3 == NO) & not_to_apply, only_h1b & (step3 == UNKNOWN)
    risk = np.where(later | unsaid, case.weights.number(UNSAID_WEIGHTS[Criterion.H1B_STEP3]), 0.0)
    nothing = np.zeros_like(excludes)
    return Ruling(Criterion.H1B_STEP3, excludes, disliked=nothing, unknown=later | unsaid, unsaid=unsaid, unfirm=nothing, risk=risk)


def _ecfmg(case: Case) -> Ruling:
    """When the program wants the certificate, against when it is there at the earliest and at the latest."""
    a, needed = case.applicants, case.programs.ecfmg_needed_by
    earliest, latest = a.ecfmg_earliest[:, None], a.ecfmg_latest[:, None]
    # Certified by the application meets whatever a program may ask.
    verdict = _verdict((latest <= needed) | (latest == Stage.APPLICATION), earliest > needed)
    # Most applicants are certified by then: nothing is assumed against one who does not say.
    silent = np.isnan(latest) & (earliest == Stage.APPLICATION)
    prior = Prior(~np.isnan(needed), np.where(silent, 0.0, case.weights.number("unstated_ecfmg")))
    return _rule(case, Criterion.ECFMG, verdict, case.programs.strictness["ecfmg_needed_by"], prior)


def _at_least(case: Case, criterion: Criterion, name: str, value: Floats, weight: str) -> Ruling:
    """A stated minimum. The prior is read at the applicant's own value."""
    have, least = value[:, None], getattr(case.programs, name)
    prior = Prior(~np.isnan(least), _unstated(case, weight, have))
    return _rule(case, criterion, _verdict(have >= least, have < least), case.programs.strictness[name], prior)


def _step1_min(case: Case) -> Ruling:
    """A numeric Step 1 minimum. A pass without a number neither meets it nor falls short: open, at no risk."""
    ruling = _at_least(case, Criterion.STEP1_MIN, "step1_min", case.applicants.step1_score, "step1_min")
    pass_only = (np.isnan(case.applicants.step1_score) & (case.applicants.step1_passed == YES))[:, None]
    return replace(ruling, risk=np.where(pass_only, 0.0, ruling.risk), unsaid=ruling.unsaid & ~pass_only)


def _step2_min(case: Case) -> Ruling:
    """A Step 2 CK minimum. The prior goes by the score only as far as scores matter in the specialty."""
    ruling = _at_least(case, Criterion.STEP2_MIN, "step2_min", case.applicants.step2_score, "step2_min")
    unstated = np.isnan(case.programs.step2_min)
    # Not passed yet is an answer: there is nothing more to say.
    pending = (case.applicants.step2_passed == NO)[:, None]
    return replace(ruling, risk=np.where(unstated, case.figures.score_matters * ruling.risk, ruling.risk), unsaid=ruling.unsaid & ~pending)


def _at_most(case: Case, criterion: Criterion, name: str, value: Floats, weight: str) -> Ruling:
    """A stated maximum. The prior is read at the applicant's own value."""
    have, most = value[:, None], getattr(case.programs, name)
    prior = Prior(~np.isnan(most), _unstated(case, weight, have))
    return _rule(case, criterion, _verdict(have <= most, have > most), case.programs.strictness[name], prior)


def _needed(case: Case, criterion: Criterion, name: str, passed: Tri, unstated: float) -> Ruling:
    """A Step that must be passed."""
    needed, have = getattr(case.programs, name), passed[:, None]
    verdict = _verdict((needed == NO) | (have == YES), (needed == YES) & (have == NO))
    prior = Prior(needed == YES, unstated)
    return _rule(case, criterion, verdict, case.programs.strictness[name], prior)


def _attempts(case: Case, criterion: Criterion, step: str) -> Ruling:
    """Attempts are every sitting: the fails, and the one that passes or will have to.

    Where no limit is stated the prior goes by fails, and without a fail there is nothing to ask. A
    fail that may belong to any Step counts as likely at each as `placed_*` says.
    """
    a, number = case.applicants, case.weights.number
    fails_min, fails_max = getattr(a, f"fails_{step}_min")[:, None], getattr(a, f"fails_{step}_max")[:, None]
    most = getattr(case.programs, f"{step}_max_attempts")
    verdict = _verdict((fails_max + 1 <= most) | (fails_max == 0), fails_min + 1 > most)
    unplaced = fails_max > fails_min
    placed = np.where(unplaced, number(f"placed_{step}"), 1.0)
    unsaid = np.where(unplaced, number(f"placed_{step}"), number("unsaid_attempts"))
    prior = Prior(~np.isnan(most), placed * _unstated(case, "attempts", fails_max), unsaid)
    return _rule(case, criterion, verdict, case.programs.strictness[f"{step}_max_attempts"], prior)


def _usce(case: Case) -> Ruling:
    """Months of USCE; observerships count unless the program says hands-on only."""
    hands_on = case.applicants.hands_on_months[:, None]
    both = hands_on + case.applicants.observership_months[:, None]
    least, only = case.programs.usce_min_months, case.programs.usce_hands_on_only
    # Hands-on months alone always count; both together count only where that is said.
    met = (hands_on >= least) | ((both >= least) & (only == NO)) | (least == 0)
    verdict = _verdict(met, (both < least) | ((hands_on < least) & (only == YES)))
    # Enough months, but it is not said whether observerships count: that is the program's silence.
    unstated = np.where(np.isnan(least), _unstated(case, "usce", both), case.weights.number("unclear_unmet"))
    prior = Prior(~np.isnan(least) & np.isnan(both), unstated)
    strictness = case.programs.strictness
    # Months that miss only because observerships do not count are as firm as the weaker of the two statements.
    strict = np.where(both >= least, np.minimum(strictness["usce_min_months"], strictness["usce_hands_on_only"]), strictness["usce_min_months"])
    return _rule(case, Criterion.USCE, verdict, strict, prior)


def _national_attempts(case: Case) -> Ruling:
    """Four sittings of a Step and no pass: nobody may apply for any Step (source usmle-attempts)."""
    a, most = case.applicants, case.weights.number("national_attempts")
    steps = (
        (a.fails_step1_min, a.fails_step1_max, a.step1_passed),
        (a.fails_step2_min, a.fails_step2_max, a.step2_passed),
        (a.fails_step3_min, a.fails_step3_max, a.step3_passed),
    )
    spent = np.any([(least >= most) & (passed == NO) for least, _, passed in steps], axis=0)
    perhaps = np.any([(many >= most) & (passed != YES) for _, many, passed in steps], axis=0) & ~spent
    risk = np.where(perhaps, case.weights.number("unsaid_attempts"), 0.0)
    return _national(Criterion.NATIONAL_ATTEMPTS, spent, perhaps, risk)


def _national_ecfmg(case: Case) -> Ruling:
    """No ECFMG certificate by the rank-list deadline: withdrawn from the Match (source nrmp-ecfmg)."""
    a, number = case.applicants, case.weights.number
    late = a.ecfmg_earliest > Stage.RANKING
    perhaps = ~late & ~(a.ecfmg_latest <= Stage.RANKING)
    pending = a.ecfmg_earliest > Stage.APPLICATION
    risk = np.where(perhaps, np.where(pending, number("national_ecfmg_pending"), number("national_ecfmg_unsaid")), 0.0)
    return _national(Criterion.NATIONAL_ECFMG, late, perhaps, risk)


def _national(criterion: Criterion, excludes: Mask, perhaps: Mask, risk: Floats) -> Ruling:
    """A rule that no program states, so that only the profile can leave it open. Arrays are (n,)."""
    nothing = np.zeros_like(excludes)[:, None]
    return Ruling(criterion, excludes[:, None], disliked=nothing, unknown=perhaps[:, None], unsaid=perhaps[:, None], unfirm=nothing, risk=risk[:, None])


def _own(criterion: Criterion, ruled_out: Mask, place: NDArray[np.int16] | NDArray[np.int8]) -> Ruling:
    """The applicant does not want this state or type; an unknown one (-1) is never ruled out."""
    index = place.astype(np.intp)
    return _always(criterion, ruled_out[:, index] & (index >= 0))


def _always(criterion: Criterion, excludes: Mask) -> Ruling:
    """A criterion that is never in doubt."""
    nothing = np.zeros_like(excludes)
    return Ruling(criterion, excludes, disliked=nothing, unknown=nothing, unsaid=nothing, unfirm=nothing, risk=np.zeros(excludes.shape))
