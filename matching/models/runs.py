"""A recompute and its parts. Their state lives here, never in the broker (docs/adr/0001)."""

from django.db import models
from django.db.models import Q

from matching.choices import UNFINISHED, ChunkState, RunState


class RecomputeRun(models.Model):
    """Brings every stored result to one data version. `touched` is as in DataVersion, over all versions since the last run; None: everything."""

    data_version = models.PositiveBigIntegerField()
    engine = models.CharField(max_length=64)
    season = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=200)
    started_by = models.CharField(max_length=254)
    touched = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    profiles = models.PositiveIntegerField(default=0)
    profiles_done = models.PositiveIntegerField(default=0)
    notices = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True, help_text="When a worker last finished a part.")
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            # One run at a time: a newer one supersedes the unfinished one in the same transaction.
            models.UniqueConstraint(models.Value(1), condition=Q(state__in=sorted(UNFINISHED)), name="one_unfinished_run"),
        )

    def __str__(self) -> str:
        return f"run {self.pk} for version {self.data_version}: {self.state}"


class RecomputeChunk(models.Model):
    """Some profiles of a run. `lease` names the worker's attempt; only who holds it may finish the chunk."""

    run = models.ForeignKey(RecomputeRun, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    profile_ids = models.JSONField()
    state = models.CharField(max_length=7, choices=ChunkState, default=ChunkState.WAITING)
    lease = models.CharField(max_length=36, blank=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "number"), name="one_chunk_per_number"),)

    def __str__(self) -> str:
        return f"run {self.run_id}, part {self.number}: {self.state}"
