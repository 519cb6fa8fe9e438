"""How often something may be tried. Counted in Django's cache, so no database is asked.

The cache lives in the memory of one process: with N processes there are up to N times as many tries, and a restart forgets
them. It slows down whoever guesses from few addresses; it does not stop somebody who has many.
"""

import hashlib
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

IPV6_NETWORK = 64  # bits; a home or an office gets at least that many addresses to itself


@dataclass(frozen=True)
class Limit:
    """At most `tries` of `what` in `seconds`, counted from the first one."""

    what: str
    tries: int
    seconds: int

    def allows(self, *who: str) -> bool:
        """Count a try by `who`, and say whether it is within the limit."""
        key = self._key(who)
        cache.add(key, 0, self.seconds)
        try:
            return cache.incr(key) <= self.tries
        except ValueError:  # it ran out between the two calls
            cache.set(key, 1, self.seconds)
            return True

    def forget(self, *who: str) -> None:
        """Start counting `who` anew."""
        cache.delete(self._key(who))

    def _key(self, who: tuple[str, ...]) -> str:
        """A name of fixed length without odd characters, whatever people type."""
        return f"throttle:{self.what}:{hashlib.sha256(repr(who).encode()).hexdigest()}"


def client_address(request: HttpRequest) -> str:
    """Where `request` comes from: an IPv4 address, or the network of an IPv6 one; "" where that cannot be told."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:  # only the last entry is the proxy's own word; the others are the visitor's
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2]
    try:
        found = ip_address(address.strip())
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> IPV6_NETWORK << IPV6_NETWORK))
