"""What hangs on judgement: counted right, measured on demonstration data only, and shown beside the weights."""

import html
import io
import json
import re
from dataclasses import asdict
from functools import partial

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.utils import timezone

from applicants.choices import UsceKind
from applicants.demo import read_demo_applicants
from applicants.profile import UsceSpell
from matching.engine import ENGINE_VERSION, Tier
from matching.engine.evidence import sensitivity, tier_bands, weights
from matching.engine.evidence.sensitivity import DOUBLED, FACTORS, GROUPS, HALVED, measured, parse
from matching.management.commands import sensitivity as command
from matching.presenters.sensitivity import sensitivity_table
from matching.services.ranking import rank
from matching.services.sensitivity import NotDemonstrationError, contests, measure_demonstration, moves, require_demonstration
from programs.demo.generate import generate
from programs.demo.services import DEFAULT_PROGRAMS, DEFAULT_SEED
from programs.demo.tables import load_tables
from programs.models import Fact, Program, Specialty, State
from programs.reference import load_reference
from programs.services import apply_changes, get_or_create_source
from tests.matching.builders import add_programs, market, profile

BY = "test"
FEW = 20
SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.95)

pytestmark = pytest.mark.django_db


def group(key):
    return next(group for group in GROUPS if group.key == key)


def counted(*profiles, key, factors=FACTORS):
    found = moves(contests(profiles, match_year=2027), table=weights(), groups=[group(key)], factors=factors)
    return [(one.pairs, one.touched, one.up, one.down) for one in found]


def varied_market():
    market(0)
    for number, share in enumerate(SHARES, 1):
        add_programs([number], share_non_us_img=str(share), visa_j1="yes")


# --- counts ---


@pytest.mark.parametrize(("factor", "step"), [(HALVED, 0.2), (DOUBLED, -0.4)])
def test_moves_of_a_weight_outside_the_reference_mix_are_the_steps_it_takes(factor, step):
    varied_market()
    without = profile(usce=())  # no hands-on month: -0.4, and the typical two months stay at 0
    chance = rank(without, specialty="140", match_year=2027).scores.chance[0]
    then = 1 / (1 + np.exp(-(np.log(chance / (1 - chance)) + step)))
    bands = np.array([least for _, least in tier_bands() if least])
    moved = (then[:, None] >= bands).sum(axis=1) - (chance[:, None] >= bands).sum(axis=1)
    expected = (len(SHARES), len(SHARES), int((moved > 0).sum()), int((moved < 0).sum()))
    assert counted(without, key="usce", factors=[factor]) == [expected]
    assert expected[2] + expected[3] > 0


def test_moves_of_several_applicants_add_up():
    varied_market()
    none, watched = profile(usce=()), profile(usce=(UsceSpell(UsceKind.OBSERVERSHIP, 1, "140"),))
    apart = np.array([counted(one, key="usce") for one in (none, watched)])
    assert counted(none, watched, key="usce") == [tuple(line) for line in apart.sum(axis=0)]


# Weights that a background of the national mix uses move every chance a little, because the level is kept: not these.
@pytest.mark.parametrize("key", ["further_fails", "preferred_state", "placed"])
def test_moves_of_a_weight_that_nobody_uses_are_none(key):
    varied_market()
    assert counted(profile(), key=key) == [(len(SHARES), 0, 0, 0)] * 2


def test_moves_of_a_weight_that_weighs_on_all_alike_are_none_because_the_national_level_is_kept():
    market(3, visa_j1="yes")
    assert counted(profile(), key="unstated_accepts") == [(3, 0, 0, 0)] * 2


def test_moves_count_no_pair_that_is_excluded():
    market(3, visa_j1="yes")
    add_programs([4, 5], visa_j1="no")
    result = rank(profile(usce=()), specialty="140", match_year=2027)
    assert int((result.scores.tier == Tier.EXCLUDED).sum()) == 2
    assert [line[:2] for line in counted(profile(usce=()), key="usce")] == [(3, 3)] * 2


