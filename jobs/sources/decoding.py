"""Taking the gzip off a body, never to more than a cap."""

import zlib

from jobs.errors import FetchFailed, FetchRefused

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's word for "a gzip header and nothing else"
_ACCEPTED = frozenset({"", "identity", "gzip", "x-gzip"})


def decode_body(raw: bytes, content_encoding: str, most: int) -> bytes:
    """Return the body without its compression, at most ``most`` bytes of it.

    The first two bytes tell whether it is compressed: some hosts compress without saying
    so, some say so and do not. Raises ``FetchRefused`` for other or stacked encodings and
    for what grows beyond ``most``, ``FetchFailed`` for what is broken or cut short.
    """
    if content_encoding.strip().lower() not in _ACCEPTED:
        shown = ascii(content_encoding.strip()[:40])
        raise FetchRefused(f"the body is encoded as {shown}; only plain and gzip are read")
    if not raw.startswith(_GZIP_MAGIC):
        return raw
    body = _gunzip(raw, most)
    if body.startswith(_GZIP_MAGIC):
        raise FetchRefused("the body is compressed twice; such bodies are not read")
    return body


def _gunzip(raw: bytes, most: int) -> bytes:
    body, rest = bytearray(), raw
    while rest.startswith(_GZIP_MAGIC):  # a gzip file may hold several members
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            body += member.decompress(rest, most + 1 - len(body))
        except zlib.error:
            raise FetchFailed("the gzip body is damaged; it will be asked for again") from None
        if len(body) > most:
            raise FetchRefused(
                f"the body unpacks to more than {most:,} bytes; "
                "if that is right for this source, raise FETCH_MAX_BYTES"
            )
        if not member.eof:
            raise FetchFailed("the gzip body breaks off; it will be asked for again")
        rest = member.unused_data
    return bytes(body)
