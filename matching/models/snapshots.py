"""Stored results: one packed row per profile and specialty, never a row per pair."""

from django.db import models


class Anchoring(models.Model):
    """The national level of one specialty over the programs of one data version, as `engine.anchor` gave it.

    Kept while few programs change, so that a small refresh moves what it touches and nothing else. `touched` counts the
    programs changed since; `engine` names the engine and its tables, `numbers` holds what the model needs beside them.
    """

    specialty = models.CharField(max_length=3)
    season = models.PositiveSmallIntegerField()
    engine = models.CharField(max_length=64)
    data_version = models.PositiveBigIntegerField()
    programs = models.PositiveIntegerField()
    touched = models.PositiveIntegerField(default=0)
    numbers = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("specialty", "season"), name="one_anchoring_per_specialty_and_season"),)

    def __str__(self) -> str:
        return f"{self.specialty} {self.season}, version {self.data_version}"


class ProgramOrder(models.Model):
    """The programs of one specialty in the order that packed arrays follow: ids as little-endian int64."""

    specialty = models.CharField(max_length=3)
    digest = models.CharField(max_length=64, help_text="SHA-256 of `ids`.")
    ids = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("specialty", "digest"), name="one_order_per_specialty_and_digest"),)

    def __str__(self) -> str:
        return f"{self.specialty} {self.digest[:8]}"


class ScoreSnapshot(models.Model):
    """One applicant's results over one specialty, packed as matching.packing says, in program order of one data version."""

    profile = models.ForeignKey("applicants.Profile", on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    specialty = models.CharField(max_length=3)
    data_version = models.PositiveBigIntegerField()
    engine = models.CharField(max_length=64)
    order = models.ForeignKey(ProgramOrder, on_delete=models.PROTECT, related_name="snapshots")
    applicant = models.BinaryField()  # the engine's row of the profile, so that a refresh need not read profiles again
    chance = models.BinaryField()  # uint16 fixed point
    low = models.BinaryField()
    high = models.BinaryField()
    tier = models.BinaryField()  # int8
    excluded = models.BinaryField()  # bits of Criterion

    class Meta:
        constraints = (models.UniqueConstraint(fields=("profile", "specialty"), name="one_snapshot_per_profile_and_specialty"),)

    def __str__(self) -> str:
        return f"profile {self.profile_id}, {self.specialty}, version {self.data_version}"
