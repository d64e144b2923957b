"""Links made absolute, comparable and harmless."""

from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

LONGEST_LINK = 2000

_TRACKERS = frozenset(
    {
        "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid",
        "igshid", "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "_hsenc",
        "_hsmi", "__twitter_impression", "wt_mc", "wt_zmc", "ocid", "cmpid", "ncid", "spm",
        "at_medium", "at_campaign", "at_custom1", "at_custom2", "at_custom3", "at_custom4",
        "_openstat", "ref_src", "ref_url", "guccounter", "cvid", "smid",
    }
)  # fmt: skip
_TRACKER_FAMILIES = ("utm_", "pk_", "mtm_", "hsa_", "stm_", "ga_")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_link(link: str, base: str) -> str | None:
    """Return a link in its one comparable form, or None if it is no usable web address.

    Made absolute against ``base``; without trackers, fragment and default port; its query
    sorted. Only http and https, no user's name in it.
    """
    try:
        parts = urlsplit(urljoin(base, link.strip()))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    if port == _DEFAULT_PORTS[parts.scheme]:
        parts = parts._replace(netloc=parts.netloc.rpartition(":")[0])
    if parts.query:
        parts = parts._replace(query=_without_trackers(parts.query))
    try:
        found = str(canonicalize_url(urlunsplit(parts)))
    except ValueError:
        return None
    return found if len(found) <= LONGEST_LINK else None


def host_of(url: str) -> str:
    """Return a canonical link's host in lower case, or nothing."""
    return (urlsplit(url).hostname or "").lower()


def _without_trackers(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _is_tracker(name.lower())]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _is_tracker(name: str) -> bool:
    return name in _TRACKERS or name.startswith(_TRACKER_FAMILIES)
