"""The counter of changes, and what they touched."""

import pytest

from programs.models import DataVersion
from programs.queries import data_version
from programs.versions import new_version, touched_since
from smartpick.models import AuditEvent

pytestmark = pytest.mark.django_db


def version(touched, cause="A test"):
    return new_version(by="ana@example.org", verb="programs:write", cause=cause, touched=touched, facts=3).pk


def test_new_version_counts_and_is_audited():
    assert data_version() == 0
    pk = version({7: {"visa_j1", "step2_min"}, 8: [""]})
    assert (data_version(), DataVersion.objects.get().touched) == (pk, {"7": ["step2_min", "visa_j1"], "8": [""]})
    event = AuditEvent.objects.get()
    assert (event.by, event.verb, event.target, event.detail) == ("ana@example.org", "programs:write", f"data-version:{pk}", {"cause": "A test", "facts": 3})


def test_new_version_keeps_two_hundred_characters_of_its_cause():
    version({}, cause="x" * 300)
    assert DataVersion.objects.get().cause == "x" * 200


def test_touched_since_joins_what_later_versions_touched():
    first = version({7: ["visa_j1"]})
    version({7: ["step2_min"], 8: [""]})
    assert touched_since(0) == {7: frozenset({"visa_j1", "step2_min"}), 8: frozenset({""})}
    assert touched_since(first) == {7: frozenset({"step2_min"}), 8: frozenset({""})}
    assert touched_since(data_version()) == {}


def test_touched_since_a_change_of_anything_does_not_say():
    first = version(None)
    version({7: ["visa_j1"]})
    assert (touched_since(0), touched_since(first)) == (None, {7: frozenset({"visa_j1"})})
