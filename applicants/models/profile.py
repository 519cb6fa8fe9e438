"""The profile and what hangs on it. `applicants.services` is the only writer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applicants.choices import ApplicantType, EcfmgStatus, Exam, Outcome, UsceKind, VisaNeed
from applicants.exam_rules import MAX_FAILED_SITTINGS, SCORED_EXAMS, USMLE_SCALE
from applicants.validators import MAX_USCE_MONTHS


class Profile(models.Model):
    """One applicant. With no owner it belongs to the browser session that holds its id."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="profiles")
    label = models.CharField(max_length=80, blank=True)
    is_demo = models.BooleanField(default=False, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    applicant_type = models.CharField(max_length=10, choices=ApplicantType)
    # Codes, not foreign keys: applicants and programs do not import each other. Validated on entry.
    specialties = models.JSONField(default=list)
    school_country = models.CharField(max_length=60, blank=True)
    graduation_year = models.PositiveSmallIntegerField(null=True)
    sittings_complete = models.BooleanField(default=True)
    failed_attempts = models.PositiveSmallIntegerField(null=True)
    step2_not_passed = models.BooleanField(default=False)
    ecfmg_status = models.CharField(max_length=11, choices=EcfmgStatus, null=True)
    ecfmg_expected = models.DateField(null=True)
    # False: the question was not answered, which is not the same as "none".
    usce_answered = models.BooleanField(default=False)
    letters_answered = models.BooleanField(default=False)
    research_experiences = models.PositiveSmallIntegerField(null=True)
    publications = models.PositiveSmallIntegerField(null=True)
    volunteer_experiences = models.PositiveSmallIntegerField(null=True)
    visa_need = models.CharField(max_length=6, choices=VisaNeed, null=True)
    preferred_states = models.JSONField(default=list)
    ruled_out_states = models.JSONField(default=list)
    ruled_out_program_types = models.JSONField(default=list)
    budget_usd = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(graduation_year__isnull=True) | Q(graduation_year__range=(1950, 2100)), name="graduation_year_is_plausible"),
            models.CheckConstraint(condition=Q(failed_attempts__isnull=True) | Q(failed_attempts__lte=MAX_FAILED_SITTINGS), name="failed_attempts_at_most_12"),
        )

    def __str__(self) -> str:
        return self.label or f"profile {self.pk}"


class ExamSitting(models.Model):
    """One sitting of an exam."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="sittings")
    exam = models.CharField(max_length=13, choices=Exam)
    outcome = models.CharField(max_length=7, choices=Outcome)
    date = models.DateField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=("profile", "order"), name="one_sitting_per_place"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(exam__in=SCORED_EXAMS, score__range=USMLE_SCALE), name="exam_score_is_plausible"),
        )

    def __str__(self) -> str:
        return f"{self.exam} {self.outcome}"


class UsceSpell(models.Model):
    """One spell of U.S. clinical experience."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="usce_spells")
    kind = models.CharField(max_length=14, choices=UsceKind)
    months = models.FloatField()
    specialty = models.CharField(max_length=3, blank=True)
    ended = models.DateField(null=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("order",)
        constraints = (
            models.UniqueConstraint(fields=("profile", "order"), name="one_spell_per_place"),
            models.CheckConstraint(condition=Q(months__gt=0, months__lte=MAX_USCE_MONTHS), name="usce_months_are_plausible"),
        )

    def __str__(self) -> str:
        return f"{self.kind}, {self.months:g} months"


class Letter(models.Model):
    """One letter of recommendation."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="letters")
    from_us = models.BooleanField()
    specialty = models.CharField(max_length=3, blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("order",)
        constraints = (models.UniqueConstraint(fields=("profile", "order"), name="one_letter_per_place"),)

    def __str__(self) -> str:
        return "U.S. letter" if self.from_us else "letter"
