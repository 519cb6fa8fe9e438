"""The diff of a preview: nothing is lost by filtering, grouping or paging, and everything is told in words."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from programs.fields import BY_NAME
from programs.imports.preview import OTHER_LABELS, Change, ChangeKind
from programs.presenters.diff import DiffFilter, field_choices, field_label, grouped, in_order, kind_choices

FIELDS = [*OTHER_LABELS, *BY_NAME]
CHANGES = st.lists(
    st.builds(
        Change,
        program_id=st.integers(1, 5),
        key=st.sampled_from(["1400500001", "1400500002"]),
        program=st.sampled_from(["Harbor Invented Hospital", "Lakeshore Invented Hospital"]),
        field=st.sampled_from(FIELDS),
        kind=st.sampled_from(ChangeKind),
        before=st.sampled_from(["", "yes", "220"]),
        after=st.sampled_from(["", "no", "yes / no"]),
        before_strictness=st.sampled_from(["", "strict", "unclear"]),
        after_strictness=st.sampled_from(["", "strict", "preferred", "unclear"]),
        line=st.integers(2, 9),
    )
)


def change(field="visa_j1", before="yes", after="no", kind=ChangeKind.CHANGED, *, was="strict", now="strict"):
    return Change(1, "1400500001", "Lakeshore Invented Hospital", field, kind, before, after, was, now, 2)


def line(**more):
    return grouped([change(**more)])[0].lines[0]


@given(CHANGES)
def test_grouped_loses_nothing_and_gives_neighbors_one_heading(changes):
    groups = grouped(changes)
    assert sum(len(group.lines) for group in groups) == len(changes)
    assert [(group.name, group.key) for group in groups] == [who for who, _ in groupby((one.program, one.key) for one in changes)]


@given(CHANGES)
def test_in_order_loses_nothing_and_gives_each_program_one_heading(changes):
    ordered = in_order(changes)
    assert sorted(map(repr, ordered)) == sorted(map(repr, changes))
    assert len(grouped(ordered)) == len({(one.program, one.key) for one in changes})


def test_grouped_has_the_fields_of_a_program_in_the_order_of_its_page():
    groups = grouped([change("positions"), change("visa_j1"), change("track"), change("name")])
    assert [line.label for line in groups[0].lines] == ["Name", "Positions of a track", "J-1 visa", "First-year positions"]


@given(CHANGES)
def test_filters_of_one_kind_part_the_changes(changes):
    by_kind = [one for kind in ChangeKind for one in changes if DiffFilter(kind=kind).fits(one)]
    by_field = [one for field in FIELDS for one in changes if DiffFilter(field=field).fits(one)]
    assert sorted(map(repr, by_kind)) == sorted(map(repr, by_field)) == sorted(map(repr, changes))
    assert all(DiffFilter().fits(one) for one in changes)


def test_filter_text_looks_into_program_key_and_values():
    one = change()
    found = {text: DiffFilter(text=text).fits(one) for text in ("lakeshore", "HOSPITAL lake", "0500001", "no", "harbor", "lake harbor")}
    assert found == {"lakeshore": True, "HOSPITAL lake": True, "0500001": True, "no": True, "harbor": False, "lake harbor": False}


def test_filter_is_on_only_where_it_leaves_something_out():
    assert [DiffFilter().is_on, DiffFilter(text="a").is_on, DiffFilter(kind="known").is_on, DiffFilter(field="name").is_on] == [False, True, True, True]


def test_choices_say_how_often():
    assert field_choices({"step2_min": 1, "visa_j1": 1_200}) == [("visa_j1", "J-1 visa (1,200)"), ("step2_min", "Step 2 CK minimum (1)")]
    kinds = {"known": 1, "changed": 1_200, "conflict": 3}
    assert kind_choices(kinds) == [("conflict", "new conflict (3)"), ("changed", "another value (1,200)"), ("known", "newly known (1)")]


def test_line_values_are_in_words():
    told = [
        line(),
        line(field="usce_min_months", before="", after="2", kind=ChangeKind.KNOWN, was="", now="preferred"),
        line(field="share_img", before="0.4", after="", kind=ChangeKind.UNKNOWN, was="", now=""),
        line(field="name", before="Old Invented Hospital", after="New Invented Hospital", was="", now=""),
        line(field="website", before="", after="https://example.org/a", kind=ChangeKind.KNOWN, was="", now=""),
    ]
    assert [(one.label, one.before, one.after, one.kind) for one in told] == [
        ("J-1 visa", "yes, strict", "no, strict", "another value"),
        ("U.S. clinical experience", "not known", "2 months, preferred", "newly known"),
        ("IMGs among residents, both kinds together", "40%", "not known", "no longer known"),
        ("Name", "Old Invented Hospital", "New Invented Hospital", "another value"),
        ("Website", "not known", "https://example.org/a", "newly known"),
    ]


def test_line_firmness_is_told_where_it_is_what_changes():
    firmer = line(before="yes", after="yes", kind=ChangeKind.FIRMNESS, was="unclear", now="strict")
    assert (firmer.before, firmer.after) == ("yes, not said how firm", "yes, strict")
    unsaid = line(was="unclear", now="unclear")
    assert (unsaid.before, unsaid.after) == ("yes", "no")


def test_line_conflict_tells_both_sides():
    one = line(field="step2_min", before="220", after="220 / 230", kind=ChangeKind.CONFLICT, now="")
    assert (one.before, one.after, one.is_conflict) == ("220, strict", "220 / 230", True)


def test_line_value_that_the_field_cannot_hold_stays_as_it_stands():
    assert line(before="maybe", was="").before == "maybe"


def test_field_label_of_an_unknown_name_is_the_name():
    assert [field_label("visa_j1"), field_label("track"), field_label("gone")] == ["J-1 visa", "Positions of a track", "gone"]
