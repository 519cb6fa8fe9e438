"""The menu of what a column can mean."""

import pytest

from programs.imports.meanings import meanings_for
from programs.imports.presets import PRESETS
from programs.presenters.mapping import grouped_meanings


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_menu_offers_every_meaning_once_in_a_titled_group(preset):
    meanings = meanings_for(preset, 2027, ["quota_2026", "matched_2026"])
    groups = grouped_meanings(meanings)
    assert sorted(key for _, choices in groups for key, _ in choices) == sorted(meaning.key for meaning in meanings)
    assert len({title for title, _ in groups}) == len(groups)
    assert all(title and choices for title, choices in groups)
    assert all(label[0].isupper() or not label[0].isalpha() for _, choices in groups for _, label in choices)


def test_menu_of_the_template_begins_with_which_program_it_is():
    titles = [title for title, _ in grouped_meanings(meanings_for(PRESETS["template"], 2027, []))]
    assert titles[0] == "Which program it is"
    assert {"Who may apply", "Exams and attempts", "How firm a requirement is"} <= set(titles)
