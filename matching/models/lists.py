"""Saved lists: the programs that an applicant means to apply to, each with its latest result."""

from django.db import models
from django.db.models import Q


class ProgramList(models.Model):
    """One applicant's list for one season. Whose it is, its profile says."""

    profile = models.ForeignKey("applicants.Profile", on_delete=models.CASCADE, related_name="lists")
    season = models.PositiveSmallIntegerField(help_text="Match year.")
    created_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(null=True, help_text="When its owner last looked at what changed.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("profile", "season"), name="one_list_per_profile_and_season"),)

    def __str__(self) -> str:
        return f"list {self.pk}, {self.season}"


class ListEntry(models.Model):
    """One program on a list. Results are those of `data_version`, null before the first one, and where the program is not ranked.

    `tier` is a code of matching.engine.Tier, chances are probabilities of an interview, `excluded_by` holds bits of
    matching.engine.Criterion.
    """

    list = models.ForeignKey(ProgramList, on_delete=models.CASCADE, related_name="entries")
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    tier = models.SmallIntegerField(null=True)
    chance = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    excluded_by = models.PositiveBigIntegerField(default=0)
    data_version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("list", "program"), name="one_entry_per_program"),
            models.CheckConstraint(
                condition=Q(chance__isnull=True, low__isnull=True, high__isnull=True) | Q(chance__range=(0, 1), low__range=(0, 1), high__range=(0, 1)),
                name="entry_chances_are_probabilities",
            ),
        )

    def __str__(self) -> str:
        return f"{self.list_id}: program {self.program_id}"
