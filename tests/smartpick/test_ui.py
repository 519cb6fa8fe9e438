import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.utils.html import strip_tags

from smartpick.charts import range_dot


class ExampleForm(forms.Form):
    score = forms.IntegerField(label="Score", help_text="Three digits.", min_value=1)
    kind = forms.ChoiceField(label="You are", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="One of two.")
    none = forms.BooleanField(label="Not yet", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("Answers <contradict> each other.")


def render(source, request=None, **context):
    """With a request the context processors run, which ask the database."""
    template = Template(source)
    return template.render(RequestContext(request, context) if request else Context(context))


def words(html):
    return " ".join(strip_tags(html).split())


def tag(html, name):
    """The attributes of the first element called `name`."""
    return dict(re.findall(r'([\w-]+)="([^"]*)"', re.search(rf"<{name}\b[^>]*>", html)[0]))


# --- fields ---


def test_field_valid_input_is_described_by_its_help_alone():
    html = render("{% field form.score %}", form=ExampleForm())
    control = tag(html, "input")
    assert tag(html, "label")["for"] == control["id"] == "id_score"
    assert control["aria-describedby"] == "id_score_helptext"
    assert "aria-invalid" not in control
    assert words(html) == "Score Three digits."


def test_field_invalid_input_is_described_by_help_and_error():
    html = render("{% field form.score %}", form=ExampleForm({"score": "0"}))
    control = tag(html, "input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_score_helptext id_score_error"
    assert all(f'id="{target}"' in html for target in control["aria-describedby"].split())
    assert words(html) == "Score Error: Ensure this value is greater than or equal to 1. Three digits."


def test_field_radio_group_is_a_described_fieldset():
    html = render("{% field form.kind %}", form=ExampleForm({}))
    assert tag(html, "fieldset")["aria-describedby"] == "id_kind_helptext id_kind_error"
    assert words(html) == "You are One of two. Error: This field is required. A B"


def test_field_checkbox_sits_inside_its_label():
    html = render("{% field form.none %}", form=ExampleForm())
    assert re.search(r'<label class="check"><input type="checkbox"[^>]*> <span>Not yet</span></label>', html)


def test_field_hidden_input_shows_nothing_else():
    assert render("{% field form.token %}", form=ExampleForm()).strip() == '<input type="hidden" name="token" id="id_token">'


def test_field_misspelled_name_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="spelled"):
        render("{% field form.scroe %}", form=ExampleForm())


def test_error_summary_without_errors_is_empty():
    assert render("{% error_summary form %}", form=ExampleForm()).strip() == ""


def test_error_summary_links_every_error_to_its_control():
    html = render("{% error_summary form %}", form=ExampleForm({}))
    assert re.findall(r'href="#([^"]+)"', html) == ["id_score", "id_kind_0"]
    assert words(html) == "3 answers need another look Answers &lt;contradict&gt; each other. Score: This field is required. You are: This field is required."


# --- tiers, figures ---


@pytest.mark.parametrize(("tier", "mark"), [("reach", "▲"), ("middle", "●"), ("safer", "■"), ("excluded", "✕")])
def test_tier_badge_has_color_class_mark_and_word(tier, mark):
    html = render("{% tier_badge tier %}", tier=tier)
    assert tag(html, "span") == {"class": f"tier tier--{tier}"}
    assert words(html) == f"{mark} {tier}"


@pytest.mark.parametrize("tier", ["safe", "", None])
def test_tier_badge_unknown_tier_is_an_error(tier):
    with pytest.raises(TemplateSyntaxError, match="a tier is one of reach, middle, safer, excluded"):
        render("{% tier_badge tier %}", tier=tier)


def test_figures_are_put_into_words():
    html = render(
        "{{ chance|one_in }}; {% one_in_range low high %}; {{ share|percent }}; {{ none|one_in }}", chance=0.083, low=0.05, high=0.2, share=0.62, none=None
    )
    assert html == "about 1 in 12; 1 in 20 to 1 in 5; 62%; not known"


def test_chart_draws_by_its_own_template():
    html = render("{% chart dot %}", dot=range_dot(0.1, 0.05, 0.2, tier="safer"))
    assert tag(html, "figure") == {"class": "chart"}
    assert tag(html, "g") == {"class": "plot-tier tier--safer"}


# --- the page as a whole ---


@pytest.mark.django_db
def test_abbr_is_spelled_out_once_a_page_even_inside_includes(rf):
    source = '{% abbr "YOG" %}, {% abbr "YOG" %}, {% include inner only %}'
    inner = Template('{% abbr "YOG" %} {% abbr "OET" %}')
    assert render(source, rf.get("/"), inner=inner) == "YOG (year of graduation), YOG, YOG OET (Occupational English Test)"


@pytest.mark.django_db
def test_abbr_next_page_spells_it_out_again(rf):
    assert {render('{% abbr "YOG" %}', rf.get("/")) for _ in range(2)} == {"YOG (year of graduation)"}


def test_abbr_not_in_the_list_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="XYZ"):
        render('{% abbr "XYZ" %}')


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "changes", "query"),
    [
        ("/", "page=2", "?page=2"),
        ("/?ck=228&tier=reach&page=3", 'tier="safer"', "?ck=228&amp;tier=safer"),
        ("/?ck=228&tier=reach&tier=safer", "tier=None", "?ck=228"),
        ("/?ck=228&page=3", "page=4", "?ck=228&amp;page=4"),
        ("/?ck=228", "state=states", "?ck=228&amp;state=OH&amp;state=NY"),
        ("/?q=a%26b", 'tier=""', "?q=a%26b"),
    ],
)
def test_query_with_changes_only_what_is_named_and_starts_over(rf, address, changes, query):
    assert render(f"{{% query_with {changes} %}}", rf.get(address), states=["OH", "NY"]) == query


