"""Whether a server on the internet can reach a URL, judged by its host; nothing is looked up."""

import re
from functools import lru_cache
from typing import Final

_HOST: Final = re.compile(r"https?://(?:[^/@?#\s]*@)?(\[[^\]]*\]|[^/:?#\s]+)", re.IGNORECASE)
_THIS_MACHINE: Final = frozenset({"localhost", "host.docker.internal"})
# RFC 6762 and 8375 reserve `.local` and `.home.arpa`, ICANN `.internal`; the others are common on private networks.
_PRIVATE_ENDINGS: Final = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa")

_OWNERS: Final = (
    *("your", "votre", "ihr", "ihre", "dein", "deine", "tu", "su", "seu", "sua", "tuo", "vostro", "jouw", "uw"),
    *("twoja", "my"),
)
# RFC 2606 reserves these, and documentation writes the others.
_RESERVED: Final = ("example.com", "example.net", "example.org")
_EXAMPLE: Final = (
    rf"(?:[\w-]+\.)*(?:{'|'.join(_OWNERS)})-?"
    r"(?:api|app|backend|company|crm|domain|endpoint|firm|host|instance|server|service|site|subdomain|url|webhook|website"
    r"|domaine|entreprise|serveur|firma|unternehmen|dominio|domínio|empresa|servidor|azienda|domein|bedrijf|domena)"
    r"(?:-?(?:name|domain|url|here))?\.[\w.-]+"
)


def host(url: str) -> str:
    """The host of an absolute http(s) URL in lower case; empty where there is none."""
    found = _HOST.match(url)
    return found[1].lower().rstrip(".") if found else ""


def why_unreachable(name: str) -> str | None:
    """Why a server on the internet cannot reach a host, as the end of a sentence; None where it may.

    Args:
        name: what `host` returns. With a placeholder in it, it can be any host.
    """
    if not name or "{" in name or "$" in name:
        return None
    if name in _THIS_MACHINE:
        return "is the machine that asks"
    if name.endswith(_PRIVATE_ENDINGS):
        return "is a name of a private network"
    if name[0] == "[" or name.strip("0123456789.") == "":
        return _why_not_global(name.strip("[]"))
    return None if "." in name else "is a name of a local network"


def _why_not_global(address: str) -> str | None:
    import ipaddress  # takes a millisecond, and hardly any file has an address for a host

    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if found.is_loopback or found.is_unspecified:
        return "is the machine that asks"
    return "is an address of a private network" if found.is_private or found.is_link_local else None


@lru_cache(maxsize=100)  # the URLs of a project have few hosts
def is_example(name: str) -> bool:
    """Whether a host is one that documentation uses; `name` is what `host` returns. Sub-domains may well be real."""
    if name.removeprefix("www.") in _RESERVED:
        return True
    # To compile the pattern takes longer than many a rule takes for a file, and few hosts begin like this.
    return any(label.startswith(_OWNERS) for label in name.split(".")) and re.fullmatch(_EXAMPLE, name) is not None
