"""The tables of `applicants`. Only `applicants.services` writes to them."""

from applicants.models.profile import ExamSitting, Letter, Profile, UsceSpell

__all__ = ["ExamSitting", "Letter", "Profile", "UsceSpell"]
