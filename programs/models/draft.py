"""A file on its way to become an import: uploaded, its columns named, looked at. Nothing of it counts yet."""

from django.db import models

from programs.choices import SourceRank
from programs.models.fact import ImportBatch


class ImportDraft(models.Model):
    """A file and what its admin said about it. `programs.imports.drafts` is the only writer.

    `meanings` is {place of a column from 0, as text: key of a Meaning, "" to leave it out}. The preview is what `apply` writes:
    `preview_digest` names it, `preview_version` is the data version it was made for, `summary` is what its page shows at once,
    and `plan` the rest, packed. All four are empty until somebody has looked, and again when a setting changes.
    """

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=254)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    data = models.BinaryField()  # the file, compressed
    header = models.JSONField()
    samples = models.JSONField(default=list)  # the first rows, as lists of cells
    row_count = models.PositiveIntegerField()
    notes = models.JSONField(default=list)

    preset = models.CharField(max_length=20)
    meanings = models.JSONField(default=dict)
    source_name = models.CharField(max_length=120, blank=True)
    rank = models.PositiveSmallIntegerField(choices=SourceRank, null=True)
    licence = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=300, blank=True)
    season = models.PositiveSmallIntegerField()
    as_of = models.DateField(null=True)
    # Keys of programs that the file no longer has and that its admin wants marked closed.
    close = models.JSONField(default=list)

    previewed_at = models.DateTimeField(null=True)
    preview_version = models.PositiveBigIntegerField(null=True)
    preview_digest = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(default=dict)
    plan = models.BinaryField(null=True)

    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, related_name="draft", null=True)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name


class ColumnMemory(models.Model):
    """What a column of a source's files meant the last time somebody said so."""

    source_name = models.CharField(max_length=120)
    header = models.CharField(max_length=200, help_text="As columns.plain_name gives it.")
    meaning = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source_name", "header"), name="one_meaning_per_column_and_source"),)

    def __str__(self) -> str:
        return f"{self.source_name}: {self.header}"
