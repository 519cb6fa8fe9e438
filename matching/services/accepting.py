"""Take a proposed list over, whole or entry by entry, as one change."""

from collections.abc import Collection, Mapping

from applicants.models import Profile
from applicants.queries import profile_data
from matching.choices import Standing
from matching.models import ProgramList
from matching.services.build import Proposal
from matching.services.editing import Edits, change_list, locked_profile, refuse_other_season
from matching.services.entry_fields import ListError
from matching.services.locks import writing_results
from programs.queries import data_version


class StaleProposalError(ListError):
    """The list, the profile or the program data changed since the proposal was worked out. Nothing was written."""


STALE = "Your list, your profile or the program data changed since this proposal was made, so nothing was taken over. Here it is anew: look at it again."


def accept(
    *,
    by: str,
    profile: Profile,
    match_year: int,
    proposal: Proposal,
    seen: str,
    add: Collection[str],
    off: Collection[str],
    reasons: Mapping[str, str],
    as_suggestions: bool = False,
) -> ProgramList:
    """Put the programs `add` of a proposal on the list and take `off` from it, as one change, which Undo takes back.

    `seen` is the digest of the proposal that the reader had, `reasons` says in words why each program comes. `as_suggestions`: nothing goes, and
    what comes is only suggested. Keys that are no part of the proposal are passed over. Raises StaleProposalError where the reader had another
    one, or where list, profile or data changed since; ListError where nothing is chosen, and as `change_list`.
    """
    refuse_other_season(match_year)
    standing = Standing.SUGGESTED if as_suggestions else Standing.ADDED
    coming = [pick.key for pick in proposal.added if pick.key in add]
    going = [line.key for line, _ in proposal.off if line.key in off and not as_suggestions]
    if seen != proposal.digest:
        raise StaleProposalError(STALE)
    if not coming and not going:
        raise ListError("Nothing was chosen, so the list stays as it is: tick at least one program.")
    edits: Edits = {key: {"standing": standing, "reason": reasons.get(key, "")} for key in coming} | dict.fromkeys(going)
    with writing_results():
        profile = locked_profile(profile)
        now = ProgramList.objects.filter(profile=profile, season=match_year).values_list("version", flat=True).first() or 0
        stands = (now, data_version(), profile_data(profile))
        if stands != (proposal.workspace.saved.version, proposal.data_version, proposal.workspace.profile):
            raise StaleProposalError(STALE)
        return change_list(by=by, profile=profile, match_year=match_year, edits=edits, said=_said(len(coming), len(going), as_suggestions), verb="list:build")


def _said(coming: int, going: int, as_suggestions: bool) -> str:
    """What was done, in words."""
    if as_suggestions:
        return f"Proposal kept as suggestions: {coming}"
    parts = [f"{coming} added" if coming else "", f"{going} taken off" if going else ""]
    return f"Proposal taken over: {', '.join(part for part in parts if part)}"
