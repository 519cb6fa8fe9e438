"""What changed on a saved list, and why."""

from django.db import models

from matching.choices import ChangeKind


class ChangeNotice(models.Model):
    """One program of one list changed with one data version. Written once, by the recompute that found it.

    Name and key of the program are kept as they were told. Tiers are codes of matching.engine.Tier, null where not ranked.
    """

    list = models.ForeignKey("matching.ProgramList", on_delete=models.CASCADE, related_name="notices")
    program = models.ForeignKey("programs.Program", on_delete=models.SET_NULL, null=True, related_name="+")
    program_key = models.CharField(max_length=20)
    program_name = models.CharField(max_length=160)
    data_version = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=8, choices=ChangeKind)
    cause = models.CharField(max_length=300)
    tier_before = models.SmallIntegerField(null=True)
    tier_after = models.SmallIntegerField(null=True)
    chance_before = models.FloatField(null=True)
    chance_after = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("list", "program_key", "data_version"), name="one_notice_per_program_and_version"),)

    def __str__(self) -> str:
        return f"{self.program_name}: {self.kind}"
