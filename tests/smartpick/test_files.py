"""Files are written whole or not at all."""

import os

import pytest

from smartpick.files import replace_text


def test_replace_text_puts_the_new_text_and_keeps_the_mode(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    replace_text(path, "néw")
    assert [path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777, os.listdir(tmp_path)] == ["néw", 0o640, ["table.csv"]]


def test_replace_text_that_fails_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        replace_text(path, "new")
    assert [path.read_text(encoding="utf-8"), os.listdir(tmp_path)] == ["old", ["table.csv"]]
