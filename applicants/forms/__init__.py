"""What people type, turned into `ProfileData`."""

from applicants.forms.profile import ProfileForms
from applicants.forms.reference import Reference
from applicants.forms.start import StartForm, answered_over, answers_query

__all__ = ["ProfileForms", "Reference", "StartForm", "answered_over", "answers_query"]
