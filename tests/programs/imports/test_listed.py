"""A list whose items are made when somebody looks at them."""

from hypothesis import given
from hypothesis import strategies as st

from programs.imports.listed import Listed

ROWS = st.lists(st.tuples(st.integers(), st.text()))


@given(ROWS, st.integers(-9, 9), st.integers(-9, 9))
def test_listed_behaves_as_the_list_of_its_items(rows, start, stop):
    made = [(text, number) for number, text in rows]
    listed = Listed(rows, lambda row: (row[1], row[0]))
    assert (list(listed), len(listed), listed[start:stop]) == (made, len(made), made[start:stop])
    assert [listed[place] for place in range(len(rows))] == made
    assert (listed == made, listed == [*made, None], listed == 7) == (True, False, False)


def test_listed_makes_only_what_is_looked_at():
    seen = []
    listed = Listed([[1], [2], [3]], lambda row: seen.append(row[0]))
    len(listed), listed[1:2], listed[-1]
    assert seen == [2, 3]
