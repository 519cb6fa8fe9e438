"""What columns can mean, in groups for a menu. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from programs.fields import BY_NAME
from programs.imports.columns import STRICTNESS_SUFFIX
from programs.imports.meanings import Meaning

IDENTITY, SEVERAL, FIRMNESS = "Which program it is", "Several at once", "How firm a requirement is"


def grouped_meanings(meanings: Iterable[Meaning]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Meanings as menu groups: (title, [(key, words)]); groups in the order in which they first occur."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for meaning in meanings:
        groups[_group(meaning)].append((meaning.key, meaning.label[:1].upper() + meaning.label[1:]))
    return list(groups.items())


def _group(meaning: Meaning) -> str:
    fields = [BY_NAME[column.name] for column in meaning.own if column.name in BY_NAME]
    if len(fields) > 1:
        return SEVERAL
    if fields:
        return fields[0].group.value
    return FIRMNESS if meaning.columns[0].name.endswith(STRICTNESS_SUFFIX) else IDENTITY
