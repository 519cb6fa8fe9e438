"""demo_on brings the demonstration, demo_off takes it away, and neither touches anything else."""

import json
from datetime import date

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applicants import demo as people
from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, VisaNeed
from applicants.demo import read_demo_applicants
from applicants.models import ExamSitting, Letter, Profile, UsceSpell
from applicants.profile import ProfileData
from applicants.services import save_profile
from programs.choices import SourceRank
from programs.demo.services import load_demo_programs
from programs.models import DataVersion, Fact, ImportBatch, Program, Source, Specialty, State, Track, TrackYear
from programs.reference import load_reference
from programs.services import NewFact, NewProgram, NewTrack, NewTrackYear, apply_changes, get_or_create_source
from smartpick.models import AuditEvent, User

BY = "test"
FEW = 40
KEPT = (Program, Track, TrackYear, Fact, Source, ImportBatch, Profile, ExamSitting, UsceSpell, Letter, User, Specialty, State)
REAL_KEY = "1401234567"

pytestmark = pytest.mark.django_db


def everything(*models):
    """Every column of every row of these tables."""
    return {model.__name__: serializers.serialize("json", model.objects.order_by("pk")) for model in models}


@pytest.fixture
def neighbors():
    """A real program with a fact, tracks and source, a visitor's profile and a user: all that demo_off has to leave alone."""
    load_reference(by=BY)
    source = get_or_create_source(name="Letters from programs", rank=SourceRank.PROGRAM, by=BY)
    apply_changes(
        by=BY,
        cause="test",
        source=source,
        programs=[NewProgram(REAL_KEY, "140", "Some hospital", "Albany", "NY", acgme_id=REAL_KEY, nrmp_institution="1234")],
        tracks=[NewTrack(REAL_KEY, "1234140C0", "Categorical", "C", (NewTrackYear(2026, 10, 9),))],
        facts=[NewFact(REAL_KEY, "visa_j1", "yes", "strict", source.pk, date(2026, 9, 1), 2027)],
    )
    save_profile(by="visitor", data=ProfileData(ApplicantType.US_IMG, ("140",), letters=(), label="A visitor"))
    User.objects.create_user("someone@clinic.test", "a long password")


# --- demo_on ---


def test_demo_on_brings_reference_programs_and_people(capsys):
    call_command("demo_on", programs=FEW)
    assert Program.objects.filter(is_demo=True).count() == FEW
    assert Source.objects.filter(is_demo=True).count() == 5
    assert Specialty.objects.count() == 60
    assert (Profile.objects.filter(is_demo=True).count(), User.objects.filter(is_demo=True).count()) == (12, 2)
    assert capsys.readouterr().out.splitlines() == [
        "Inventing 40 programs from seed 2027; 4,000 take about 10 seconds.",
        f"Programs: 40, with {Track.objects.count()} tracks and {Fact.objects.count():,} facts.",
        "People: 12 applicants, 2 staff (an advisor and a data admin).",
        "Every page says that the data is invented, until you run: python manage.py demo_off",
    ]


def test_demo_on_twice_changes_nothing_the_second_time(capsys):
    call_command("demo_on", programs=FEW)
    before, events = everything(*KEPT, DataVersion), AuditEvent.objects.count()
    capsys.readouterr()
    call_command("demo_on", programs=60, seed=1)
    assert everything(*KEPT, DataVersion) == before
    assert AuditEvent.objects.count() == events
    assert capsys.readouterr().out.splitlines()[:2] == [
        "Programs: already loaded, nothing changed. For other ones run demo_off first.",
        "People: already loaded, nothing changed.",
    ]


def test_demo_on_current_values_come_from_the_facts():
    call_command("demo_on", programs=FEW)
    stated = Fact.objects.filter(field="positions").values_list("program", flat=True)
    assert not Program.objects.filter(pk__in=stated, positions=None).exists()
    assert set(Program.objects.exclude(pk__in=stated).values_list("positions", flat=True)) <= {None}
    assert not Program.objects.filter(track_types="").exists()


@pytest.mark.parametrize("programs", [0, 19, 4541])
def test_demo_on_refuses_a_number_of_programs_that_does_not_fit(programs):
    with pytest.raises(CommandError, match=f"from 20 to 4540, not {programs}"):
        call_command("demo_on", programs=programs)
    assert (Program.objects.count(), Source.objects.count(), Profile.objects.count()) == (0, 0, 0)


def test_load_demo_programs_needs_no_more_queries_for_more_programs():
    load_reference(by=BY)
    counts = []
    for programs in (FEW, 3 * FEW):
        with CaptureQueriesContext(connection) as queries:
            load_demo_programs(by=BY, programs=programs)
        counts.append(len(queries))
        call_command("demo_off")
    assert counts[0] == counts[1]


def test_load_demo_programs_without_reference_tables_writes_nothing():
    with pytest.raises(ValueError, match="load the reference tables"):
        load_demo_programs(by=BY, programs=FEW)
    assert (Program.objects.count(), Source.objects.count()) == (0, 0)


# --- demo_off ---


