"""What a reader says is wrong, with a link as evidence, until a data admin has looked."""

import uuid

from django.db import models
from django.db.models import Q

from programs.choices import CorrectionState, Strictness
from programs.fields import FIELDS
from programs.models.fact import Fact
from programs.models.program import Program


class Correction(models.Model):
    """A suggested value of one field. Accepted, it becomes a fact with its source; declined, it carries the reason."""

    # The suggester follows it by this, with no account.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=30, choices=[(field.name, field.label) for field in FIELDS])
    value = models.CharField(max_length=200, help_text="Canonical text, see programs.fields.")
    strictness = models.CharField(max_length=9, choices=Strictness, blank=True)
    url = models.URLField(max_length=300)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Keyed hash of the address it came from: counts suggestions, tells nobody who it was.
    sender = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=8, choices=CorrectionState, default=CorrectionState.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=254, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    fact = models.OneToOneField(Fact, on_delete=models.SET_NULL, null=True, related_name="correction")

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | Q(~Q(state="open"), decided_at__isnull=False), name="decided_has_a_date"
            ),
            models.CheckConstraint(condition=~Q(state="declined", reason=""), name="declined_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.program_id} {self.field} = {self.value}"