def test_moves_where_nobody_applies_are_none():
    market(2)
    assert counted(key="usce") == [(0, 0, 0, 0)] * 2


def test_contests_hold_each_specialty_with_programs_once_and_those_who_apply_there():
    market(2)
    field = contests([profile(specialties=("140", "120")), profile(specialties=("120",)), profile()], match_year=2027)
    assert [(one.programs.specialty, len(one.programs), len(one.applicants)) for one in field] == [("140", 2, 2)]


# --- what may be measured ---


def test_require_demonstration_takes_the_programs_of_the_seed_named():
    call_command("demo_on", programs=FEW, seed=5)
    assert require_demonstration(5) == FEW
    with pytest.raises(NotDemonstrationError, match="invents from seed 6"):
        require_demonstration(6)


def change_a_name():
    Program.objects.filter(pk=Program.objects.first().pk).update(name="Another name")


def withdraw_a_fact():
    Fact.objects.filter(pk=Fact.objects.first().pk).update(withdrawn_at=timezone.now())


@pytest.mark.parametrize("change", [change_a_name, withdraw_a_fact])
def test_require_demonstration_refuses_what_was_changed_since(change):
    call_command("demo_on", programs=FEW)
    require_demonstration(DEFAULT_SEED)
    change()
    with pytest.raises(NotDemonstrationError, match="not those"):
        require_demonstration(DEFAULT_SEED)


def test_command_refuses_real_data_and_an_empty_database(table_file):
    with pytest.raises(CommandError, match="No demonstration data is loaded"):
        run(write=True)
    market(1)
    with pytest.raises(CommandError, match="Real programs are loaded"):
        run(write=True)
    assert not table_file.exists()


# --- the command ---


