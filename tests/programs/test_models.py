"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction

from programs.models import Track, TrackYear
from tests.programs import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    track = Track.objects.create(program=builders.program(), nrmp_code="1234140C0", name="Categorical", track_type="C")
    return lambda **numbers: TrackYear.objects.create(track=track, year=2026, source=builders.source(), **numbers)


@pytest.mark.parametrize("matched", [None, 0, 8])
def test_track_year_holds_matched_up_to_the_quota(year, matched):
    assert year(quota=8, matched=matched) == TrackYear.objects.get(quota=8, matched=matched)


def test_track_year_refuses_more_matched_than_positions(year):
    with pytest.raises(IntegrityError, match="matched_at_most_quota"), transaction.atomic():
        year(quota=8, matched=9)
    assert TrackYear.objects.count() == 0
