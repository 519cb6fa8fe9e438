"""What a cell says about amounts: years since graduation, attempts, minimum scores, experience, letters. Pure.

An amount that is not stated in the field's own unit is turned into it only where that is exact.
"""

import re

from programs.fields import NO, YES
from programs.imports.columns import CellError
from programs.imports.wording import CLAUSE_END, Said, first_match, is_unstated, rules, tidy, with_digits, without_firmness

LOWEST_SCORE = 150  # of three digits that a Step could be passed with; two-digit scores are of another scale
WEEKS_A_MONTH = 4  # rotations are counted in blocks of four weeks
MONTHS_A_YEAR = 12
# What says that there is no bound. Our fields have no value for that, so it stays unknown, and is not passed over in silence.
_BOUND = r"(?:cut-?offs?|cut offs?|limits?|limitations?|minimums?|min|maximums?|max|restrictions?|requirements?|preferences?)"
NO_BOUND = re.compile(
    rf"(?:there is )?no(?: strict| specific| hard| set| firm)? {_BOUND}(?: scores?| score requirements?| required)?"
    r"|(?:not|none) (?:required|needed)|any(?: year)?|unlimited|(?:does not|doesn't) matter|open"
)
NONE = re.compile(r"no|none|n|nil")
_UP_TO = r"(?:<=|=<|up to|at most|max(?:imum)?\.?(?: of)?|no more than|not more than|not over|limit(?: of)?) ?"
_BELOW = r"(?:<|less than|fewer than|under) ?"
_AT_LEAST = r"(?:>=|=>|at least|min(?:imum)?\.?(?: score)?(?: of)?|not (?:below|under|less than)|no less than) ?"
_NUMBER = r"([0-9]{1,2})(?:\.0+)?"


def _refuse_no_bound(text: str, *, none_too: bool) -> None:
    if NO_BOUND.fullmatch(text) or (none_too and NONE.fullmatch(text)):
        raise CellError("says that there is no limit, for which there is no value")


# --- years since graduation ---

_UNIT = r"(?: ?(?:years?|yrs?|y))?"
_SINCE = (
    r"(?: (?:since|from|of|after|post|out of)(?: the)?(?: date of)?(?: graduation| grad| medical school| med school)+)?"
    r"(?: ago)?(?: max(?:imum)?| at most| or less| or fewer| old)?"
)
_YEAR = r"((?:19|20)[0-9]{2})(?:\.0+)?"
_GRADUATED = r"(?:(?:yog|year of graduation|graduat(?:ed|es?|ion)(?: year)?|grads?|class(?:es)?(?: of)?|must have graduated)(?: of)? ?)?"
_OR_LATER = r"(?: ?\+| (?:or|and|&) (?:later|newer|after|above|onwards?|more recent|beyond)| onwards?|(?: to | ?- ?)(?:present|now|date))?"
YEARS = rules(
    (rf"(?:with)?(?:in|during)?(?: the)? ?(?:last|past)? ?{_NUMBER}{_UNIT}{_SINCE}", lambda m: m[1]),  # 5; within 5 years; in the last 5 years
    (rf"(?:{_UP_TO}|(?:not|no) older than ){_NUMBER}{_UNIT}{_SINCE}", lambda m: m[1]),  # <=5; no more than 5 years ago
    (rf"{_BELOW}{_NUMBER}{_UNIT}{_SINCE}", lambda m: str(int(m[1]) - 1)),  # whole years below 5 are at most 4
)
GRADUATIONS = rules(
    (rf"{_GRADUATED}(?:since|from|in|>=)? ?{_YEAR}{_OR_LATER}", lambda m: m[1]),  # 2019; 2019 or later; since 2019
    (rf"{_GRADUATED}(?:not|no) (?:before|earlier than|older than|prior to) {_YEAR}", lambda m: m[1]),
    (rf"{_GRADUATED}(?:>|after|later than|newer than) ?{_YEAR}", lambda m: str(int(m[1]) + 1)),
)


