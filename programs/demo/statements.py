"""What sources state about invented programs: partly unknown, partly old, here and there in contradiction. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from programs.changes import NewFact
from programs.choices import SourceRank, Strictness
from programs.demo.draw import Draw, logistic, logit
from programs.demo.tables import DemoTables, FieldMix, SourceMix
from programs.demo.truth import Truth
from programs.fields import BY_NAME, NO, YES, Kind, format_value

# A season's statements are made from May to October of the year before its Match.
FIRST_MONTH, DAYS_OF_A_SEASON = 5, 180
OLDEST_SEASON = 2  # seasons back
CHANGED_SINCE = 0.5
# How far another source's number lies from the first one's, for numbers that no table lists.
NUMBER_STEP, SHARE_STEP = 5, 0.08


# (source, season, as-of date, value)
Statement = tuple[SourceMix, int, date, str]


@dataclass(frozen=True)
class Page:
    """A group of fields as one source states it."""

    known: float
    place: float
    source: SourceMix
    season: int
    as_of: date


def make_facts(seed: int, truth: Truth, *, season: int, source_ids: Mapping[str, int], tables: DemoTables) -> Iterator[NewFact]:
    """Yield the statements about one program, in the order of the field table; `source_ids` by name of source."""
    pages = _pages(seed, truth, season, tables)
    for mix in tables.fields:
        page = pages[mix.group]
        if mix.field in truth.values and _is_known(mix, page, truth.clarity):
            draw = Draw(seed, "statement", truth.key, mix.field)
            value = _in_season(mix.field, truth.values[mix.field], page.season - season)
            for source, about, as_of, said in _statements(mix, value, page, draw, tables):
                strictness = _strictness(mix, page.place)
                yield NewFact(truth.key, mix.field, said, strictness, source_ids[source.name], as_of, about, url=_url(source, truth))


def _pages(seed: int, truth: Truth, season: int, tables: DemoTables) -> dict[str, Page]:
    draw, pages = Draw(seed, "pages", truth.key), {}
    weights = [source.weight for source in tables.sources]
    for group in dict.fromkeys(mix.group for mix in tables.fields):
        stale = draw.chance(tables.parameters["stale_share"])
        about = season - (1 + int(OLDEST_SEASON * draw.uniform()) if stale else 0)
        source = draw.pick(tables.sources, weights)
        pages[group] = Page(draw.uniform(), draw.uniform(), source, about, _day(about, draw))
    return pages


def _day(season: int, draw: Draw) -> date:
    return date(season - 1, FIRST_MONTH, 1) + timedelta(days=int(DAYS_OF_A_SEASON * draw.uniform()))


def _is_known(mix: FieldMix, page: Page, clarity: float) -> bool:
    """Fields of a page are known together: the best known first."""
    return page.known < logistic(logit(mix.known) + mix.slope * clarity)


def _in_season(name: str, value: str, seasons: int) -> str:
    """Move a date by whole seasons; other values hold in every season."""
    if BY_NAME[name].kind is not Kind.DATE:
        return value
    day = date.fromisoformat(value)
    return day.replace(year=day.year + seasons).isoformat()


def _statements(mix: FieldMix, value: str, page: Page, draw: Draw, tables: DemoTables) -> Iterator[Statement]:
    """Yield an older statement now and then, the main one, and what other sources say beside it."""
    if draw.chance(tables.parameters["history_share"]):
        earlier = page.season - 1
        before = other_value(mix.field, value, draw, tables) if draw.chance(CHANGED_SINCE) else value
        yield page.source, earlier, _day(earlier, draw), _in_season(mix.field, before, -1)
    yield page.source, page.season, page.as_of, value
    for source, said in _others(mix, value, page, draw, tables):
        yield source, page.season, _day(page.season, draw), said


def _others(mix: FieldMix, value: str, page: Page, draw: Draw, tables: DemoTables) -> Iterator[tuple[SourceMix, str]]:
    """Yield a trusted source that contradicts a trusted one (a conflict), or an aggregator that does (outranked) or agrees."""
    by_rank = {SourceRank(source.rank): source for source in tables.sources}
    trusted = [by_rank[SourceRank.PROGRAM], by_rank[SourceRank.OFFICIAL]]
    aggregator = by_rank[SourceRank.AGGREGATOR]
    if page.source not in trusted:
        return
    # One draw decides, so that each of the shares holds whatever the others are.
    place = draw.uniform()
    if place < mix.conflict:
        yield trusted[0] if page.source is trusted[1] else trusted[1], other_value(mix.field, value, draw, tables)
    elif place < mix.conflict + mix.contradiction:
        yield aggregator, other_value(mix.field, value, draw, tables)
    elif place < mix.conflict + mix.contradiction + tables.parameters["agreement_share"]:
        yield aggregator, value


def _url(source: SourceMix, truth: Truth) -> str:
    """The program's own page for the best rank, else the source's page on it."""
    return truth.values["website"] if source.rank == SourceRank.PROGRAM else f"{source.url}{truth.key}"


def _strictness(mix: FieldMix, place: float) -> str:
    if not BY_NAME[mix.field].requirement:
        return ""
    if place < mix.strict:
        return Strictness.STRICT.value
    return (Strictness.PREFERRED if place < mix.strict + mix.preferred else Strictness.UNCLEAR).value


def other_value(name: str, value: str, draw: Draw, tables: DemoTables) -> str:
    """Make a value of the same field that differs from `value`; free text stays as it is."""
    field = BY_NAME[name]
    if field.kind is Kind.TEXT:
        return value
    if field.kind is Kind.YES_NO:
        return NO if value == YES else YES
    if field.kind is Kind.SHARE:
        share = float(value)
        return format_value(field, round(share - SHARE_STEP if share > 0.5 else share + SHARE_STEP, 2))
    others = [choice for choice, _ in field.choices if choice != value] or [mix.value for mix in tables.values.get(name, ()) if mix.value != value]
    if field.kind is Kind.DATE:
        return (date.fromisoformat(value) - timedelta(days=14)).isoformat()
    if others:
        return draw.pick(others, [1.0] * len(others))
    return str(int(value) + NUMBER_STEP)
