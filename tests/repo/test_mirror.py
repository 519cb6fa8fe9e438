"""Tests stand where a reader looks for them."""

import ast

import pytest

from tests.repo.sources import APPS, BASE_DIR, files, short, tree_of


def modules_under_test():
    """Engine and service modules that do something; a package's __init__ counts by the package's name."""
    modules = [path for path in files(".py", below=APPS) if {"services", "engine"} & {path.stem, *path.parts}]
    return [path for path in modules if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree_of(path).body)]


def places(path):
    """Where the tests of a module may stand: programs/demo/services.py in tests/programs/demo/test_services.py or tests/programs/test_demo.py."""
    app, *folders = path.relative_to(BASE_DIR).parent.parts
    name = path.stem
    if name == "__init__":
        name = folders.pop()
    if folders[:1] == ["engine"]:
        app, *folders = folders
    if folders[:1] == ["services"]:
        folders = folders[1:]
    yield "/".join(["tests", app, *folders, f"test_{name}*.py"])
    if folders:
        yield f"tests/{app}/test_{folders[-1]}*.py"


@pytest.mark.parametrize("path", modules_under_test(), ids=short)
def test_module_has_a_test_file(path):
    assert any(list(BASE_DIR.glob(place)) for place in places(path)), f"{short(path)} wants {' or '.join(places(path))}"


@pytest.mark.parametrize("path", [path for path in files(".py", below=("tests/",)) if path.stem.startswith("test_")], ids=short)
def test_test_file_holds_tests(path):
    assert [node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")] != []