def read_years(cell: str, *, season: int | None) -> str:
    """Most years since graduation, given so or as the first year of graduation that is taken; `season` is the Match year.

    Years are counted to 1 July of the Match year, so they are the Match year less the year of graduation.
    """
    text = with_digits(tidy(cell))
    if is_unstated(text):
        return ""
    _refuse_no_bound(text, none_too=True)
    text = without_firmness(text)
    if year := first_match(GRADUATIONS, text):
        return _years_since(int(year), season)
    years = first_match(YEARS, text)
    if years is None or int(years) < 0:
        raise CellError("is no limit on years since graduation: write the most years, such as 5, or the first year taken, such as 2021 or later")
    return years


def _years_since(year: int, season: int | None) -> str:
    if season is None:
        raise CellError("is a year of graduation, and for which Match is not known: write the most years since graduation")
    if year > season:
        raise CellError(f"is a year of graduation after the Match of {season}: write the most years since graduation")
    return str(season - year)


# --- attempts ---

_TRIES = r"(?: (?:attempts?|tries|try|times?|sittings?))?"
_FAILS = r"(?:failures?|fails?|failed attempts?|failed tries)"
_TAKEN = r"(?: (?:are |is )?(?:accepted|allowed|permitted|considered|ok|okay))"
_ON_STEPS = r"(?: (?:at|on|in|of|per|for) (?:all|each|any|every|both|the|either) (?:usmle )?(?:steps?|exams?))?"
ATTEMPTS = rules(
    # Only who passed at once.
    (rf"(?:pass(?:ed|ing)? )?(?:on |at |in )?(?:the |their )?(?:first|1st|single) (?:attempt|try|time)(?: pass(?:es)?)?{_TAKEN}?{_ON_STEPS}", "1"),
    (rf"(?:no|0) {_FAILS}{_TAKEN}?{_ON_STEPS}", "1"),
    (rf"(?:none|no (?:re)?(?:attempts?|takes?)|0 attempts?){_TAKEN}{_ON_STEPS}", "1"),
    # Failures: one more sitting than those.
    (rf"{_UP_TO}{_NUMBER} {_FAILS}{_TAKEN}?{_ON_STEPS}", lambda m: str(int(m[1]) + 1)),
    (rf"{_NUMBER} {_FAILS}(?:{_TAKEN}| max(?:imum)?| at most){_ON_STEPS}", lambda m: str(int(m[1]) + 1)),
    # Sittings.
    (rf"(?:{_UP_TO}|within ){_NUMBER}{_TRIES}{_TAKEN}?{_ON_STEPS}", lambda m: m[1]),
    (rf"{_NUMBER}{_TRIES}(?:{_TAKEN}| max(?:imum)?| at most| or less| or fewer)?{_ON_STEPS}", lambda m: m[1]),
    (rf"{_BELOW}{_NUMBER}{_TRIES}{_ON_STEPS}", lambda m: str(int(m[1]) - 1)),
)


def read_attempts(cell: str) -> str:
    """Most attempts at a Step, the passed one counted."""
    text = with_digits(tidy(cell))
    if is_unstated(text):
        return ""
    _refuse_no_bound(text, none_too=False)
    if NONE.fullmatch(text):
        raise CellError("could mean that there is no limit or that no failure is taken: write the most attempts, the passed one counted")
    found = first_match(ATTEMPTS, without_firmness(text))
    if found is None:
        raise CellError("is no limit on attempts: write the most attempts, the passed one counted, such as 2")
    return found


# --- minimum scores ---

