"""Reference tables: rules, money, dates and places, each row with its source."""

from django.db import models


class Sourced(models.Model):
    """A row that says where it comes from and as of when."""

    class SourceKind(models.TextChoices):
        PRIMARY = "primary", "the body that makes the rule"
        SECONDARY = "secondary", "somebody quoting it"
        INFERRED = "inferred", "inferred from past seasons"
        PROJECT = "project", "chosen by this project"

    source = models.CharField(max_length=200)
    source_url = models.URLField(max_length=300, blank=True)
    source_kind = models.CharField(max_length=9, choices=SourceKind)
    as_of = models.DateField()

    class Meta:
        abstract = True


class Specialty(Sourced):
    """A specialty; the code is the first three digits of an ACGME id and of an NRMP code's middle."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    # Order in menus: specialties with most non-US IMG applicants first, then the rest by name.
    menu_order = models.PositiveSmallIntegerField(default=999)

    class Meta:
        ordering = ("menu_order", "name")
        verbose_name_plural = "specialties"

    def __str__(self) -> str:
        return self.name


class State(Sourced):
    """A state, district or territory with residency programs."""

    usps = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    division = models.CharField(max_length=30)
    region = models.CharField(max_length=20)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class LicensingLimit(Sourced):
    """Attempts and time that a state's board allows for a licence. Warns, never excludes."""

    state = models.OneToOneField(State, on_delete=models.CASCADE, related_name="licensing_limit")
    max_attempts_each_step = models.PositiveSmallIntegerField(null=True)
    max_attempts_step3 = models.PositiveSmallIntegerField(null=True)
    time_limit_years = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.state_id} licensing limits"


class ApplicationService(Sourced):
    """Which service takes the applications of a specialty from a season on."""

    specialty = models.ForeignKey(Specialty, on_delete=models.CASCADE, related_name="services")
    season = models.PositiveSmallIntegerField(help_text="Match year from which it holds.")
    service = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("specialty", "season"), name="one_service_per_specialty_and_season"),)

    def __str__(self) -> str:
        return f"{self.specialty_id} {self.season}: {self.service}"


class ApplicationFee(Sourced):
    """One step of a fee schedule. Programs are counted per specialty and service."""

    service = models.CharField(max_length=40)
    season = models.PositiveSmallIntegerField()
    from_program = models.PositiveSmallIntegerField()
    to_program = models.PositiveSmallIntegerField(null=True, help_text="Empty: no upper end.")
    fee_usd = models.PositiveSmallIntegerField(null=True, help_text="Empty: not published.")
    flat = models.BooleanField(default=False, help_text="One price for the whole step instead of one per program.")

    class Meta:
        ordering = ("service", "season", "from_program")
        constraints = (models.UniqueConstraint(fields=("service", "season", "from_program"), name="one_fee_per_step"),)

    def __str__(self) -> str:
        return f"{self.service} {self.season} from {self.from_program}"


class SignalLimit(Sourced):
    """How many signals a specialty gives in a season: gold and silver, or single ones."""

    specialty = models.ForeignKey(Specialty, on_delete=models.CASCADE, related_name="signal_limits")
    season = models.PositiveSmallIntegerField()
    gold = models.PositiveSmallIntegerField(null=True)
    silver = models.PositiveSmallIntegerField(null=True)
    single = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("specialty", "season"), name="one_signal_limit_per_season"),
            models.CheckConstraint(
                condition=models.Q(single__isnull=False, gold__isnull=True, silver__isnull=True)
                | models.Q(single__isnull=True, gold__isnull=False, silver__isnull=False),
                name="signals_are_single_or_gold_and_silver",
            ),
        )

    def __str__(self) -> str:
        return f"{self.specialty_id} {self.season} signals"


class CalendarEvent(Sourced):
    """A date of a season; `source_kind` inferred means arithmetic, not an announcement."""

    season = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40, help_text="What the code asks for, such as ranking-closes.")
    service = models.CharField(max_length=40)
    event = models.CharField(max_length=120)
    date = models.DateField()
    time_eastern = models.TimeField(null=True)

    class Meta:
        ordering = ("date", "time_eastern")
        constraints = (models.UniqueConstraint(fields=("season", "key"), name="one_event_per_key_and_season"),)

    def __str__(self) -> str:
        return f"{self.season} {self.event}"
