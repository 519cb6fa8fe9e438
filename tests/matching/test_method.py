"""The Method page shows every number the engine computes with, from the engine's own tables."""

import re
from collections import Counter

import pytest
from django.utils.html import strip_tags

from matching.engine import ties
from matching.engine.balance import usual_shares
from matching.engine.evidence import sources, specialty_rows, weights
from matching.presenters.method import method_page
from smartpick.charts import TIMES

pytestmark = pytest.mark.django_db


def test_method_lists_every_weight_once():
    shown = Counter((line.row.name, line.row.x) for section in method_page(()).sections for line in section.lines)
    assert shown == Counter((row.name, row.x) for row in weights().rows)


def test_method_page_names_every_specialty_and_source(client):
    page = " ".join(strip_tags(client.get("/method/").content.decode()).replace("&#x27;", "'").split())
    assert [row["specialty"] for row in specialty_rows() if row["specialty"] not in page] == []
    assert [source.publication for source in sources().values() if source.publication not in page] == []


def test_method_line_of_internal_medicine_is_the_fitted_one():
    line = next(line for line in method_page(()).specialties if line.figures.code == "140")
    assert [round(line.non_us_level, 4), round(line.us_level, 4), round(line.odds_ratio, 2), round(line.match_at_five, 2)] == [0.0345, 0.0566, 1.43, 0.68]
    assert method_page(()).match_at_five == "7 in 10"


def test_method_page_lists_every_connection_and_signal_with_its_effect(client):
    page = " ".join(re.sub("<[^>]*>", " ", client.get("/method/").content.decode()).replace("&#x27;", "'").split())
    assert [tie.name for tie in ties().values() if tie.why not in page] == []
    assert f"Moderate connection {TIMES}1.3 no change {TIMES}2.2 low judgement" in page
    assert f"Gold signal {TIMES}2.5 {TIMES}1.3 {TIMES}6.0" in page
    assert "No signal, where signals are placed" in page
    assert "Signals are not counted yet" not in page


def test_method_page_says_how_a_list_is_balanced_and_that_it_is_judgement(client):
    page = client.get("/method/").content.decode()
    assert [share.tier for share in usual_shares() if f"{share.percent}% {share.tier}: {share.why}" not in page] == []
    assert "Our judgement, no published figure" in page
