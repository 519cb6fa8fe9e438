import pytest
from django.core.exceptions import ImproperlyConfigured

from smartpick.env import envbool, envint, envlist, envsecret, envstr

NAME = "SMARTPICK_TEST_VALUE"


@pytest.fixture
def given(monkeypatch):
    """given("text") sets the variable; given(None) removes it."""

    def give(text, name=NAME):
        if text is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, text)

    give(None)
    give(None, f"{NAME}_FILE")
    return give


@pytest.mark.parametrize(("text", "value"), [(None, "default"), ("", "default"), ("x", "x")])
def test_envstr_reads_text(given, text, value):
    given(text)
    assert envstr(NAME, "default") == value


@pytest.mark.parametrize(("text", "value"), [("true", True), ("TRUE", True), (" False ", False), ("false", False)])
def test_envbool_reads_true_and_false(given, text, value):
    given(text)
    assert envbool(NAME, not value) is value


@pytest.mark.parametrize("text", [None, "", "  "])
@pytest.mark.parametrize("default", [True, False])
def test_envbool_unset_is_the_default(given, text, default):
    given(text)
    assert envbool(NAME, default) is default


@pytest.mark.parametrize("text", ["1", "yes", "on", "0", "no", "flase"])
def test_envbool_other_words_stop_the_start_with_the_remedy(given, text):
    given(text)
    with pytest.raises(ImproperlyConfigured) as caught:
        envbool(NAME, False)
    assert str(caught.value) == f"{NAME} is {text!r}: set it to true or false, or leave it unset for False."


@pytest.mark.parametrize(("text", "value"), [(None, 7), ("", 7), ("0", 0), (" 12 ", 12), ("-3", -3)])
def test_envint_reads_whole_numbers(given, text, value):
    given(text)
    assert envint(NAME, 7) == value


@pytest.mark.parametrize("text", ["1.5", "many", "1e3"])
def test_envint_other_text_stops_the_start_with_an_example(given, text):
    given(text)
    with pytest.raises(ImproperlyConfigured) as caught:
        envint(NAME, 7)
    assert str(caught.value) == f"{NAME} is {text!r}: set it to a whole number, for example 7."


@pytest.mark.parametrize(("text", "value"), [(None, ["d"]), ("", ["d"]), (" , ", ["d"]), ("a", ["a"]), ("a, b ,,c", ["a", "b", "c"])])
def test_envlist_splits_at_commas_and_drops_blanks(given, text, value):
    given(text)
    assert envlist(NAME, ["d"]) == value


@pytest.mark.parametrize(("text", "value"), [(None, None), ("", None), ("hush", "hush")])
def test_envsecret_reads_the_variable(given, text, value):
    given(text)
    assert envsecret(NAME) == value


def test_envsecret_file_wins_and_loses_its_line_end(given, tmp_path):
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    given("from the variable")
    given(str(path), f"{NAME}_FILE")
    assert envsecret(NAME) == "from the file"


def test_envsecret_unreadable_file_names_it(given, tmp_path):
    given(str(tmp_path / "nothing"), f"{NAME}_FILE")
    with pytest.raises(ImproperlyConfigured) as caught:
        envsecret(NAME)
    assert str(caught.value) == f"{NAME}_FILE points to {tmp_path}/nothing, which cannot be read: No such file or directory."
