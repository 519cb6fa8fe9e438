"""The file layouts that can be imported: what their columns can mean, what shows them, and who plans them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from programs.choices import SourceRank
from programs.imports.catalog import IDS, nrmp_meanings, row_meanings, template_meanings, words
from programs.imports.columns import Binding, HeaderError, plain_name
from programs.imports.meanings import Meaning, bind_meanings, by_names, meanings_for
from programs.imports.nrmp import plan_nrmp, year_columns
from programs.imports.plan import ImportPlan, Known, References
from programs.imports.table import Table
from programs.imports.template import plan_template

Planner = Callable[[Table, Binding, References, Known], ImportPlan]


@dataclass(frozen=True)
class Preset:
    """A layout. `marks` are the plain names of columns that it is told by.

    `source` and `rank` say who is speaking where the person who imports does not.
    """

    name: str
    title: str
    description: str
    meanings: Callable[[Sequence[str], int | None], tuple[Meaning, ...]]
    plan: Planner
    source: str
    rank: SourceRank
    marks: frozenset[str] = frozenset()

    def bind(self, header: Sequence[str], season: int | None = None) -> Binding:
        """Where the columns stand in `header`, by their names alone; `season` is the Match year. Raises HeaderError."""
        meanings = meanings_for(self, season, header)
        return bind_meanings(header, by_names(header, meanings), meanings)

    def fits(self, header: Sequence[str]) -> bool:
        """Whether the names of `header` give what rows are told apart by."""
        meanings = meanings_for(self, None, header)
        needs = {meaning.key: meaning.need for meaning in meanings}
        return IDS in {needs.get(key) for key in by_names(header, meanings).values()}

    def score(self, header: Sequence[str]) -> int:
        """How many columns of `header` show this layout."""
        return len(self.marks & {plain_name(title) for title in header})


IDENTITY_MARKS = frozenset(
    words("acgme_id acgme_program_id freida_id program_id nrmp_code nrmp_codes institution name program_name specialty city state program_city program_state")
)
FREIDA_MARKS = frozenset(
    words(
        "program_id freida_id program_name city state program_city program_state speciality program_best_described_as yog participates_in_eras "
        "j1visanew h1visanew f1visanew primary_teaching_site participating_in_nrmp nrmp_number_advance nrmp_number_categorial nrmp_number_preliminary "
        "nrmp_number_primary_care_categorial step1_minimum_score step2_minimum_score step1_step_1_required step2_step_2_required "
        "step1_applicants_must_have_passed_step_1_to_be_considered appinfo_required_letters_of_recommendation noneenglish nonaccredited "
        "h1b_visa j1_visa f1_visa img_percent female_percent avg_step1 min_step1 min_step2 first_year_positions interviewed_last_year "
        "accepting_this_year accepting_next_year offers_preliminary info_last_updated survey_date "
        "field_program_id field_address_locality field_address_administrative_area field_first_year_positions field_interviews_conducted "
        "pct_do pct_img pct_usmd field_program_best_described_as field_website field_visa_status"
    )
)
ACGME_MARKS = frozenset(
    words(
        "program_number_name program_code_name program_number acgme_id address program_director accreditation_status effective_date "
        "accreditation_date offers_preliminary_positions specialty"
    )
)
REQUIREMENTS_MARKS = IDENTITY_MARKS | frozenset(
    words(
        "visas visa visa_sponsorship yog year_of_graduation years_since_graduation usce us_clinical_experience clinical_experience attempts max_attempts "
        "step_1 step1 step_2 step2 step_2_ck step2_ck ck ecfmg ecfmg_certification lor lors letters letters_of_recommendation j1 j_1 h1b h_1b img img_percent"
    )
)

NRMP = Preset(
    name="nrmp",
    title="NRMP program results",
    description="One row per track: positions offered and filled in each year's Match.",
    meanings=lambda names, _: nrmp_meanings(year_columns(names)),
    plan=plan_nrmp,
    source="NRMP Program Results",
    rank=SourceRank.OFFICIAL,
)
TEMPLATE = Preset(
    name="template",
    title="SmartPick templates",
    description="One row per program, in the columns of the template that you can download here.",
    meanings=lambda _, __: template_meanings(),
    plan=plan_template,
    # Whoever is not named outranks nobody.
    source="Data file without a named source",
    rank=SourceRank.COMMUNITY,
    marks=IDENTITY_MARKS | {meaning.key for meaning in template_meanings()},
)
ACGME = Preset(
    name="acgme",
    title="ACGME program lists",
    description="One row per program: number and name, address, accreditation status and its date. Withdrawn programs are marked closed.",
    meanings=lambda _, season: row_meanings(season),
    plan=plan_template,
    source="ACGME list of programs",
    rank=SourceRank.OFFICIAL,
    marks=ACGME_MARKS,
)
FREIDA = Preset(
    name="freida",
    title="FREIDA-style sheets",
    description="One row per program, with the labels that FREIDA uses: what programs report about visas, scores, positions and residents.",
    meanings=lambda _, season: row_meanings(season),
    plan=plan_template,
    source="FREIDA",
    rank=SourceRank.OFFICIAL,
    marks=FREIDA_MARKS,
)
REQUIREMENTS = Preset(
    name="requirements",
    title="requirement tables",
    description='One row per program, in words as people keep them: "J1 only", "within 5 years", "first attempt only", "3 (2 US)".',
    meanings=lambda _, season: row_meanings(season),
    plan=plan_template,
    source="Requirement table without a named source",
    rank=SourceRank.AGGREGATOR,
    marks=REQUIREMENTS_MARKS,
)
# Where a header shows two of them alike, the first one has it.
PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in (NRMP, TEMPLATE, ACGME, FREIDA, REQUIREMENTS)}


def preset_names() -> str:
    """The names of all presets, for messages."""
    *names, last = PRESETS
    return f"{', '.join(names)} or {last}"


def preset_for(name: str | None, header: Sequence[str]) -> Preset:
    """The preset of that name, or the one that the header shows. Raises HeaderError where neither gives one."""
    if name is not None:
        if name not in PRESETS:
            raise HeaderError(f"There is no preset {name!r}: use {preset_names()}.")
        return PRESETS[name]
    if year_columns([plain_name(title) for title in header]):
        return NRMP
    fitting = [preset for preset in PRESETS.values() if preset.score(header) and preset.fits(header)]
    if not fitting:
        raise HeaderError(f"The header fits no known layout: name it with --preset {preset_names()}. It has: {', '.join(header)}.")
    return max(fitting, key=lambda preset: preset.score(header))
