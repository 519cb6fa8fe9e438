"""What is on record, read for one import."""

from dataclasses import replace
from datetime import date

import pytest

from programs.changes import NewProgram, NewTrack, NewTrackYear
from programs.choices import SourceRank
from programs.imports.plan import ImportPlan, References
from programs.imports.preview import UNSAVED_SOURCE, MissingProgram
from programs.imports.standing import ReferenceTablesMissingError, Speaker, closing, is_repeated, known, missing, references, standing
from programs.models import Program, Source, Specialty, State
from programs.services import ProgramDataError, undo_batch, upsert_programs
from tests.programs import builders
from tests.programs.builders import new_program, query_count, reference_tables
from tests.programs.imports.stories import DAYS, bring

pytestmark = pytest.mark.django_db
LETTERS, RESULTS = "Program letters", "NRMP Program Results"
LAKESHORE = "1400500001,1234140C0,Lakeshore Invented Hospital,Toledo,OH,yes,strict,230,,"
HARBOR = "1400500002,,Harbor Invented Hospital,Akron,OH,no,strict,,,"
FAMILY = "1200500003,,Cedar Invented Hospital,Dayton,OH,,,,,"
TRACK = "OHIO,Invented Hosp-OH,Toledo,Internal Medicine,1234140C0,8,6,8,8"


@pytest.fixture(autouse=True)
def _tables(settings):
    settings.MATCH_YEAR = 2027
    reference_tables()


def template(*rows, source=LETTERS, day=DAYS[1], season=2027):
    return bring(("template", source, day, season, rows))


def results(*rows, day=DAYS[1]):
    return bring(("nrmp", RESULTS, day, 2027, rows))


def speaker(source=LETTERS, day=DAYS[1], season=2027):
    return Speaker(Source.objects.filter(name=source).first(), SourceRank.PROGRAM, day, season)


LAKESHORE_SAID = NewProgram("1400500001", "140", "Lakeshore Invented Hospital", "Toledo", "OH", "1400500001", "1234")
STATEMENTS = (("1400500001", "visa_j1", "yes", "strict"), ("1400500001", "step2_min", "230", "unclear"))


def plan(*programs, tracks=(), statements=(), about=None):
    return ImportPlan({}, programs, tracks, statements, (), {}, about)


# --- what planners have to know ---


def test_references_are_those_on_record():
    assert references() == References(builders.SPECIALTIES, builders.STATES)


@pytest.mark.parametrize("model", [Specialty, State])
def test_references_that_are_missing_say_what_to_run(model):
    model.objects.all().delete()
    with pytest.raises(ReferenceTablesMissingError, match=r"run: python manage\.py load_reference"):
        references()


def test_known_holds_programs_and_tracks_with_their_years():
    results(TRACK)
    now = known()
    assert now.programs == {"nrmp-1234-140": NewProgram("nrmp-1234-140", "140", "Invented Hosp-OH", "Toledo", "OH", None, "1234")}
    years = (NewTrackYear(2025, 8, 8), NewTrackYear(2026, 8, 6))
    assert now.tracks == {"1234140C0": NewTrack("nrmp-1234-140", "1234140C0", "Internal Medicine", "C", years)}


def test_known_leaves_withdrawn_programs_and_their_tracks_out():
    batch = template(LAKESHORE)
    results("OHIO,,Toledo,,1234140P0,8,6,8,8")  # names no institution: it is on record
    undo_batch(by="t", batch=batch)
    assert (known().programs, known().tracks, Program.objects.count()) == ({}, {}, 1)


def test_known_tells_demonstration_programs():
    upsert_programs(by="t", programs=[new_program("1400500009", is_demo=True)], cause="t")
    assert [program.is_demo for program in known().programs.values()] == [True]


# --- what the preview compares with ---


def test_standing_is_about_what_the_plan_speaks_of():
    template(LAKESHORE, HARBOR)
    now = standing(plan(LAKESHORE_SAID, tracks=(NewTrack("1400500001", "1234140C0", "", "C"),)), speaker(day=DAYS[2]))
    assert (list(now.programs), list(now.tracks)) == (["1400500001"], ["1234140C0"])
    program = now.programs["1400500001"]
    assert (program.name, [row.name for row in program.rows], sorted(program.said)) == (
        "Lakeshore Invented Hospital",
        ["Lakeshore Invented Hospital"],
        ["step2_min", "visa_j1"],
    )
    source = Source.objects.get()
    assert (now.source_id, now.ranks, now.as_of, now.season, now.about, now.match_year) == (source.pk, {source.pk: 1}, DAYS[2], 2027, 2027, 2027)


def test_standing_of_a_source_that_is_new_ranks_it_as_asked():
    template(LAKESHORE)
    now = standing(plan(LAKESHORE_SAID, about=2026), Speaker(None, SourceRank.COMMUNITY, DAYS[1], 2027))
    assert (now.source_id, now.ranks[UNSAVED_SOURCE], now.about) == (UNSAVED_SOURCE, SourceRank.COMMUNITY, 2026)


def test_standing_finds_a_program_by_the_key_it_had():
    results(TRACK)
    now = standing(plan(replace(LAKESHORE_SAID, replaces_key="nrmp-1234-140")), speaker())
    assert list(now.programs) == ["nrmp-1234-140"]