def test_query_with_without_request_starts_from_nothing():
    assert render("{% query_with page=2 %}") == "?page=2"


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "current"), [("/method/", "page"), ("/method/weights/", "true"), ("/", None), ("/list/ranked/", None)])
def test_nav_link_marks_the_page_one_is_on(rf, path, current):
    html = render('{% nav_link "matching:method" "Method" %}', rf.get(path))
    assert tag(html, "a") == {"href": "/method/"} | ({"aria-current": current} if current else {})


# --- components that carry a promise ---

ROW = {
    "key": "1400000001",
    "url": "/programs/1400000001/",
    "why_url": "/list/why/1400000001/",
    "name": "Lakeshore <Community> Hospital",
    "place": "Toledo, OH",
    "tier": "safer",
    "chance": 0.143,
    "low": 0.083,
    "high": 0.2,
    "dot": range_dot(0.143, 0.083, 0.2, tier="safer"),
    "reasons_for": ["62% of residents are non-U.S. IMGs"],
    "reasons_against": ["wants 2 U.S. letters, you have 1"],
    "unknowns": ["its Step 2 CK minimum", "J-1 visa"],
    "known": 9,
    "key_facts": 11,
}


def row(**changes):
    return render('{% include "components/result_row.html" %}', row=SimpleNamespace(**ROW | changes))


def test_result_row_tells_tier_chance_range_reasons_and_what_is_unknown():
    assert words(row()) == (
        "■ safer Lakeshore &lt;Community&gt; Hospital Toledo, OH about 1 in 7 range 1 in 12 to 1 in 5 "
        "In your favor: 62% of residents are non-U.S. IMGs Against: wants 2 U.S. letters, you have 1 "
        "Not known: its Step 2 CK minimum, J-1 visa Key facts: 9 of 11 known "
        "Why this chance at Lakeshore &lt;Community&gt; Hospital? Open the full sum"
    )


def test_result_row_excluded_program_shows_no_chance():
    html = row(tier="excluded", dot=None, reasons_for=[], unknowns=[], why_url="")
    assert words(html) == "✕ excluded Lakeshore &lt;Community&gt; Hospital Toledo, OH Against: wants 2 U.S. letters, you have 1 Key facts: 9 of 11 known"


def test_result_row_sum_is_a_link_for_those_without_javascript():
    assert re.findall(r'<a href="([^"]*)"', row()) == ["/programs/1400000001/", "/list/why/1400000001/"]


def facts(**fact):
    return words(render('{% include "components/fact_table.html" %}', caption="Requirements", rows=[{"label": "J-1 visa"} | fact]))


HEAD = "Requirements Requirement or fact The program says You Source, as of J-1 visa"


def test_fact_table_nothing_stated_is_said_to_be_unknown():
    assert facts(value="", standing="unknown") == f"{HEAD} not known not known nobody yet"


def test_fact_table_conflict_shows_both_sides_instead_of_a_value():
    told = facts(value="yes", conflict="yes (own page) / no (letter)", standing="unknown", source="2 sources")
    assert told == f"{HEAD} sources disagree yes (own page) / no (letter) not known 2 sources"


def test_fact_table_stale_value_says_so():
    told = facts(value="yes", strictness="strict", stale="stated for the 2026 season", standing="met", standing_text="you need one", source="own page")
    assert told == f"{HEAD} yes strict stated for the 2026 season met: you need one own page"


@pytest.mark.django_db
def test_excluded_groups_link_to_all_only_where_some_are_not_shown(rf):
    groups = [
        {"criterion": "visa", "reason": "No visa", "count": 2, "programs": [{"name": "A", "url": "/a"}]},
        {"criterion": "step3", "reason": "Step 3", "count": 1, "programs": [{"name": "B", "url": "/b"}]},
    ]
    html = render('{% include "components/excluded_groups.html" with groups=groups only %}', rf.get("/list/ranked/?ck=228&tier=reach&page=2"), groups=groups)
    assert re.findall(r'href="([^"]*)"', html) == ["/a", "?ck=228&amp;excluded_by=visa", "/b"]
    assert words(html) == "No visa 2 programs A Show all 2 Step 3 1 program B"
