"""Reads that have a name."""

from programs.models import DataVersion, Program


def demonstration_loaded() -> bool:
    """Is any invented program in the database?"""
    return Program.objects.filter(is_demo=True).exists()


def data_version() -> int:
    """The number of the newest change to program data; 0 before the first."""
    return DataVersion.objects.order_by("-id").values_list("id", flat=True).first() or 0
