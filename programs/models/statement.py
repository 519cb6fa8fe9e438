"""Who said that a program or a track exists, and what it is called: the history behind `Program`, `Track` and `TrackYear`."""

from django.db import models

from programs.choices import TrackType
from programs.models.fact import ImportBatch, Source
from programs.models.program import Program


class Statement(models.Model):
    """What both kinds share. Append-only; withdrawn at most. No batch: not from a file, and never withdrawn."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", null=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="+", null=True)
    as_of = models.DateField()
    # Match year the statement is about: of NRMP results the newest in the file.
    about = models.PositiveSmallIntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class ProgramStatement(Statement):
    """A source names a program. Blank and None say nothing."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="statements")
    name = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    acgme_id = models.CharField(max_length=10, blank=True)
    nrmp_institution = models.CharField(max_length=4, blank=True)
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.program_id}: {self.name}"


class TrackStatement(Statement):
    """A source names a track of a program and its positions. The track is known by its code: its row comes and goes with these."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="track_statements")
    nrmp_code = models.CharField(max_length=9, db_index=True)
    name = models.CharField(max_length=120, blank=True)
    track_type = models.CharField(max_length=1, choices=TrackType)
    # {Match year as text: [quota, matched or None]}
    years = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.nrmp_code} {self.name}"
