"""What is known about the exams, as data: score ranges, sittings allowed, passing scores. Pure.

The passing scores serve one purpose: to catch a score that contradicts its outcome. Where the
sources do not say which of two bars held on a day, the row spans both.
"""

from dataclasses import dataclass
from datetime import date

from applicants.choices import STEPS, Exam


@dataclass(frozen=True)
class ExamRule:
    """`score`: lowest and highest score that can be entered, None for an exam kept by outcome only."""

    score: tuple[int, int] | None
    # The last day on which a sitting still got a score; None: still scored.
    scored_until: date | None = None


# The USMLE reports Steps on a scale of 1 to 300.
USMLE_SCALE = (1, 300)

# Step 1 is pass or fail from 26 January 2022 on
# (https://www.goldusmlereview.com/blog/step-1-pass-score/). OET is passed by sub-test, without one score.
EXAM_RULES: dict[Exam, ExamRule] = {
    Exam.STEP1: ExamRule(score=USMLE_SCALE, scored_until=date(2022, 1, 25)),
    Exam.STEP2_CK: ExamRule(score=USMLE_SCALE),
    Exam.STEP3: ExamRule(score=USMLE_SCALE),
    Exam.OET: ExamRule(score=None),
    Exam.OTHER_ENGLISH: ExamRule(score=None),
}
SCORED_EXAMS = tuple(exam.value for exam, rule in EXAM_RULES.items() if rule.score)

# The first sittings of the USMLE: before 1992 there was no Step to sit.
EARLIEST_SITTING = date(1992, 1, 1)

# At most 4 attempts at a Step, finished or not, for applications from 1 July 2021 on
# (https://www.usmle.org/common-questions/attempt-limit). Until then the limit was 6.
MAX_SITTINGS_PER_STEP = 4
MAX_FAILED_SITTINGS = MAX_SITTINGS_PER_STEP * len(STEPS)
# English exams may be repeated without limit; the newest few say all that matters here.
MAX_ENGLISH_SITTINGS = 4

# Both Step 3 (https://www.fsmb.org/step-3/step-3-information/) and ECFMG certification (a copy of its
# booklet: http://www.genderi.org/foreign-medical-graduates-educational-commission-for-foreign-m.html?page=9)
# need these passed first.
STEPS_FOR_CERTIFICATION = (Exam.STEP1, Exam.STEP2_CK)


@dataclass(frozen=True)
class PassingWindow:
    """In this span of days the passing score was between `lowest` and `highest`, both inclusive."""

    exam: Exam
    first_day: date
    last_day: date
    lowest: int
    highest: int
    source: str


# Chosen by this project for the years whose passing scores are not in the sources below: low enough
# to refuse no true pass, high enough to catch a slip of the keyboard.
LOWEST_PLAUSIBLE_PASS = 150

PASSING_WINDOWS: tuple[PassingWindow, ...] = (
    # The sources name 194 and 196 as the last bar, so a fail is doubted from 196 on only.
    PassingWindow(Exam.STEP1, EARLIEST_SITTING, date(2022, 1, 25), LOWEST_PLAUSIBLE_PASS, 196, "https://www.goldusmlereview.com/blog/step-1-pass-score/"),
    PassingWindow(Exam.STEP2_CK, EARLIEST_SITTING, date(2012, 6, 30), LOWEST_PLAUSIBLE_PASS, 189, "http://www.usmle.org/announcements/"),
    PassingWindow(Exam.STEP2_CK, date(2012, 7, 1), date(2013, 6, 30), 196, 196, "http://www.usmle.org/announcements/"),
    PassingWindow(
        Exam.STEP2_CK, date(2013, 7, 1), date(2014, 6, 30), 203, 203, "https://medicalopedia.org/4318/usmle-step-2-ck-passing-score-increased-from-196-to-203/"
    ),
    # 209 from July 2014 and 214 before July 2025; the day between them is in no source we have.
    PassingWindow(Exam.STEP2_CK, date(2014, 7, 1), date(2025, 6, 30), 209, 214, "https://amclinicals.com/amcs-new-hospital-affiliation/"),
    PassingWindow(Exam.STEP2_CK, date(2025, 7, 1), date.max, 218, 218, "https://medvily.com/?p=296"),
    PassingWindow(
        Exam.STEP3, EARLIEST_SITTING, date(2015, 12, 10), LOWEST_PLAUSIBLE_PASS, 190, "https://ccscases.com/change-in-passing-score-for-usmle-step-3/"
    ),
    # 196 was announced on 11 December 2015; the day it took hold is in no source we have.
    PassingWindow(Exam.STEP3, date(2015, 12, 11), date(2019, 12, 31), 190, 196, "https://ccscases.com/change-in-passing-score-for-usmle-step-3/"),
    PassingWindow(Exam.STEP3, date(2020, 1, 1), date(2023, 12, 31), 198, 198, "https://ccscases.com/change-in-passing-score-for-usmle-step-3/"),
    PassingWindow(Exam.STEP3, date(2024, 1, 1), date.max, 200, 200, "https://medschoolcoach-3351459.hs-sites.com/2024-new-usmle-requirements"),
)


def passing_bar(exam: Exam, day: date | None) -> tuple[int, int] | None:
    """Return the lowest and highest passing score that may have held for `exam` on `day`.

    With no day: over all years. None where the exam had no passing score that we know of.
    """
    windows = [w for w in PASSING_WINDOWS if w.exam == exam and (day is None or w.first_day <= day <= w.last_day)]
    if not windows:
        return None
    return min(w.lowest for w in windows), max(w.highest for w in windows)
