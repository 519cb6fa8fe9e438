"""Everything that a column can mean, in our own template and in the tables of others. Pure.

In our template a cell is written as the data dictionary says. In other tables it is read as people word it, and a column
may speak of several fields.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from programs.fields import BY_NAME, FIELDS, Kind
from programs.imports import amounts, wording
from programs.imports import columns as c
from programs.imports.amounts import HANDS_ON, LETTERS, MONTHS, SPECIALTY_LETTERS, US_LETTERS
from programs.imports.columns import STRICTNESS_SUFFIX, Column
from programs.imports.meanings import Meaning, target_label
from programs.imports.visas import H1B, J1, read_visas, visa_firmness
from programs.imports.wording import ACCEPTED, NEEDED, Reader, Said

IDS, CODES, NAMES = "id", "code", "name"  # what rows are told apart by
STEPS = ("step1_max_attempts", "step2_max_attempts")
ACCEPTS = ("accepts_us_img", "accepts_non_us_img")
SHARES = tuple(field.name for field in FIELDS if field.kind is Kind.SHARE)


def words(text: str) -> tuple[str, ...]:
    """The words of a text, for long lists of names."""
    return tuple(text.split())


# What others call our fields.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "accepts_us_img": ("accepts_us_imgs", "us_imgs_accepted"),
    "accepts_non_us_img": ("accepts_non_us_imgs", "non_us_imgs_accepted"),
    J1: ("j1", "j_1", "j1_visa", "j_1_visa", "j1visanew", "j1_visas", "j_1_sponsorship"),
    H1B: ("h1b", "h_1b", "h1", "h1b_visa", "h_1b_visa", "h1visanew", "h1_visa", "h_1b_sponsorship"),
    "ecfmg_needed_by": ("ecfmg", "ecfmg_certification", "ecfmg_certificate", "ecfmg_certified"),
    "max_years_since_graduation": ("yog", "year_of_graduation", "years_since_graduation", "graduation_year", "yog_cutoff", "yog_limit"),
    "step1_pass_needed": ("step1_applicants_must_have_passed_step_1_to_be_considered", "step_1_pass", "step_1_pass_required"),
    "step1_min": ("min_step1", "min_step_1", "step1_minimum_score", "step_1_minimum", "step_1_min"),
    "step2_min": words(
        "min_step2 min_step_2 min_step2_ck step2_minimum_score step_2_minimum step_2_min step_2_ck_minimum step_2_ck_min "
        "step_2_ck step2_ck step2ck step_2 step2 ck usmle_step_2_ck step_2_ck_score"
    ),
    "step3_needed": ("step_3", "step3", "step_3_required", "step_3_needed"),
    "step3_needed_for_h1b": ("step_3_for_h_1b", "step_3_for_h1b"),
    "step1_max_attempts": ("step_1_attempts", "step1_attempts"),
    "step2_max_attempts": ("step_2_attempts", "step_2_ck_attempts", "step2_attempts", "ck_attempts"),
    "step3_max_attempts": ("step_3_attempts", "step3_attempts"),
    HANDS_ON: ("hands_on", "hands_on_only", "hands_on_required"),
    US_LETTERS: ("us_letters", "us_lors", "us_lor", "u_s_letters", "u_s_lors"),
    SPECIALTY_LETTERS: ("specialty_letters", "specialty_lors", "letters_in_specialty", "lors_in_specialty"),
    "positions": ("first_year_positions", "field_first_year_positions", "residents_per_class", "number_of_positions"),
    "applications_received": ("applications", "applicants"),
    "interviews_given": words(
        "interviews interviewed_last_year interviews_conducted field_interviews_conducted appinfo_interviews_conducted_last_year_for_first_year_positions"
    ),
    "program_type": ("program_best_described_as", "field_program_best_described_as"),
    "deadline": ("application_deadline", "appinfo_latest_date_for_applications"),
    "website": ("web_address", "url", "program_website", "field_website", "web_site"),
}
PERCENT_ALIASES: Mapping[str, tuple[str, ...]] = {
    "share_img": ("img_percent", "percent_img", "pct_img", "imgs_percent", "img"),  # "% IMG", "IMG %"
    "share_non_us_img": ("non_us_img_percent", "percent_non_us_img", "pct_non_us_img"),
    "share_us_img": ("us_img_percent", "percent_us_img", "pct_us_img"),
    "share_do": ("do_percent", "percent_do", "pct_do", "dos_percent"),
    "share_md": ("usmd_percent", "percent_usmd", "pct_usmd", "md_percent", "percent_md", "us_md_percent"),
}


# --- our template, and the results of the Match ---


def exact(column: Column, need: str = "") -> Meaning:
    """The meaning of a column whose cells are written as we ask for."""
    return Meaning(column.name, _capital(target_label(column.name)), column.help, (column,), column.aliases, need)


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def template_meanings() -> tuple[Meaning, ...]:
    """The columns of our template in the order of its header: identity, then each field, followed by how firm it is."""
    identity = (exact(c.ACGME_ID, IDS), exact(c.NRMP_CODES, IDS), *map(exact, (c.NAME, c.SPECIALTY, c.CITY, c.STATE, c.CLOSED_ON)))
    firm = {column.name: column for column in c.STRICTNESS_COLUMNS}
    fields = [column for fact in c.FACT_COLUMNS for column in (fact, firm.get(fact.name + STRICTNESS_SUFFIX)) if column]
    return (*identity, *map(exact, fields))


def nrmp_meanings(years: tuple[Column, ...]) -> tuple[Meaning, ...]:
    """The columns of NRMP program results, with those of its `years`."""
    return (exact(c.STATE), exact(c.NAME, NAMES), exact(c.CITY), exact(c.TRACK_NAME), exact(c.NRMP_CODE, CODES), *map(exact, years))


# --- tables of others ---

PROGRAM_NUMBER = Column(c.ACGME_ID.name, partial(wording.read_number_or_name, group=1, parse=c.parse_acgme_id), c.ACGME_ID.help)
PROGRAM_NAME = Column(c.NAME.name, partial(wording.read_number_or_name, group=2, parse=c.NAME.parse), c.NAME.help)
CITY_OF_ADDRESS = Column(c.CITY.name, wording.read_city, c.CITY.help)
STATE_OF_ADDRESS = Column(c.STATE.name, wording.read_state, c.STATE.help)
CLOSED_BY_STATUS = Column(c.CLOSED_ON.name, wording.read_closed_on, "Accreditation status and effective date", several=True)
CLOSED_ON = Column(c.CLOSED_ON.name, wording.read_date, c.CLOSED_ON.help)
CODES_HELP = "NRMP codes; several columns of a file may hold some each"

IDENTITY: tuple[Meaning, ...] = (
    Meaning(
        key="acgme_id",
        label="ACGME id",
        help=c.ACGME_ID.help,
        columns=(c.ACGME_ID,),
        aliases=(*c.ACGME_ID.aliases, "acgme_program_number", "acgme_number", "acgme_code", "accreditation_id", "program_number", "field_program_id"),
        need=IDS,
    ),
    Meaning(
        key="program_number_and_name",
        label="Program number and name in one",
        help="ACGME id, then the name, such as [10 digits] name",
        columns=(PROGRAM_NUMBER, PROGRAM_NAME),
        aliases=("program_number_name", "program_code_name", "program_number_program_name"),
        need=IDS,
    ),
    Meaning(
        key="nrmp_code",
        label="NRMP codes",
        help=CODES_HELP,
        columns=(c.NRMP_CODES,),
        aliases=(*c.NRMP_CODES.aliases, "nrmp_number", "nrmp_number_categorical", "nrmp_number_categorial"),
        need=IDS,
    ),
    *(
        Meaning(f"nrmp_code_{kind}", f"NRMP codes, {words} track", CODES_HELP, (c.NRMP_CODES,), aliases, need=IDS)
        for kind, words, aliases in (
            ("primary", "primary care", ("nrmp_number_primary_care_categorical", "nrmp_number_primary_care_categorial", "nrmp_number_primary_care")),
            ("preliminary", "preliminary", ("nrmp_number_preliminary",)),
            ("advanced", "advanced", ("nrmp_number_advanced", "nrmp_number_advance")),
        )
    ),
    Meaning("institution", "Name", c.NAME.help, (c.NAME,), (*c.NAME.aliases, "program", "hospital", "institution_name", "title")),
    Meaning("specialty", "Specialty", c.SPECIALTY.help, (c.SPECIALTY,), (*c.SPECIALTY.aliases, "speciality")),
    Meaning("city", "City", c.CITY.help, (c.CITY,), (*c.CITY.aliases, "field_address_locality")),
    Meaning("state", "State", c.STATE.help, (c.STATE,), (*c.STATE.aliases, "field_address_administrative_area")),
    Meaning(
        key="address",
        label="City and state in one",
        help="An address that ends in city, state and ZIP code, or City, ST",
        columns=(CITY_OF_ADDRESS, STATE_OF_ADDRESS),
        aliases=("city_state", "city_and_state", "location", "program_address", "prgaddress"),
    ),
    Meaning(
        key="accreditation_status",
        label="Accreditation status",
        help="A program that is withdrawn or closed counts as closed from the effective date on",
        columns=(CLOSED_BY_STATUS,),
    ),
    Meaning("effective_date", "Effective date of the status", "Read together with the accreditation status", (CLOSED_BY_STATUS,), ("status_date",)),
    Meaning("closed_on", "Day it closed", c.CLOSED_ON.help, (CLOSED_ON,), ("closing_date", "date_closed")),
)


def _attempts(cell: str) -> Said:
    """The most attempts at each Step of a column for both."""
    return dict.fromkeys(STEPS, amounts.read_attempts(cell))


@dataclass(frozen=True)
class Together:
    """A column that speaks of several fields at once."""

    key: str
    label: str
    help: str
    read: Callable[[str], Said]
    fields: tuple[str, ...]
    aliases: tuple[str, ...]


TOGETHER: tuple[Together, ...] = (
    Together(
        key="visas",
        label="Visas",
        help='What is named is read: "J-1 only", "J-1, H-1B", "no visa"; a plain "yes" does not say which',
        read=read_visas,
        fields=(J1, H1B),
        aliases=("visa", "visa_sponsorship", "visa_status", "visa_type", "visa_types", "visas_sponsored", "field_visa_status"),
    ),
    Together(
        key="step1",
        label="Step 1, score or pass",
        help='A minimum such as "220", or "pass"',
        read=amounts.read_step1,
        fields=("step1_min", "step1_pass_needed"),
        aliases=("step_1", "usmle_step_1", "step_1_score"),
    ),
    Together(
        key="attempts",
        label="Attempts at each Step",
        help='The most attempts at Step 1 and at Step 2 CK, the passed one counted: "2", "first attempt only", "no failures"',
        read=_attempts,
        fields=STEPS,
        aliases=("usmle_attempts", "attempts_allowed", "max_attempts", "number_of_attempts", "maximum_attempts", "failed_attempts"),
    ),
    Together(
        key="usce",
        label="U.S. clinical experience",
        help='Months, and whether hands-on alone counts: "3 months, hands-on only"; "no" is none asked for',
        read=amounts.read_experience,
        fields=(MONTHS, HANDS_ON),
        aliases=(MONTHS, "us_clinical_experience", "u_s_clinical_experience", "clinical_experience", "months_of_usce"),
    ),
    Together(
        key="letters",
        label="Letters",
        help='How many: "3", "3 (2 US, 1 in the specialty)"',
        read=amounts.read_letters,
        fields=(LETTERS, US_LETTERS, SPECIALTY_LETTERS),
        aliases=(LETTERS, "lor", "lors", "letters_of_recommendation", "letters_required", "appinfo_required_letters_of_recommendation"),
    ),
)


def _letters(cell: str, *, target: str) -> str:
    """The number in a column for one kind of letters."""
    said = amounts.read_letters(cell)
    number = said.get(target) or said.get(LETTERS, "")
    return number if isinstance(number, str) else ""


def _readers(season: int | None) -> dict[str, Reader]:
    """How the fields that have a column of their own are read, where not as in the template."""
    yes_no = {field.name: partial(wording.read_yes_no, field=field.name, table=NEEDED) for field in FIELDS if field.kind is Kind.YES_NO}
    accepted = {name: partial(wording.read_yes_no, field=name, table=ACCEPTED) for name in (*ACCEPTS, "signals_used")}
    return {
        **yes_no,
        **accepted,
        **{visa: wording.part(partial(read_visas, own=visa), visa, first=visa) for visa in (J1, H1B)},
        "ecfmg_needed_by": wording.read_ecfmg,
        "max_years_since_graduation": partial(amounts.read_years, season=season),
        "step1_min": partial(amounts.read_score, step=1),
        "step2_min": partial(amounts.read_score, step=2),
        **dict.fromkeys((*STEPS, "step3_max_attempts"), amounts.read_attempts),
        US_LETTERS: partial(_letters, target=US_LETTERS),
        SPECIALTY_LETTERS: partial(_letters, target=SPECIALTY_LETTERS),
        "program_type": wording.read_program_type,
        "deadline": wording.read_date,
    }


def _alone(name: str, readers: Mapping[str, Reader]) -> Meaning:
    """The meaning of a column that speaks of one field."""
    field = BY_NAME[name]
    read = wording.canonical(readers.get(name, str), field)
    columns = [Column(name, read, field.label)]
    if field.requirement:
        columns.append(Column(name + STRICTNESS_SUFFIX, _firmness_alone(name, read), field.label))
    return Meaning(name, field.label, HELP.get(name, DEFAULT_HELP[field.kind]), tuple(columns), ALIASES.get(name, ()))


def _firmness_alone(name: str, read: Reader) -> Reader:
    if name in {J1, H1B}:
        return partial(visa_firmness, visa=name, own=name)
    firm = wording.part_firmness(lambda cell: {name: read(cell)}, name)
    return wording.firm_if_no(read, firm) if name in ACCEPTS else firm


def _together(kind: Together) -> Meaning:
    """The meaning of a column that speaks of several fields."""
    columns = [Column(name, wording.part(kind.read, name, first=kind.fields[0]), BY_NAME[name].label) for name in kind.fields]
    for name in kind.fields:
        firm = partial(visa_firmness, visa=name) if name in (J1, H1B) else wording.part_firmness(kind.read, name)
        columns.append(Column(name + STRICTNESS_SUFFIX, firm, BY_NAME[name].label))
    return Meaning(kind.key, kind.label, kind.help, tuple(columns), kind.aliases)


def _percent(name: str) -> Meaning:
    column = Column(name, partial(wording.read_percent, field=name), BY_NAME[name].label)
    return Meaning(f"{name}_percent", f"{BY_NAME[name].label}, in percent", "From 0 to 100, so that 62 is 62%", (column,), PERCENT_ALIASES[name])


DEFAULT_HELP: Mapping[Kind, str] = {
    Kind.YES_NO: "Yes or no",
    Kind.INTEGER: "A whole number",
    Kind.DECIMAL: "A number",
    Kind.SHARE: "A share from 0 to 1, or with its sign: 0.62 or 62%",
    Kind.CHOICE: "One of the words on record",
    Kind.DATE: "A day, such as 2026-09-30 or 9/30/2026 (month first)",
    Kind.TEXT: "A web address from https:// on",
}
HELP: Mapping[str, str] = {
    J1: 'About this visa alone: "yes", "not sponsored"; "case by case" stays unknown',
    H1B: 'About this visa alone: "yes", "not sponsored"; "case by case" stays unknown',
    "max_years_since_graduation": 'Years, or the first year that is taken: "5", "within 5 years", "2021 or later"',
    "step1_min": 'A score: "220", "220 preferred"',
    "step2_min": 'A score: "230", "230+", "230 preferred"',
    "ecfmg_needed_by": 'By when: "before applying", "by ranking"',
    **dict.fromkeys((*STEPS, "step3_max_attempts"), 'The passed one counted: "2", "first attempt only"'),
}


def row_meanings(season: int | None) -> tuple[Meaning, ...]:
    """What the columns of a table with one program per row can mean, as others write such tables."""
    readers = _readers(season)
    in_together = {MONTHS, LETTERS}  # a column for these may always say more
    alone = [_alone(field.name, readers) for field in FIELDS if field.name not in in_together]
    firm = [exact(column) for column in c.STRICTNESS_COLUMNS]
    return (*IDENTITY, *map(_together, TOGETHER), *alone, *map(_percent, SHARES), *firm)
