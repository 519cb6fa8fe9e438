"""The engine: criteria, chances, tiers and their explanation. Pure NumPy; imports no Django.

    model = anchor(programs, states=..., types=...)     # once per set of programs
    scores = score(applicants, programs, model)         # arrays (applicants, programs)
    reasons = explain(one_applicant, some_programs, model)
    outlook = list_outlook([(one_applicant, programs_on_the_list, model)])

What starts from chances has a module of its own: optimise (the best list), placing (signals), heard (what is left).
README.md beside this file has the mathematics and a worked example.
"""

from matching.engine.anchoring import Model, anchor, interviews_per_application
from matching.engine.boosts import Boost, boosts, no_boost, shifted, ties
from matching.engine.chances import logistic
from matching.engine.criteria import NATIONAL, OWN_CHOICES, UNSAID_WEIGHTS, Criterion
from matching.engine.explain import Contribution, Explanation, criteria_in, explain
from matching.engine.portfolio import Outlook, OutlookRange
from matching.engine.scoring import Scores, score
from matching.engine.tables import ApplicantTable, ProgramTable
from matching.engine.tiers import Tier, tiers
from matching.engine.whole_list import list_outlook, outlooks_by_size

ENGINE_VERSION = "2"

__all__ = [
    "ENGINE_VERSION",
    "NATIONAL",
    "OWN_CHOICES",
    "UNSAID_WEIGHTS",
    "ApplicantTable",
    "Boost",
    "Contribution",
    "Criterion",
    "Explanation",
    "Model",
    "Outlook",
    "OutlookRange",
    "ProgramTable",
    "Scores",
    "Tier",
    "anchor",
    "boosts",
    "criteria_in",
    "explain",
    "interviews_per_application",
    "list_outlook",
    "logistic",
    "no_boost",
    "outlooks_by_size",
    "score",
    "shifted",
    "tiers",
    "ties",
]
