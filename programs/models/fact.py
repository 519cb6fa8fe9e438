"""Facts: who said what about a program, when. Append-only."""

from django.db import models

from programs.choices import SourceRank, Strictness
from programs.fields import FIELDS
from programs.models.program import Program


class Source(models.Model):
    """Somebody who states facts, with their rank and what we may do with the data."""

    name = models.CharField(max_length=120, unique=True)
    rank = models.PositiveSmallIntegerField(choices=SourceRank)
    url = models.URLField(max_length=300, blank=True)
    licence = models.CharField(max_length=300, blank=True, help_text="Licence, or who gave permission and when.")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("rank", "name")

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file that was applied, so that every fact can say which. Undone at most, never deleted."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    preset = models.CharField(max_length=20)
    season = models.PositiveSmallIntegerField(help_text="Match year.")
    as_of = models.DateField()
    licence = models.CharField(max_length=300, blank=True, help_text="What allows us to use this file.")
    applied_at = models.DateTimeField(auto_now_add=True)
    applied_by = models.CharField(max_length=254)
    counts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ("-applied_at", "-id")

    def __str__(self) -> str:
        return f"{self.file_name} ({self.applied_at:%Y-%m-%d})"


class Fact(models.Model):
    """One statement about one field of one program. Never changed; withdrawn at most.

    An import brings some hundred thousand at once, and databases check each foreign key of each row one by one: half of
    the time it takes. The one function that writes facts has just looked its keys up, under the writers' lock, so they
    are not checked again (docs/adr/0007 has the figures).
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="facts", db_constraint=False)
    field = models.CharField(max_length=30, choices=[(field.name, field.label) for field in FIELDS])
    value = models.CharField(max_length=200, help_text="Canonical text, see programs.fields.")
    strictness = models.CharField(max_length=9, choices=Strictness, blank=True, help_text="Requirements only.")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="facts", db_constraint=False, db_index=False)
    as_of = models.DateField()
    season = models.PositiveSmallIntegerField(help_text="Match year the statement is about.")
    quote = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=300, blank=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="facts", null=True, db_constraint=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("program", "field", "-as_of", "-id")

    def __str__(self) -> str:
        return f"{self.field} = {self.value}"


class FactIndex(models.Model):
    """What each source last said about each field of one program: `programs.said`, made from the live facts alone."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, primary_key=True, related_name="fact_index")
    said = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"facts of program {self.program_id}"


class DataVersion(models.Model):
    """A counter of changes to program data. Whoever caches program data keys it by the newest one."""

    created_at = models.DateTimeField(auto_now_add=True)
    cause = models.CharField(max_length=200)
    # {program id as text: names of the fields whose current value or state changed, "" for its identity or tracks}.
    # None: anything may have changed, as with new reference tables.
    touched = models.JSONField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"version {self.pk}: {self.cause}"
