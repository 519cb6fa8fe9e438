"""Who may import whom. The rules between apps and layers are the contracts in pyproject.toml."""

import ast
import re
import sys

import pytest
from importlinter.cli import lint_imports

from tests.repo.sources import APPS, BASE_DIR, files, imports_of, module_name, short, tree_of

ENUM_BASES = {"TextChoices", "IntegerChoices", "Choices"}
PURE_MAY_IMPORT = {"numpy"}


def engine_files():
    return files(".py", below=("matching/engine/",))


def pure_files():
    """The modules whose docstring promises it ("Pure." or "Pure: no models"), and the choices, which everything builds on."""
    return [path for path in files(".py", below=APPS) if path.stem == "choices" or re.search(r"\bPure[.:;]", ast.get_docstring(tree_of(path)) or "")]


def test_import_contracts_are_kept(capfd):
    broken = lint_imports(config_filename=str(BASE_DIR / "pyproject.toml"), cache_dir=None)
    assert broken == 0, capfd.readouterr().out


@pytest.mark.parametrize("path", engine_files(), ids=short)
def test_engine_imports_standard_library_numpy_and_itself(path):
    strangers = [name for name, _ in imports_of(path) if not is_standard(name) and not is_below(name, "numpy") and not is_below(name, "matching.engine")]
    assert strangers == []


@pytest.mark.parametrize("path", pure_files(), ids=short)
def test_pure_file_imports_standard_library_numpy_and_pure_files(path):
    allowed = {module_name(pure) for pure in pure_files()} | {module_name(part) for part in engine_files()}
    strangers = [
        f"{name}: {', '.join(sorted(names))}"
        for name, names in imports_of(path)
        if not is_standard(name) and name.partition(".")[0] not in PURE_MAY_IMPORT and name not in allowed and not is_enum_base(name, names)
    ]
    assert strangers == []


def is_standard(name):
    return name.partition(".")[0] in sys.stdlib_module_names


def is_below(name, package):
    return name == package or name.startswith(f"{package}.")


def is_enum_base(name, names):
    """Django's enum bases know nothing of the database, though they live beside its models."""
    return name == "django.db.models" and names <= ENUM_BASES
