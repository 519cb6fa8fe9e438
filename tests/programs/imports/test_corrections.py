"""Files that follow each other: the right one mends the wrong one, and hearsay replaces nothing."""

from datetime import date

import pytest

from programs.choices import SourceRank
from programs.imports import drafts
from programs.imports.columns import HeaderError
from programs.imports.services import ImportRequest, apply
from programs.models import Program, TrackYear
from tests.programs.builders import reference_tables

pytestmark = pytest.mark.django_db
HEADER = "acgme_id,name,specialty,city,state,visa_j1,step2_min\n"
RIGHT = f"{HEADER}1400500001,Lakeshore Invented Hospital,140,Toledo,OH,yes,230\n"
WRONG = f"{HEADER}1400500001,Lakeshore Invented Hospital,140,Toledo,OH,no,250\n"
NRMP = "state,institution,city,program,nrmp_code,quota_{year},matched_{year}\nOHIO,Invented Hospital,Toledo,Internal Medicine,1234140C0,{quota},{matched}\n"


def bring(text, **more):
    return apply(ImportRequest(data=text.encode(), file_name="test.csv", season=2027, **more), by="test")


def current():
    return Program.objects.values_list("visa_j1", "step2_min").get()


@pytest.mark.parametrize("dates", [[date(2026, 9, 1)] * 3, [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]])
def test_correct_file_after_a_wrong_one_is_believed_again(dates):
    reference_tables()
    for text, day in zip((RIGHT, WRONG, RIGHT), dates, strict=True):
        bring(text, as_of=day, source="Program letters", rank=SourceRank.PROGRAM)
    assert current() == (True, 230)


@pytest.mark.parametrize("dates", [[date(2026, 9, 1)] * 3, [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]])
def test_correct_name_after_a_wrong_one_is_believed_again(dates):
    reference_tables()
    names = ("acgme_id,name,city\n1400500001,Lakeshore Invented Hospital,Toledo\n", "acgme_id,name,city\n1400500001,Lakeshroe,Teldoo\n")
    for text, day in zip((names[0], names[1], names[0]), dates, strict=True):
        bring(text, as_of=day, source="Program letters", rank=SourceRank.PROGRAM)
    assert Program.objects.values_list("name", "city").get() == ("Lakeshore Invented Hospital", "Toledo")


def test_correct_results_after_wrong_ones_are_believed_again():
    reference_tables()
    for matched in (6, 8, 6):
        bring(NRMP.format(year=2026, quota=8, matched=matched), as_of=date(2026, 9, 1))
    assert TrackYear.objects.values_list("quota", "matched").get() == (8, 6)


def test_wrong_file_that_is_undone_leaves_no_word():
    reference_tables()
    bring(RIGHT, as_of=date(2026, 9, 1), source="Program letters")
    drafts.undo_import(by="test", batch=bring(WRONG, as_of=date(2026, 10, 1), source="Program letters").batch)
    assert current() == (True, 230)


def test_same_file_twice_still_changes_nothing():
    reference_tables()
    assert [bring(RIGHT, source="Program letters").batch is None for _ in range(2)] == [False, True]


@pytest.mark.parametrize("rank", [SourceRank.AGGREGATOR, SourceRank.COMMUNITY])
def test_hearsay_replaces_no_results_of_the_match(rank):
    reference_tables()
    bring(NRMP.format(year=2019, quota=8, matched=6))
    with pytest.raises(HeaderError, match="not as hearsay"):
        bring(NRMP.format(year=2019, quota=99, matched=0), rank=rank, source="A forum")
    assert TrackYear.objects.values_list("quota", "matched").get() == (8, 6)


def test_results_of_a_match_to_come_are_a_typing_error():
    reference_tables()
    with pytest.raises(HeaderError, match="2091 Match"):
        bring(NRMP.format(year=2091, quota=8, matched=6))
    assert Program.objects.count() == 0