def test_standing_queries_do_not_grow_with_the_rows(django_assert_num_queries):
    few, many = ([new_program(f"14005{number:05d}", nrmp_institution=f"{number:04d}") for number in range(size)] for size in (1, 60))
    upsert_programs(by="t", programs=many, cause="t")
    plans = [plan(*rows, tracks=tuple(NewTrack(row.key, f"{row.nrmp_institution}140C0", "", "C") for row in rows)) for rows in (few, many)]
    with django_assert_num_queries(query_count(lambda: standing(plans[0], speaker()))):
        standing(plans[1], speaker())


# --- repetitions ---


def test_is_repeated_where_all_of_it_was_said_that_day():
    template(LAKESHORE, HARBOR)
    said = plan(LAKESHORE_SAID, tracks=(NewTrack("1400500001", "1234140C0", "", "C"),), statements=STATEMENTS)
    assert is_repeated(said, standing(said, speaker()))


OTHERWISE = {
    "another name": plan(replace(LAKESHORE_SAID, name="Lakeview"), statements=STATEMENTS),
    "closed": plan(replace(LAKESHORE_SAID, closed_on=date(2026, 9, 15)), statements=STATEMENTS),
    "one more program": plan(LAKESHORE_SAID, new_program("1400500007"), statements=STATEMENTS),
    "one more fact": plan(LAKESHORE_SAID, statements=(*STATEMENTS, ("1400500001", "letters_min", "3", "strict"))),
    "another value": plan(LAKESHORE_SAID, statements=(("1400500001", "visa_j1", "no", "strict"),)),
    "another firmness": plan(LAKESHORE_SAID, statements=(("1400500001", "visa_j1", "yes", "preferred"),)),
    "one more track": plan(LAKESHORE_SAID, tracks=(NewTrack("1400500001", "1234140P0", "", "P"),)),
    "positions": plan(LAKESHORE_SAID, tracks=(NewTrack("1400500001", "1234140C0", "", "C", (NewTrackYear(2026, 8, 8),)),)),
}


@pytest.mark.parametrize("said", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_is_repeated_not_where_something_differs(said):
    template(LAKESHORE)
    assert not is_repeated(said, standing(said, speaker()))


@pytest.mark.parametrize(
    "who", [{"day": DAYS[2]}, {"season": 2026}, {"source": "Program pages"}, {"source": "Nobody yet"}], ids=["day", "season", "source", "new source"]
)
def test_is_repeated_not_by_another_source_or_at_another_time(who):
    template(LAKESHORE)
    template(HARBOR, source="Program pages")
    said = plan(LAKESHORE_SAID, statements=STATEMENTS)
    assert not is_repeated(said, standing(said, speaker(**who)))


def test_is_repeated_not_after_an_undo():
    undo_batch(by="t", batch=template(LAKESHORE))
    said = plan(LAKESHORE_SAID, statements=STATEMENTS)
    assert not is_repeated(said, standing(said, speaker()))


def test_is_repeated_compares_with_the_last_word_of_the_day():
    template(LAKESHORE)
    template(LAKESHORE.replace("Lakeshore", "Lakeview"))
    said = plan(LAKESHORE_SAID, statements=STATEMENTS)
    assert not is_repeated(said, standing(said, speaker()))
    template(LAKESHORE)
    assert is_repeated(said, standing(said, speaker()))
    assert Program.objects.values_list("name", flat=True).get() == "Lakeshore Invented Hospital"


# --- programs that a file no longer has ---


def gone(*rows, source=LETTERS):
    said = plan(*rows)
    return missing(said, standing(said, speaker(source)))


def test_missing_are_programs_that_this_source_named_in_a_specialty_of_the_file():
    template(LAKESHORE, HARBOR, FAMILY)
    template("1400500004,,Ferny Brook Invented Hospital,,,,,,,", source="Program pages")
    assert gone(LAKESHORE_SAID) == [MissingProgram("1400500002", "Harbor Invented Hospital", "Akron, OH")]


def test_missing_are_none_for_a_new_source():
    template(LAKESHORE, HARBOR)
    assert gone(LAKESHORE_SAID, source="Nobody yet") == []


def test_missing_leaves_out_what_is_closed_or_undone():
    template(LAKESHORE)
    undo_batch(by="t", batch=template(HARBOR))
    template(HARBOR.replace("00002", "00004") + "2026-09-01")
    assert gone(LAKESHORE_SAID) == []


def test_missing_is_not_a_program_that_gets_its_acgme_id():
    bring(("nrmp", "A second office", DAYS[1], 2027, (TRACK,)))
    assert gone(replace(LAKESHORE_SAID, replaces_key="nrmp-1234-140"), source="A second office") == []


def test_closing_says_no_more_than_the_day_and_which_program():
    template(LAKESHORE)
    assert closing(["1400500001"], on=DAYS[2]) == [
        NewProgram("1400500001", "140", "", "", None, "1400500001", "1234", closed_on=DAYS[2]),
    ]


def test_closing_of_a_program_that_is_not_on_record_is_refused():
    with pytest.raises(ProgramDataError, match=r"^Program 1400500001 is not on record any more: look at the new preview\.$"):
        closing(["1400500001"], on=DAYS[2])


def test_repeated_file_leaves_no_trace_where_another_source_states_the_same():
    batches = [bring(("nrmp", source, DAYS[1], 2027, (TRACK,))) for source in (RESULTS, "A second office", RESULTS)]
    assert [batch is None for batch in batches] == [False, False, True]
