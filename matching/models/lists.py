"""Saved lists: the programs that an applicant means to apply to, each with its latest result."""

from django.db import models
from django.db.models import Q

from matching.choices import Connection, Signal, Standing, Step


def no_tags() -> list[str]:
    """Where an entry starts."""
    return []


class ProgramList(models.Model):
    """One applicant's list for one season. Whose it is, its profile says.

    `version` rises with every change that a person makes, so that nobody writes over what they have not seen. The three
    shares are the applicant's own target in percent; null: the published one (engine/evidence/balance.csv).
    """

    profile = models.ForeignKey("applicants.Profile", on_delete=models.CASCADE, related_name="lists")
    season = models.PositiveSmallIntegerField(help_text="Match year.")
    created_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(null=True, help_text="When its owner last looked at what changed.")
    version = models.PositiveIntegerField(default=0)
    target_reach = models.PositiveSmallIntegerField(null=True)
    target_middle = models.PositiveSmallIntegerField(null=True)
    target_safer = models.PositiveSmallIntegerField(null=True)
    shares_outcomes = models.BooleanField(default=False, help_text="Whether invitations and matches count, without names, in what others see.")
    feed_token = models.CharField(max_length=43, null=True, unique=True, help_text="Opens the calendar feed to whoever holds it; null: there is no feed.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("profile", "season"), name="one_list_per_profile_and_season"),
            models.CheckConstraint(
                condition=Q(target_reach__isnull=True, target_middle__isnull=True, target_safer__isnull=True)
                | Q(target_reach=100 - models.F("target_middle") - models.F("target_safer")),
                name="list_targets_make_a_hundred",
            ),
        )

    def __str__(self) -> str:
        return f"list {self.pk}, {self.season}"


class ListEntry(models.Model):
    """One program on a list. Results are those of `data_version`, null before the first one, and where the program is not ranked.

    `tier` is a code of matching.engine.Tier, chances are probabilities of an interview, `excluded_by` holds bits of
    matching.engine.Criterion. They leave out what only the applicant knows: connection and signal (matching.services.workspace adds
    them). `position` is the applicant's own order, `version` rises with every change that a person makes. The `stated` chances are
    those shown when the application was sent, to be held against what came of it.
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

    standing = models.CharField(max_length=9, choices=Standing, default=Standing.ADDED)
    position = models.PositiveIntegerField(default=0)
    note = models.TextField(max_length=2000, blank=True)
    tags = models.JSONField(default=no_tags)
    connection = models.CharField(max_length=8, choices=Connection, default=Connection.NONE)
    signal = models.CharField(max_length=6, choices=Signal, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was suggested, or put on by a proposal.")
    rank = models.PositiveSmallIntegerField(null=True, help_text="Place on the rank list.")
    stated_chance = models.FloatField(null=True)
    stated_low = models.FloatField(null=True)
    stated_high = models.FloatField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("list", "program"), name="one_entry_per_program"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="entry_standing_is_known"),
            models.CheckConstraint(condition=Q(connection__in=Connection.values), name="entry_connection_is_known"),
            models.CheckConstraint(condition=Q(signal__in=["", *Signal.values]), name="entry_signal_is_known"),
            models.CheckConstraint(
                condition=Q(chance__isnull=True, low__isnull=True, high__isnull=True) | Q(chance__range=(0, 1), low__range=(0, 1), high__range=(0, 1)),
                name="entry_chances_are_probabilities",
            ),
        )

    def __str__(self) -> str:
        return f"{self.list_id}: program {self.program_id}"


class SeasonStep(models.Model):
    """Something that happened with one application, or is to happen: an interview has a date, and mostly a time, before it takes place."""

    entry = models.ForeignKey(ListEntry, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=11, choices=Step)
    on = models.DateField(null=True, help_text="Null: the day is not known.")
    at = models.TimeField(null=True, help_text="Local time at the program, where one is known.")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("entry", "on", "pk")
        constraints = (
            models.UniqueConstraint(fields=("entry", "step"), name="one_step_of_a_kind_per_entry"),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="season_step_is_known"),
        )

    def __str__(self) -> str:
        return f"entry {self.entry_id}: {self.step}"


class ListChange(models.Model):
    """One change of a list by a person, with both sides, so that it can be undone and read again.

    `before` and `after` are {program key: fields of the entry, or null where there was no entry}: see matching.services.editing.
    `version` is that of the list after it.
    """

    list = models.ForeignKey(ProgramList, on_delete=models.CASCADE, related_name="changes")
    by = models.CharField(max_length=254)
    version = models.PositiveIntegerField()
    said = models.CharField(max_length=300, help_text="What was done, in words.")
    before = models.JSONField()
    after = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=("list", "version"), name="one_change_per_version_of_a_list"),)

    def __str__(self) -> str:
        return self.said


class Scenario(models.Model):
    """A profile that might be, kept under a name. `answers` is a whole profile as applicants.profile_json writes it.

    `token` opens it to whoever holds the link; null: it is not shared.
    """

    profile = models.ForeignKey("applicants.Profile", on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(max_length=80)
    answers = models.JSONField()
    token = models.CharField(max_length=43, null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("profile", "name"), name="one_scenario_per_name"),)

    def __str__(self) -> str:
        return self.name
