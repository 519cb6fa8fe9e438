"""Values in words, and the abbreviations that words hold."""

import pytest

from programs.display import abbreviations_in


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("Non-U.S. IMGs among residents",), ["IMG"]),
        (("Step 2 CK minimum", "H-1B visa"), ["CK", "H-1B"]),
        (("DOs among residents", "Doing well"), ["DO"]),
        (("ECFMG certificate needed",), ["ECFMG"]),
        (("Letters in all",), []),
        ((), []),
    ],
)
def test_abbreviations_are_found_singular_or_plural_as_words(texts, found):
    assert abbreviations_in(*texts) == found
