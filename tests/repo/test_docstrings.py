"""What other code calls says what it does."""

import ast

import pytest

from tests.repo.sources import APPS, files, short, tree_of


def contracts():
    """Services, queries and the engine: the modules others build on."""
    return [path for path in files(".py", below=APPS) if {"services", "queries", "engine"} & {path.stem, *path.parts}]


def public_functions(tree):
    """Functions of the module and methods of its classes, without those that start with an underscore."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))]
    return [node for body in bodies for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


@pytest.mark.parametrize("path", contracts(), ids=short)
def test_public_functions_have_docstrings(path):
    assert [node.name for node in public_functions(tree_of(path)) if not ast.get_docstring(node)] == []
