"""What a person may do. Pure: no models, no request."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing that can be allowed. Views ask for these, never for a role."""

    PROFILE_EDIT = "profile.edit"
    PROFILE_VIEW = "profile.view"
    PROGRAMS_IMPORT = "programs.import"
    FACTS_DECIDE = "facts.decide"
    RECOMPUTE_RUN = "recompute.run"


class Role(StrEnum):
    """Who somebody is to SmartPick. A visitor without an account is an applicant."""

    APPLICANT = "applicant"
    ADVISOR = "advisor"
    DATA_ADMIN = "data_admin"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # An applicant reads and changes the profile that is theirs.
    Role.APPLICANT: frozenset({Permission.PROFILE_VIEW, Permission.PROFILE_EDIT}),
    # An advisor reads the profiles of mentees who accepted.
    Role.ADVISOR: frozenset({Permission.PROFILE_VIEW}),
    # A data admin brings program data, settles what is disputed, has results brought up to date, and sees no applicant.
    Role.DATA_ADMIN: frozenset({Permission.PROGRAMS_IMPORT, Permission.FACTS_DECIDE, Permission.RECOMPUTE_RUN}),
}
