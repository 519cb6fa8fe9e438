"""Programs and tracks. The columns are current values; facts and statements are their history."""

from django.db import models
from django.db.models import F, Q

from programs.choices import EcfmgBy, ProgramType, Setting, TrackType
from programs.models.reference import Specialty, State


class Program(models.Model):
    """One ACGME-accredited program; applicants apply to it.

    Every column under "current values" is written by `programs.services` alone, from resolved facts.
    None means unknown: nothing is stated, or trusted sources disagree. `field_states` says which.
    """

    key = models.CharField(max_length=20, unique=True, help_text="ACGME id, or nrmp-<institution>-<specialty>.")
    acgme_id = models.CharField(max_length=10, unique=True, null=True)
    nrmp_institution = models.CharField(max_length=4, null=True)
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="programs")
    name = models.CharField(max_length=160)
    city = models.CharField(max_length=80, blank=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="programs", null=True)
    is_demo = models.BooleanField(default=False, db_index=True)
    closed_on = models.DateField(null=True)
    # Every statement that there is such a program was undone. Kept for what hangs on it; shown nowhere.
    is_withdrawn = models.BooleanField(default=False)
    # Type letters of tracks offered in the newest year known, for example "CP". Empty: no track known.
    track_types = models.CharField(max_length=5, blank=True)
    # Unmatched positions as a share of the quota, newest three years known, with that quota and the
    # newest of the years. From tracks, not facts.
    unfilled_share = models.FloatField(null=True)
    unfilled_quota = models.PositiveIntegerField(null=True)
    unfilled_year = models.PositiveSmallIntegerField(null=True)

    # --- current values ---
    accepts_us_img = models.BooleanField(null=True)
    accepts_non_us_img = models.BooleanField(null=True)
    visa_j1 = models.BooleanField(null=True)
    visa_h1b = models.BooleanField(null=True)
    ecfmg_needed_by = models.CharField(max_length=11, choices=EcfmgBy, null=True)
    max_years_since_graduation = models.PositiveSmallIntegerField(null=True)
    step1_pass_needed = models.BooleanField(null=True)
    step1_min = models.PositiveSmallIntegerField(null=True)
    step2_min = models.PositiveSmallIntegerField(null=True)
    step3_needed = models.BooleanField(null=True)
    step3_needed_for_h1b = models.BooleanField(null=True)
    step1_max_attempts = models.PositiveSmallIntegerField(null=True)
    step2_max_attempts = models.PositiveSmallIntegerField(null=True)
    step3_max_attempts = models.PositiveSmallIntegerField(null=True)
    usce_min_months = models.FloatField(null=True)
    usce_hands_on_only = models.BooleanField(null=True)
    letters_min = models.PositiveSmallIntegerField(null=True)
    letters_us_min = models.PositiveSmallIntegerField(null=True)
    letters_specialty_min = models.PositiveSmallIntegerField(null=True)
    share_non_us_img = models.FloatField(null=True)
    share_us_img = models.FloatField(null=True)
    share_img = models.FloatField(null=True)
    share_do = models.FloatField(null=True)
    share_md = models.FloatField(null=True)
    step2_q1 = models.PositiveSmallIntegerField(null=True)
    step2_median = models.PositiveSmallIntegerField(null=True)
    step2_q3 = models.PositiveSmallIntegerField(null=True)
    positions = models.PositiveSmallIntegerField(null=True)
    applications_received = models.PositiveIntegerField(null=True)
    interviews_given = models.PositiveSmallIntegerField(null=True)
    program_type = models.CharField(max_length=21, choices=ProgramType, null=True)
    setting = models.CharField(max_length=8, choices=Setting, null=True)
    underserved_mission = models.BooleanField(null=True)
    holistic_review = models.BooleanField(null=True)
    signals_used = models.BooleanField(null=True)
    deadline = models.DateField(null=True)
    website = models.CharField(max_length=200, null=True)
    # {field: [state, strictness or "", stale]} for every field that has a fact: see resolution.FieldState.
    field_states = models.JSONField(default=dict)

    class Meta:
        ordering = ("name", "key")
        indexes = (models.Index(fields=("specialty", "state"), name="program_specialty_state"),)
        constraints = (
            # Programs known from NRMP codes alone: one per institution and specialty.
            models.UniqueConstraint(
                fields=("nrmp_institution", "specialty"),
                condition=Q(acgme_id__isnull=True, is_withdrawn=False),
                name="one_program_per_institution_and_specialty",
            ),
            models.CheckConstraint(
                condition=Q(acgme_id__isnull=False) | Q(nrmp_institution__isnull=False) | Q(is_withdrawn=True),
                name="program_has_an_identifier",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"


class Track(models.Model):
    """One NRMP code of a program; applicants rank it. Current values: `TrackStatement` is the history they come from."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="tracks")
    nrmp_code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=120)
    track_type = models.CharField(max_length=1, choices=TrackType)

    class Meta:
        ordering = ("nrmp_code",)

    def __str__(self) -> str:
        return f"{self.nrmp_code} {self.name}"


class TrackYear(models.Model):
    """Positions of a track in one Match, as the live statements about the track give them."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    quota = models.PositiveSmallIntegerField()
    matched = models.PositiveSmallIntegerField(null=True)
    source = models.ForeignKey("programs.Source", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey("programs.ImportBatch", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ("-year",)
        constraints = (
            models.UniqueConstraint(fields=("track", "year"), name="one_row_per_track_and_year"),
            models.CheckConstraint(condition=Q(matched__isnull=True) | Q(matched__lte=F("quota")), name="matched_at_most_quota"),
        )

    def __str__(self) -> str:
        return f"{self.track_id} {self.year}"