def test_demo_off_removes_all_of_it_and_leaves_the_rest(neighbors):
    before = everything(*KEPT)
    call_command("demo_on", programs=FEW)
    assert everything(*KEPT) != before
    call_command("demo_off")
    assert everything(*KEPT) == before


def test_demo_off_says_what_it_removed(capsys):
    call_command("demo_on", programs=FEW)
    tracks, facts = Track.objects.count(), Fact.objects.count()
    capsys.readouterr()
    call_command("demo_off")
    assert capsys.readouterr().out.splitlines() == [
        f"Removed 40 programs, {tracks} tracks, {facts:,} facts and 5 sources,",
        "12 applicants and 2 staff. Real programs and visitors' profiles stay as they were.",
    ]


def test_demo_off_with_nothing_to_remove_changes_nothing(neighbors):
    before, versions = everything(*KEPT), DataVersion.objects.count()
    call_command("demo_off")
    assert (everything(*KEPT), DataVersion.objects.count()) == (before, versions)


def test_demo_off_then_on_brings_the_same_programs_back():
    call_command("demo_on", programs=FEW)
    columns = [field.attname for field in Program._meta.concrete_fields if field.name != "id"]
    before = list(Program.objects.order_by("key").values(*columns))
    call_command("demo_off")
    call_command("demo_on", programs=FEW)
    assert list(Program.objects.order_by("key").values(*columns)) == before


# --- people ---


@pytest.fixture
def applicants():
    load_reference(by=BY)
    codes = {"specialty_codes": set(Specialty.objects.values_list("pk", flat=True)), "state_codes": set(State.objects.values_list("pk", flat=True))}
    return {one.data.label: one for one in read_demo_applicants(today=timezone.localdate(), **codes)}


def fails(data, exam):
    return sum(sitting.outcome == Outcome.FAIL for sitting in data.of(exam))


def score(data):
    return max((sitting.score or 0 for sitting in data.of(Exam.STEP2_CK)), default=0)


@pytest.mark.parametrize(
    ("label", "differs"),
    [
        ("U.S. IMG, failed Step 1 once", lambda data: data.applicant_type == ApplicantType.US_IMG and fails(data, Exam.STEP1) == 1),
        ("Non-U.S. IMG, 262 in Step 2 CK, graduated in 2012", lambda data: score(data) == 262 and data.graduation_year == 2012),
        ("Non-U.S. IMG, J-1 only", lambda data: data.visa_need == VisaNeed.J1 and data.ecfmg_status == EcfmgStatus.CERTIFIED),
        ("H-1B wanted, Step 3 passed", lambda data: data.visa_need == VisaNeed.H1B and data.of(Exam.STEP3)[-1].outcome == Outcome.PASS),
        ("H-1B wanted, Step 3 not taken", lambda data: data.visa_need == VisaNeed.H1B and data.sittings_complete and not data.of(Exam.STEP3)),
        ("No U.S. clinical experience", lambda data: data.usce == () and not any(letter.from_us for letter in data.letters)),
        ("Step 2 CK not taken yet", lambda data: data.sittings_complete and not data.of(Exam.STEP2_CK)),
        ("Failed Step 1 and Step 2 CK once each", lambda data: (fails(data, Exam.STEP1), fails(data, Exam.STEP2_CK)) == (1, 1)),
        ("Permanent resident, needs no visa", lambda data: data.applicant_type == ApplicantType.NON_US_IMG and data.visa_need == VisaNeed.NONE),
        ("ECFMG certificate not in time", lambda data: data.ecfmg_expected > date(2027, 3, 3)),
        ("Almost everything unanswered", lambda data: (data.sittings_complete, data.usce, data.letters, data.visa_need) == (False, None, None, None)),
        ("Strong all round", lambda data: score(data) > 260 and data.of(Exam.STEP3) and sum(letter.from_us for letter in data.letters) == 4),
    ],
)
def test_demo_applicants_differ(applicants, label, differs):
    assert len(applicants) == 12
    assert differs(applicants[label].data)


def test_demo_applicants_each_have_a_story_of_one_sentence(applicants):
    stories = {one.story for one in applicants.values()}
    assert len(stories) == 12
    assert all(story.endswith(".") and story.replace("U.S.", "").count(".") == 1 for story in stories)


def test_demo_staff_cannot_sign_in():
    call_command("demo_on", programs=FEW)
    staff = User.objects.filter(is_demo=True)
    assert {(user.email, user.role) for user in staff} == {("advisor@demo.example", "advisor"), ("data-admin@demo.example", "data_admin")}
    assert not any(user.has_usable_password() or user.is_superuser for user in staff)


def test_demo_on_broken_applicant_is_named_and_no_one_is_written(monkeypatch, tmp_path):
    file = tmp_path / "applicants.json"
    entry = {"label": "Somebody", "story": "Nobody.", "profile": {"applicant_type": "non_us_img", "specialties": ["998"]}}
    file.write_text(json.dumps([entry]), encoding="utf-8")
    monkeypatch.setattr(people, "FILE", file)
    with pytest.raises(CommandError, match=r"^applicants\.json, Somebody: line \d+: specialties\[0\]: '998' is not known"):
        call_command("demo_on", programs=FEW)
    assert (Profile.objects.count(), User.objects.count()) == (0, 0)