_SCORE = r"([0-9]{2,3})(?:\.0+)?"
_PASS = re.compile(r"(?:(?:a |must |have to )?pass(?:ing|ed)?(?: scores?| result)?(?: only| is enough)?)")
SCORES = rules(
    (rf"(?:{_AT_LEAST}|from )?(?:scores? )?(?:of )?{_SCORE} ?\+?", lambda m: m[1]),  # 230; 230+; >=230; min 230
    (rf"{_SCORE}(?: (?:or|and) (?:higher|above|more|greater|better|over|up)| min(?:imum)?| at least)", lambda m: m[1]),
    (rf"(?:>|above|over|more than|greater than|higher than) ?{_SCORE}", lambda m: str(int(m[1]) + 1)),  # scores are whole numbers
)


def read_score(cell: str, *, step: int) -> str:
    """The minimum score of Step 1 or 2 CK; "" where a pass of Step 1 is enough, which is a field of its own."""
    text = re.sub(rf"^(?:usmle )?step ?{step}(?: ?ck)?:? ", "", tidy(cell))
    if is_unstated(text):
        return ""
    _refuse_no_bound(text, none_too=True)
    text = without_firmness(text)
    if _PASS.fullmatch(text):
        if step == 1:
            return ""
        raise CellError("asks for a pass and no score, for which there is no value")
    found = first_match(SCORES, text)
    if found is None or int(found) < LOWEST_SCORE:
        raise CellError(f"is no minimum score: write one number from {LOWEST_SCORE} to 300")
    return found


def read_step1(cell: str) -> Said:
    """{step1_min, step1_pass_needed} of one column: a score, or that a pass is needed."""
    score = read_score(cell, step=1)
    if score or is_unstated(tidy(cell)):
        return {"step1_min": score}
    return {"step1_pass_needed": YES}


# --- U.S. clinical experience ---

MONTHS, HANDS_ON = "usce_min_months", "usce_hands_on_only"
NOT_ASKED = re.compile(r"(?:no,? ?)?(?:not|none) (?:required|needed|necessary|mandatory)|optional|no usce (?:required|needed)")
_OBSERVER = r"observer(?:ship)?s?"
_COUNTS = r"(?:accepted|ok|okay|allowed|counted|considered|included|fine|counts?)"
_HANDS_ON = r"hands[ -]on"
# (what is said about the kind of experience, whether hands-on alone counts): the first that is found is taken out, and the rest has to be read too.
KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})(?![\w-])"), meaning)
    for pattern, meaning in (
        (rf"{_OBSERVER} (?:(?:is |are )?not {_COUNTS}|(?:does not|do not|doesn't|don't) count)", YES),
        (rf"(?:no|not|without|excluding) {_OBSERVER}(?: {_COUNTS})?", YES),
        (rf"(?:{_HANDS_ON} )?(?:or|and|including) {_OBSERVER}(?: {_COUNTS})?", NO),
        (rf"{_OBSERVER} or {_HANDS_ON}", NO),
        (rf"{_OBSERVER}(?: is| are)? {_COUNTS}", NO),
        (r"(?:of )?any (?:type|kind)", NO),
        (_HANDS_ON, YES),
    )
)
_EXPERIENCE = r"(?: ?(?:of )?(?:usce|(?:us |u\.s\. )?(?:clinical )?experience|rotations?|electives?))?"
_MORE = r"(?: ?\+| min(?:imum)?| or more| at least)?"
_AMOUNT = r"([0-9]{1,2}(?:\.[0-9])?)"
DURATIONS = rules(
    (rf"(?:{_AT_LEAST})?{_AMOUNT} ?\+? ?(?:months?|mos?|mths?|m){_MORE}{_EXPERIENCE}", lambda m: m[1]),
    (rf"(?:{_AT_LEAST})?{_AMOUNT}(?: usce)?{_MORE}(?: usce)?", lambda m: m[1]),  # no other word: 3 rotations need not be 3 months
    (rf"(?:{_AT_LEAST})?{_AMOUNT} ?\+? ?(?:years?|yrs?){_MORE}{_EXPERIENCE}", lambda m: f"{float(m[1]) * MONTHS_A_YEAR:g}"),
    (rf"(?:{_AT_LEAST})?([0-9]{{1,2}}) ?\+? ?(?:weeks?|wks?){_MORE}{_EXPERIENCE}", lambda m: _months_of(int(m[1]))),
)
_NO_DURATION = re.compile(rf"(?:yes|y|usce|{_EXPERIENCE.removesuffix('?')})?")


