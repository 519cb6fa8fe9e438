"""What an import would make of the programs that it changes."""

from datetime import date

import pytest

from programs.imports import drafts
from programs.imports.preview import Change, ChangeKind
from programs.models import Program
from programs.outcome import outcome
from tests.programs.builders import reference_tables
from tests.programs.importing import FIRST, imported, previewed
from tests.smartpick.people import signed_in

COLUMNS = ("visa_j1", "step2_min", "letters_us_min", "state_id")


def change(field, before, after, kind=ChangeKind.CHANGED, now="strict"):
    return Change(7, "1400500001", "Lakeshore Invented Hospital", field, kind, before, after, "strict", now, 2)


def test_outcome_of_known_unknown_and_disputed_values():
    changes = [
        change("visa_j1", "yes", "no"),
        change("step2_min", "220", "", ChangeKind.UNKNOWN, ""),
        change("letters_us_min", "1", "1 / 2", ChangeKind.CONFLICT, "preferred"),
        change("deadline", "", "2026-09-30", ChangeKind.KNOWN, ""),
    ]
    then = outcome(changes, {7: {"visa_j1": ["known", "strict", True], "step2_min": ["known", "strict", False], "setting": ["known", "", False]}})
    assert then.values == {7: {"visa_j1": False, "step2_min": None, "letters_us_min": None, "deadline": date(2026, 9, 30)}}
    assert then.states == {
        7: {
            "visa_j1": ["known", "strict", False],
            "letters_us_min": ["conflict", "preferred", False],
            "deadline": ["known", "", False],
            "setting": ["known", "", False],
        }
    }


def test_outcome_of_places_names_and_closing():
    then = outcome([change("state", "OH", "NY"), change("name", "A", "B"), change("track", "a", "b"), change("closed_on", "", "2026-09-30")], {})
    assert (then.values, then.states, then.closed) == ({7: {"state_id": "NY"}}, {}, frozenset({7}))


def test_outcome_of_nothing_is_nothing():
    then = outcome([], {})
    assert (then.values, then.states, then.closed) == ({}, {}, frozenset())


@pytest.mark.django_db
def test_outcome_is_what_applying_does():
    reference_tables()
    admin = signed_in()
    imported(admin, *FIRST)
    imported(admin, FIRST[0], source_name="Invented program pages", rank="1")
    draft = previewed(
        admin, ("1400500001", "", "", "NY", "no", "", "3"), ("1400500002", "", "", "", "yes", "210", ""), source_name="Invented official list", rank="2"
    )
    then = outcome(drafts.details(draft).changes, dict(Program.objects.values_list("pk", "field_states")))
    assert set(then.values) == set(Program.objects.filter(key__in=("1400500001", "1400500002")).values_list("pk", flat=True))
    drafts.apply_draft(by="test", draft=draft, digest=draft.preview_digest, skip_invalid=False)
    for program in Program.objects.filter(pk__in=then.values):
        told = then.values[program.pk]
        assert told == {name: getattr(program, name) for name in told}
        assert then.states[program.pk] == program.field_states
