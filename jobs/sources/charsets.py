"""Bytes to text: the right letters, or the plain statement that they are not known.

Declared charsets are wrong often enough that none is believed against the bytes: what
is valid UTF-8 is UTF-8, and any other charset must give words that look like words.
"""

import codecs
import re
from collections.abc import Iterator

import chardet

from jobs.errors import NotAFeed

# As browsers read these names: the wider charset that is meant by them.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
_PROLOG = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
_TAG = re.compile(rb"<[^>]*>")
_ESCAPED = re.compile(rb"\x1b[$(]")
_BY_ESCAPES = ("iso2022_jp", "iso2022_kr")
"""Charsets that write other scripts in seven bits, which any other charset can read too."""

_GUESSED = """
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 koi8-r koi8-u kz1048 cp866
    iso-8859-2 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-15 cp874
    gb18030 big5 cp949 cp932 euc-jp
""".split()  # noqa: SIM905 - one in a line would be a page
"""The charsets of the web; those of old machines only make guesses worse."""

_BELIEVED = 0.7
"""A declared charset is believed if it fits nearly as well as the one that fits best."""

_MOST_ERRORS = 50
"""One wrong byte to so many foreign letters is a slip; more is another charset."""

_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]{3,}")
_MISREAD_CASE = re.compile(r"[а-я][А-Я]")
_NEVER_WRITTEN = re.compile(r"[\x80-\x9f\ufffd\ue000-\uf8ff\u2500-\u259f]")
# UTF-8 read as Windows-1252 or Latin-1: a lead byte's letter, then continuation bytes.
_TRAIL = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TWICE_ENCODED = re.compile(f"[Â-ô][{_TRAIL}]")
_ACCENTED = re.compile("[À-ÖØ-öø-ÿ]")
_ACCENTS_TOGETHER = re.compile("[À-ÖØ-öø-ÿ]{2}")
_MIXED = re.compile(
    "[À-ÖØ-öø-ÿ][\u0370-\u06ff\u0e00-\u0e7f]|[\u0370-\u06ff\u0e00-\u0e7f][À-ÖØ-öø-ÿ]"
    "|[\u0400-\u052f][\u0590-\u06ff]|[\u0590-\u06ff][\u0400-\u052f]"
)


def decode_text(body: bytes, content_type: str) -> str:
    """Return a document's text.

    Raises ``NotAFeed`` if no charset makes readable text of it: garbled text is refused
    rather than passed on.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body.decode(charset, "replace")
    if wide := _by_zeros(body):
        return body.decode(wide, "replace")
    declared = _declared(body, content_type)
    for charset in _candidates(body, declared):
        text = _decoded(body, charset)
        # No other text happens to be valid UTF-8: if that is garbled, its writer garbled it.
        if text is not None and (charset == "utf-8" or not looks_garbled(text)):
            return text
    raise NotAFeed(
        f"its text is garbled (charset declared: {', '.join(declared) or 'none'}) and no charset "
        "was found that makes sense of it; look for another feed of this source"
    )


def _candidates(body: bytes, declared: list[str]) -> Iterator[str]:
    if _ESCAPED.search(body):
        yield from (*(name for name in declared if name in _BY_ESCAPES), *_BY_ESCAPES)
    yield "utf-8"
    fits = _fits(body)
    best = max(fits, key=fits.__getitem__, default="cp1252")
    for charset in declared:
        if fits.get(charset, 0.0) >= _BELIEVED * fits.get(best, 0.0):
            yield charset
    yield best


def _fits(body: bytes) -> dict[str, float]:
    """How well each charset fits the letters, as chardet's models of languages see it."""
    letters = _TAG.sub(b" ", body[: 4 * _SAMPLE])[:_SAMPLE]
    found = chardet.detect_all(letters, ignore_threshold=True, include_encodings=_GUESSED)
    named = ((_meant(guess["encoding"] or ""), guess["confidence"]) for guess in found)
    return {name: confidence for name, confidence in reversed(list(named)) if name}


def _decoded(body: bytes, charset: str) -> str | None:
    try:
        text = body.decode(charset, "replace")
    except (LookupError, UnicodeError):
        return None
    errors = text.count("\ufffd")
    if errors and errors * _MOST_ERRORS > sum(not character.isascii() for character in text):
        return None
    return text


def looks_garbled(text: str) -> bool:
    """Say whether text was read with a wrong charset, as far as its letters tell."""
    sample = text[:_SAMPLE]
    foreign = sum(not character.isascii() for character in sample)
    if foreign == 0:
        return False
    if len(_NEVER_WRITTEN.findall(sample)) * 20 > foreign:
        return True
    return _misread_latin(sample) or _misread_cyrillic(sample) or _mixes_scripts(sample)


def _misread_latin(text: str) -> bool:
    twice = len(_TWICE_ENCODED.findall(text))
    if twice >= 2 and twice * 2 > len(_ACCENTED.findall(text)):
        return True
    accented = [word for word in _WORD.findall(text) if _ACCENTED.search(word)]
    suspect = sum(_ACCENTS_TOGETHER.search(word) is not None for word in accented)
    return suspect >= 2 and suspect * 2 > len(accented)


def _misread_cyrillic(text: str) -> bool:
    # KOI8-R and Windows-1251 read as each other swap upper and lower case.
    words = _CYRILLIC.findall(text)
    letters = "".join(words)
    swapped = sum(_MISREAD_CASE.search(word) is not None for word in words)
    upper = sum(letter.isupper() for letter in letters)
    return swapped >= 1 and swapped * 20 > len(words) and upper * 2 > len(letters)


def _mixes_scripts(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(_MIXED.search(word) is not None for word in words) * 10 > len(words)


def _by_zeros(body: bytes) -> str | None:
    if body[:1] in (b"<", b"{") and body[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if body[:2] in (b"\0<", b"\0{") else None


def _declared(body: bytes, content_type: str) -> list[str]:
    prolog = _PROLOG.match(body[:1000])
    header = _HEADER.search(content_type)
    names = [prolog[1].decode("ascii")] if prolog else []
    names += [header[1]] if header else []
    return [meant for name in names if (meant := _meant(name))]


def _meant(name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    return _MEANT.get(known, known)