def _months_of(weeks: int) -> str:
    if weeks % WEEKS_A_MONTH:
        raise CellError(f"is no whole number of months of {WEEKS_A_MONTH} weeks: write months")
    return str(weeks // WEEKS_A_MONTH)


def _refuse_none(text: str) -> None:
    if text in {"none", "nil"}:
        raise CellError("could mean that none is asked for or that none is stated: write 0, or leave it blank")


def read_experience(cell: str) -> Said:
    """{usce_min_months, usce_hands_on_only} of one column."""
    text = with_digits(tidy(cell))
    if is_unstated(text):
        return {}
    _refuse_none(text)
    if NOT_ASKED.fullmatch(text) or text in {NO, "n"}:  # is it asked for? No.
        return {MONTHS: "0"}
    said = {}
    for pattern, meaning in KINDS:
        if pattern.search(text):
            said[HANDS_ON], text = meaning, pattern.sub("", text)
            break
    text = without_firmness(text).strip("()-/ ,;")
    months = first_match(DURATIONS, text)
    if months is not None:
        return {**said, MONTHS: months}
    if not _NO_DURATION.fullmatch(text):
        raise CellError("is no length of clinical experience: write months, such as 3")
    return said or {MONTHS: CellError("does not say how much clinical experience: write months, such as 3")}


# --- letters ---

LETTERS, US_LETTERS, SPECIALTY_LETTERS = "letters_min", "letters_us_min", "letters_specialty_min"
_LETTER = r"(?: ?(?:lors?|letters?(?: of (?:recommendation|reference))?|references?))"
_US = r"(?:us|u\.s\.|u\.s|usa|american)"
_COUNT = rf"(?:{_AT_LEAST})?([0-9])(?:\.0+)? ?\+?"
_ENOUGH = r"(?: min(?:imum)?| at least| or more)?"
# (one clause, the letters it counts).
LETTER_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), target)
    for pattern, target in (
        (rf"{_COUNT}(?:{_LETTER})?{_ENOUGH}(?: in (?:all|total)| total)?", LETTERS),
        (rf"{_COUNT}(?: be)? ?(?:from )?(?:the )?{_US}(?: clinical)?(?:{_LETTER})?(?: (?:physicians?|doctors?|faculty|attendings?))?{_ENOUGH}", US_LETTERS),
        (rf"{_COUNT}{_LETTER} from (?:the )?{_US}(?: (?:physicians?|doctors?|faculty|attendings?))?{_ENOUGH}", US_LETTERS),
        (rf"{_COUNT}(?: be)?(?:{_LETTER})? ?(?:from|in) (?:the |same )?(?:specialty|field)(?: of choice)?{_ENOUGH}", SPECIALTY_LETTERS),
        (rf"{_COUNT}(?: be)? specialty(?:{_LETTER})?{_ENOUGH}", SPECIALTY_LETTERS),
    )
)


def read_letters(cell: str) -> Said:
    """{letters_min, letters_us_min, letters_specialty_min} of one column."""
    text = with_digits(tidy(cell))
    if is_unstated(text):
        return {}
    _refuse_none(text)
    if NOT_ASKED.fullmatch(text):
        return {LETTERS: "0"}
    said: dict[str, str] = {}
    for clause in filter(None, map(tidy, CLAUSE_END.split(without_firmness(text)))):
        target, number = next(((target, found[1]) for form, target in LETTER_FORMS if (found := form.fullmatch(clause))), ("", ""))
        if not target or target in said:
            raise CellError("is no number of letters: write it as 3, or as 3 (2 US, 1 in the specialty)")
        said[target] = number
    if not said:
        raise CellError("does not say how many letters: write a number, such as 3")
    return said
