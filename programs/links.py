"""Addresses that people give as evidence. Pure."""

from urllib.parse import urlsplit

from programs.limits import LONGEST_URL

SCHEMES = ("https", "http")


def host(url: str) -> str:
    """The host of an address as people know it, such as "medicine.example.edu"; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def problem(url: str) -> str:
    """What is wrong with an address given as evidence, with the remedy; "" where it can be used."""
    if len(url) > LONGEST_URL:
        return f"The address is longer than {LONGEST_URL} characters: give the page without what follows the question mark."
    if not url.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)) or not host(url):
        return "Give the whole address of the page, beginning with https://."
    if "@" in urlsplit(url).netloc:
        return "Leave out the user name before the @ sign: the link is shown to others."
    return ""
