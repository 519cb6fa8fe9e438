"""The file layouts that can be imported: their columns, what they must have, and who plans them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from programs.choices import SourceRank
from programs.imports import columns as c
from programs.imports.columns import Binding, Column, HeaderError, bind, plain_name
from programs.imports.nrmp import plan_nrmp, year_columns
from programs.imports.plan import ImportPlan, Known, References
from programs.imports.table import Table
from programs.imports.template import plan_template

Planner = Callable[[Table, Binding, References, Known], ImportPlan]


@dataclass(frozen=True)
class Preset:
    """A layout. A file fits where it has, of every group in `needed`, at least one column.

    `source` and `rank` say who is speaking where the person who imports does not.
    """

    name: str
    title: str
    columns: Callable[[Sequence[str]], tuple[Column, ...]]
    needed: tuple[frozenset[str], ...]
    plan: Planner
    source: str
    rank: SourceRank

    def bind(self, header: Sequence[str]) -> Binding:
        """Where the columns stand in `header`. Raises HeaderError, with what is missing."""
        columns = self.columns([plain_name(title) for title in header])
        binding = bind(header, columns)
        for group in self.needed:
            if not group & binding.places.keys():
                missing = " or ".join(f"{column.name} ({column.help})" for column in columns if column.name in group)
                raise HeaderError(f"The header has no column {missing}, which {self.title} need: rename a column. It has: {', '.join(header)}.")
        return binding


def _nrmp_columns(names: Sequence[str]) -> tuple[Column, ...]:
    return (c.STATE, c.NAME, c.CITY, c.TRACK_NAME, c.NRMP_CODE, *year_columns(names))


def _template_columns(_: Sequence[str]) -> tuple[Column, ...]:
    identity = (c.ACGME_ID, c.NRMP_CODES, c.NAME, c.SPECIALTY, c.CITY, c.STATE)
    return (*identity, *c.FACT_COLUMNS, *c.STRICTNESS_COLUMNS)


NRMP = Preset(
    name="nrmp",
    title="NRMP program results",
    columns=_nrmp_columns,
    needed=(frozenset({c.NRMP_CODE.name}), frozenset({c.NAME.name})),
    plan=plan_nrmp,
    source="NRMP Program Results",
    rank=SourceRank.OFFICIAL,
)
TEMPLATE = Preset(
    name="template",
    title="SmartPick templates",
    columns=_template_columns,
    needed=(frozenset({c.ACGME_ID.name, c.NRMP_CODES.name}),),
    plan=plan_template,
    # Whoever is not named outranks nobody.
    source="Data file without a named source",
    rank=SourceRank.COMMUNITY,
)
PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in (NRMP, TEMPLATE)}


def preset_for(name: str | None, header: Sequence[str]) -> Preset:
    """The preset of that name, or the one that the header shows. Raises HeaderError where neither gives one."""
    if name is not None:
        if name not in PRESETS:
            raise HeaderError(f"There is no preset {name!r}: use {' or '.join(PRESETS)}.")
        return PRESETS[name]
    names = [plain_name(title) for title in header]
    if year_columns(names):
        return NRMP
    if any(TEMPLATE.needed[0] & bind([title], _template_columns(names)).places.keys() for title in header):
        return TEMPLATE
    raise HeaderError(f"The header fits no known layout: name it with --preset {' or '.join(PRESETS)}. It has: {', '.join(header)}.")
