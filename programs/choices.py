"""The words that program data is kept in. Pure apart from Django's enum base."""

from django.db.models import IntegerChoices, TextChoices


class Strictness(TextChoices):
    """How firmly a program states a requirement. Only a strict one excludes."""

    STRICT = "strict", "strict"
    PREFERRED = "preferred", "preferred"
    UNCLEAR = "unclear", "not said how firm"


class SourceRank(IntegerChoices):
    """Who outranks whom where sources differ; the lower number wins."""

    PROGRAM = 1, "the program's own page or letter"
    OFFICIAL = 2, "official publication"
    VERIFIED = 3, "verified by staff"
    AGGREGATOR = 4, "aggregator"
    COMMUNITY = 5, "community report"


# Two of these that disagree make a conflict; the others are simply outranked.
TRUSTED_RANKS = frozenset({SourceRank.PROGRAM, SourceRank.OFFICIAL, SourceRank.VERIFIED})


class FactState(TextChoices):
    """What resolution says about one field of one program."""

    KNOWN = "known", "known"
    UNKNOWN = "unknown", "unknown"
    CONFLICT = "conflict", "sources disagree"


class CorrectionState(TextChoices):
    """How far a suggested correction has come."""

    OPEN = "open", "waiting"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"


class ProgramType(TextChoices):
    UNIVERSITY = "university", "University"
    AFFILIATED = "university_affiliated", "University-affiliated"
    COMMUNITY = "community", "Community"
    MILITARY = "military", "Military"


class Setting(TextChoices):
    URBAN = "urban", "Urban"
    SUBURBAN = "suburban", "Suburban"
    RURAL = "rural", "Rural"


class EcfmgBy(TextChoices):
    """The stage of the season by which ECFMG certification is asked for, earliest first."""

    APPLICATION = "application", "by the application"
    INTERVIEW = "interview", "by the interview"
    RANKING = "ranking", "by ranking"
    START = "start", "by the start of training"


class TrackType(TextChoices):
    """The eighth character of an NRMP code."""

    CATEGORICAL = "C", "categorical"
    PRIMARY_CARE = "M", "primary care"
    PRELIMINARY = "P", "preliminary"
    ADVANCED = "A", "advanced"
    RESERVED = "R", "reserved for physicians with U.S. training"


# R tracks need prior U.S. training: never on a default IMG list.
OPEN_TRACK_TYPES = frozenset(TrackType) - {TrackType.RESERVED}
# Tracks that train for the whole specialty, alone or after a preliminary year.
FULL_TRACK_TYPES = frozenset({TrackType.CATEGORICAL, TrackType.PRIMARY_CARE, TrackType.ADVANCED})
