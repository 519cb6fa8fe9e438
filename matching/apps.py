from django.apps import AppConfig
from django.core.checks import register


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        # Imported late: apps load before their modules may be imported.
        from matching.checks import evidence_tables  # noqa: PLC0415

        register(evidence_tables)
