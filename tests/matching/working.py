"""What tests of My list do on the page, and read from it."""

import re

from django.utils.html import strip_tags

from matching.models import ListEntry, ProgramList
from matching.services.editing import change_list
from tests.matching.recomputing import key

LIST, EDIT, TARGET = "/list/", "/list/edit/", "/list/target/"
HTMX = {"HX-Request": "true"}


def words(response):
    return " ".join(strip_tags(response.content.decode()).replace("&#x27;", "'").split())


def rows(response):
    """The rows of the page as text."""
    return [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in re.findall(r'<li class="entry".*?</li>', response.content.decode(), re.DOTALL)]


def numbers(response):
    """The programs of the rows, by number, in order."""
    return [int(one[-5:]) for one in re.findall(r'<li class="entry" id="program-(\d+)"', response.content.decode())]


def totals(response):
    """The line of totals."""
    line = re.search(r'<p class="totals__line">(.*?)</p>', response.content.decode(), re.DOTALL)[1]
    return " ".join(strip_tags(line).split())


def edited(owner, **by_number):
    """Change entries: edited(owner, n1={"note": "x"})."""
    edits = {key(int(name[1:])): fields for name, fields in by_number.items()}
    return change_list(by="visitor", profile=owner, match_year=2027, edits=edits, said="changed")


def press(client, do, tick=(), query="", **more):
    """Press a button of the page as it is now."""
    seen = more.pop("seen", None)
    version = ProgramList.objects.values_list("version", flat=True).first() if seen is None else seen
    return client.post(f"{EDIT}{query}", {"do": do, "tick": [key(number) for number in tick], "seen": version, **more})


def standings(owner):
    found = ListEntry.objects.filter(list__profile=owner).order_by("program__key").values_list("program__key", "standing")
    return {int(program_key[-5:]): standing for program_key, standing in found}
