"""What is on record becomes statements of its own, so that resolution finds it: programs, tracks with their years, facts by source."""

from django.db import migrations
from django.utils import timezone

SOME = 500


def chunked(ids):
    return (ids[start : start + SOME] for start in range(0, len(ids), SOME))


def state_programs(apps, today):
    Program, ProgramStatement = apps.get_model("programs", "Program"), apps.get_model("programs", "ProgramStatement")
    for some in chunked(list(Program.objects.order_by("id").values_list("id", flat=True))):
        ProgramStatement.objects.bulk_create(
            ProgramStatement(
                program_id=program.pk,
                as_of=today,
                about=today.year,
                name=program.name,
                city=program.city,
                state=program.state_id or "",
                acgme_id=program.acgme_id or "",
                nrmp_institution=program.nrmp_institution or "",
                closed_on=program.closed_on,
            )
            for program in Program.objects.filter(id__in=some).only("name", "city", "state_id", "acgme_id", "nrmp_institution", "closed_on")
        )


def state_tracks(apps, today):
    """One statement for each track and source; a track without years is stated by nobody in particular."""
    Track, TrackStatement = apps.get_model("programs", "Track"), apps.get_model("programs", "TrackStatement")
    for some in chunked(list(Track.objects.order_by("id").values_list("id", flat=True))):
        rows = []
        for track in Track.objects.filter(id__in=some).prefetch_related("years__batch"):
            by_source = {}
            for year in track.years.all():
                by_source.setdefault((year.source_id, year.batch_id), []).append(year)
            for (source_id, batch_id), years in by_source.items() or [((None, None), [])]:
                batch = years[0].batch if years else None
                rows.append(
                    TrackStatement(
                        program_id=track.program_id,
                        source_id=source_id,
                        batch_id=batch_id,
                        as_of=batch.as_of if batch else today,
                        about=max((year.year for year in years), default=today.year),
                        nrmp_code=track.nrmp_code,
                        name=track.name,
                        track_type=track.track_type,
                        years={str(year.year): [year.quota, year.matched] for year in years},
                    )
                )
        TrackStatement.objects.bulk_create(rows)


def index_facts(apps):
    """Of each source the latest live statement about each field, as `programs.said` stores it."""
    Fact, FactIndex = apps.get_model("programs", "Fact"), apps.get_model("programs", "FactIndex")
    stated = Fact.objects.order_by("program_id").values_list("program_id", flat=True).distinct()
    for some in chunked(list(stated)):
        latest = {program_id: {} for program_id in some}
        live = Fact.objects.filter(program_id__in=some, withdrawn_at=None).order_by("as_of", "id")
        for program_id, field, source_id, *rest in live.values_list("program_id", "field", "source_id", "value", "strictness", "as_of", "season"):
            latest[program_id][field, source_id] = rest
        FactIndex.objects.bulk_create(FactIndex(program_id=program_id, said=packed(said)) for program_id, said in latest.items())


def packed(latest):
    groups = {}
    for (field, source_id), (value, strictness, as_of, season) in sorted(latest.items()):
        groups.setdefault((source_id, as_of.isoformat(), season), {})[field] = [value, strictness] if strictness else value
    return [[*key, groups[key]] for key in sorted(groups)]


def forwards(apps, schema_editor):
    today = timezone.localdate()
    state_programs(apps, today)
    state_tracks(apps, today)
    index_facts(apps)


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_fact_index")]
    # Backwards there is nothing to do: the tables go, and the current values are where they were.
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