def run(**options):
    out = io.StringIO()
    call_command("sensitivity", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def table_file(monkeypatch, tmp_path):
    """The table in a folder of its own, and two groups of the thirty, which is as good here."""
    monkeypatch.setattr(sensitivity, "FILE", tmp_path / "sensitivity.csv")
    monkeypatch.setattr(command, "GROUPS", [group("usce"), group("openness")])
    return tmp_path / "sensitivity.csv"


def test_command_writes_what_it_measured_and_checks_it(table_file):
    call_command("demo_on", programs=FEW)
    lines = tuple(measure_demonstration(seed=DEFAULT_SEED, groups=[group("usce"), group("openness")]))
    assert run(write=True) == "Written: sensitivity.csv. Restart what is running.\n"
    assert parse(table_file.read_text(encoding="utf-8")) == lines
    assert run(check=True) == "sensitivity.csv holds these figures.\n"
    assert json.loads(run(json=True)) == [asdict(line) for line in lines]


def test_command_check_fails_for_other_figures(table_file):
    call_command("demo_on", programs=FEW)
    table_file.write_text("group\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"holds other figures: run python manage.py sensitivity --write"):
        run(check=True)
    assert table_file.read_text(encoding="utf-8") == "group\n"


def test_command_only_measures_one_group_and_writes_no_table(table_file):
    call_command("demo_on", programs=FEW)
    text = run(only="usce").splitlines()
    assert [line.split("  ")[0] for line in text] == ["tiers that change when it is", "Hands-on U.S. clinical experience", text[-1]]
    assert text[-1].endswith(f"and {FEW} programs (seed {DEFAULT_SEED}), engine {ENGINE_VERSION}.")
    for option in ("write", "check"):
        with pytest.raises(CommandError, match="--only"):
            run(only="usce", **{option: True})
    assert not table_file.exists()


# --- the committed figures ---


def load_all_that_applicants_see():
    """The demonstration programs of the specialties that demonstration applicants apply to; the others change nothing for them."""
    load_reference(by=BY)
    tables = load_tables()
    source = {mix.name: get_or_create_source(name=mix.name, rank=mix.rank, url=mix.url, is_demo=True, by=BY) for mix in tables.sources}
    ids = {name: one.pk for name, one in source.items()}
    rows = generate(seed=DEFAULT_SEED, programs=DEFAULT_PROGRAMS, season=settings.MATCH_YEAR, source_ids=ids, tables=tables)
    codes, states = (frozenset(model.objects.values_list("pk", flat=True)) for model in (Specialty, State))
    people = [person.data for person in read_demo_applicants(today=timezone.localdate(), specialty_codes=codes, state_codes=states)]
    wanted = {code for person in people for code in person.specialties}
    programs = [program for program in rows.programs if program.specialty in wanted]
    keys = {program.key for program in programs}
    tracks, facts = ([row for row in every if row.program_key in keys] for every in (rows.tracks, rows.facts))
    apply_changes(by=BY, cause=BY, programs=programs, tracks=tracks, facts=facts, source=next(iter(source.values())))
    return people


def test_committed_figures_are_what_the_present_weights_give():
    # Every weight and every fitted number has a part in where tiers lie, so one group speaks for all.
    field = contests(load_all_that_applicants_see(), match_year=settings.MATCH_YEAR)
    found = [(one.pairs, one.touched, one.up, one.down) for one in moves(field, table=weights(), groups=[group("openness")])]
    committed = [(line.pairs, line.touched, line.up, line.down) for line in measured() if line.group == "openness"]
    assert found == committed, "run python manage.py sensitivity --write"


# --- the page ---


def test_sensitivity_table_has_every_group_the_weightiest_first():
    lines = sensitivity_table().lines
    assert {line.key for line in lines} == {group.key for group in GROUPS}
    assert [line.most for line in lines] == sorted((line.most for line in lines), reverse=True)


def test_sensitivity_table_gives_the_weight_and_the_reason_from_the_weight_table():
    line = next(line for line in sensitivity_table().lines if line.key == "visa_need")
    rows = [row for row in weights().rows if row.name.startswith("visa_")]
    assert line.value == ", ".join(f"{row.name.replace('_', ' ')} {row.value:g}" for row in rows).replace("-", "\N{MINUS SIGN}")
    assert line.why == "; ".join(row.why for row in rows)
    usce = next(line for line in sensitivity_table().lines if line.key == "usce")
    assert usce.value.split(", ")[2] == "0 at 2"
    assert usce.unit == "log-odds at months of hands-on USCE"


def test_sensitivity_table_counts_shares_and_who_is_concerned():
    line = partial(sensitivity.Measured, "usce", "usce", version="2", seed=2027, programs=40, applicants=12)
    figures = [line(factor=0.5, pairs=200, touched=80, up=3, down=1), line(factor=2.0, pairs=200, touched=0, up=0, down=0)]
    table = sensitivity_table(figures)
    halved, doubled = table.lines[0].halved, table.lines[0].doubled
    assert (halved.changed, halved.up, halved.down, halved.share, halved.touched) == (4, 3, 1, 0.02, True)
    assert (doubled.changed, doubled.share, doubled.touched) == (0, 0, False)
    assert (table.pairs, table.programs, table.applicants, len(table.lines)) == (200, 40, 12, 1)


def test_sensitivity_include_shows_every_line_and_what_is_left_out():
    table = sensitivity_table()
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", render_to_string("matching/_sensitivity.html", {"table": table}))).split())
    assert [line.key for line in table.lines if f"{line.title} {line.value} {line.unit} {line.why} " not in shown] == []
    first = table.lines[0].doubled
    assert re.search(rf"{first.changed:,} \(\d+%\) {first.up:,} up, {first.down:,} down", shown)
    assert shown.count("concerns none of these applicants") == sum(not effect.touched for line in table.lines for effect in line.effects)
    assert [reason for reason, names in table.left_out if f"{names}: {reason}." not in shown] == []
