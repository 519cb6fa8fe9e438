"""Where the project's own files are, and what they contain."""

import ast
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
APPS = ("smartpick", "programs", "applicants", "matching")
READERS = {"envstr", "envbool", "envint", "envlist", "envsecret"}


@cache
def project_files():
    """Every file of the project, without what .gitignore names. No git needed: a downloaded copy is tested too."""
    ignored = [line.strip().strip("/") for line in (BASE_DIR / ".gitignore").read_text().splitlines() if line.strip()]
    ignored.append(".git")
    return sorted(_below(BASE_DIR, ignored))


def _below(folder, ignored):
    for path in folder.iterdir():
        if any(fnmatch(path.name, pattern) for pattern in ignored):
            continue
        if path.is_dir():
            yield from _below(path, ignored)
        else:
            yield path


def files(*suffixes, below=("",)):
    """The project's files with one of these endings, below one of these folders."""
    folders = tuple(str(BASE_DIR / folder) for folder in below)
    return [path for path in project_files() if path.suffix in suffixes and str(path).startswith(folders)]


def short(path):
    """The path as a person names it."""
    return str(path.relative_to(BASE_DIR))


@cache
def tree_of(path):
    """The parsed Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def names_read_by_settings():
    """The environment variables that smartpick/settings.py reads; a secret can also come from a file."""
    names = set()
    for node in ast.walk(tree_of(BASE_DIR / "smartpick" / "settings.py")):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
            name = node.args[0].value
            names |= {name, f"{name}_FILE"} if node.func.id == "envsecret" else {name}
    return frozenset(names)


def module_name(path):
    """The dotted name under which Python imports the file."""
    parts = path.relative_to(BASE_DIR).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path):
    """(module, names taken from it) for every import; `from package import module` names the module."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, frozenset()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += _imports_from(node)
    return found


def _imports_from(node):
    names = frozenset(alias.name for alias in node.names)
    inner = {name for name in names if (BASE_DIR / node.module.replace(".", "/") / f"{name}.py").exists()}
    outer = [(node.module, names - inner)] if names - inner else []
    return [(f"{node.module}.{name}", frozenset()) for name in sorted(inner)] + outer


def functions_of(path):
    """Every function and method of the file."""
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
