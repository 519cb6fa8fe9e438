"""The true value of every field of an invented program, as canonical text. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from programs.choices import ProgramType, Setting
from programs.demo.draw import Draw, pick_at
from programs.demo.tables import DemoTables, SettingMix, ValueMix
from programs.demo.traits import Traits
from programs.fields import BY_NAME, Value, format_value

LOWEST_MINIMUM, HIGHEST_MINIMUM, MINIMUM_STEP = 200, 260, 5
MOST_APPLICATIONS = 9000
# From this share of non-U.S. IMGs on (in percent) a program that sponsors no visa still says that it takes them.
FEW_PERCENT = 2
# Below this pull on IMGs a program without U.S. IMGs says that it takes none.
CLOSED_PULL = -1.2
# A deadline before this month belongs to the year of the Match, from it on to the year before.
FIRST_MONTH_OF_A_SEASON = 6


@dataclass(frozen=True)
class Truth:
    """What is true of the program `key`; `clarity` (standard normal) is how well its sources publish it."""

    key: str
    clarity: float
    values: Mapping[str, str]


def make_truth(seed: int, traits: Traits, positions: int, season: int, tables: DemoTables) -> Truth:
    """Gather the true values of a program with this many first-year `positions` in `season`."""
    sketch = traits.sketch
    draw = Draw(seed, "truth", sketch.acgme_id)
    values = {
        **_listed(traits, season, draw, tables),
        **_eligibility(traits),
        **_residents(traits, draw, tables),
        **_demand(traits, positions, draw, tables),
        "step2_min": _minimum(traits, draw, tables),
        "program_type": _type(traits, draw).value,
        "setting": _setting(sketch.institution.city.population_thousands, draw, tables.settings).value,
        "website": f"https://{sketch.institution.domain()}/{sketch.specialty.code}",
    }
    if not traits.h1b:
        del values["step3_needed_for_h1b"]
    return Truth(sketch.acgme_id, sketch.clarity, {name: _text(name, value) for name, value in values.items()})


def _text(name: str, value: Value) -> str:
    return value if isinstance(value, str) else format_value(BY_NAME[name], value)


def _listed(traits: Traits, season: int, draw: Draw, tables: DemoTables) -> dict[str, Value]:
    """Values that a table lists with weights. Fields of one page share a draw, so that strict goes with strict."""
    places: dict[str, float] = {}
    values: dict[str, Value] = {}
    for mix in tables.fields:
        place = places.setdefault(mix.group, draw.uniform())
        if mix.field in tables.values:
            values[mix.field] = _pick(tables.values[mix.field], traits.sketch.selective, place)
    values["deadline"] = _in_season(str(values["deadline"]), season)
    return values


def _pick(choices: tuple[ValueMix, ...], selective: float, place: float) -> str:
    return pick_at(place, choices, [choice.weight * math.exp(choice.tilt * selective) for choice in choices]).value


def _in_season(month_and_day: str, season: int) -> date:
    month = int(month_and_day[:2])
    return date.fromisoformat(f"{season - 1 if month >= FIRST_MONTH_OF_A_SEASON else season}-{month_and_day}")


def _eligibility(traits: Traits) -> dict[str, Value]:
    return {
        "visa_j1": traits.j1,
        "visa_h1b": traits.h1b,
        "accepts_non_us_img": traits.j1 or traits.h1b or traits.non_us_img >= FEW_PERCENT,
        "accepts_us_img": traits.us_img > 0 or traits.sketch.pull > CLOSED_PULL,
    }


def _residents(traits: Traits, draw: Draw, tables: DemoTables) -> dict[str, Value]:
    """Who the residents are; many sources state U.S. and non-U.S. IMGs together only."""
    split: dict[str, Value] = {"share_non_us_img": traits.non_us_img / 100, "share_us_img": traits.us_img / 100}
    pooled: dict[str, Value] = {"share_img": (traits.non_us_img + traits.us_img) / 100}
    return {
        **(pooled if draw.chance(tables.parameters["pooled_share"]) else split),
        "share_do": traits.do / 100,
        "share_md": traits.md / 100,
        "step2_q1": traits.step2_q1,
        "step2_median": traits.step2_median,
        "step2_q3": traits.step2_q3,
    }


def _demand(traits: Traits, positions: int, draw: Draw, tables: DemoTables) -> dict[str, Value]:
    """Positions, applications and interviews. Programs open to IMGs get more applications for a position."""
    sketch, parameters = traits.sketch, tables.parameters
    per_position = sketch.specialty.applicants_per_position * parameters["applications_per_applicant"]
    # Twice the positions do not draw twice the applications: most applicants send to both.
    attraction = math.sqrt(positions * sketch.specialty.positions) * math.exp(0.2 * sketch.pull + 0.2 * draw.normal())
    applications = min(MOST_APPLICATIONS, per_position * attraction)
    interviews = positions * parameters["interviews_per_position"] * math.exp(0.15 * draw.normal())
    # A program cannot give more interviews than it has applications.
    return {
        "positions": positions,
        "applications_received": round(applications),
        "interviews_given": min(round(interviews), round(applications)),
    }


def _minimum(traits: Traits, draw: Draw, tables: DemoTables) -> int:
    """A stated minimum: a round number some way below the median."""
    wanted = traits.step2_median - tables.parameters["minimum_below_median"] + MINIMUM_STEP * draw.normal()
    return max(LOWEST_MINIMUM, min(HIGHEST_MINIMUM, MINIMUM_STEP * round(wanted / MINIMUM_STEP)))


def _type(traits: Traits, draw: Draw) -> ProgramType:
    """Mostly the institution's own type; community hospitals train some specialties with a university."""
    kind = traits.sketch.institution.kind
    return ProgramType.AFFILIATED if kind == ProgramType.COMMUNITY and draw.chance(0.15) else kind


def _setting(population_thousands: float, draw: Draw, settings: tuple[SettingMix, ...]) -> Setting:
    mix = max((row for row in settings if row.population_from <= population_thousands), key=lambda row: row.population_from)
    return draw.pick((Setting.URBAN, Setting.SUBURBAN, Setting.RURAL), (mix.urban, mix.suburban, mix.rural))
