"""A file to keep: packed, whole or refused, and unreadable without its key if there is one.

::

    MAGIC, length of the head, head (JSON, readable by anybody: what it is and when it was made)
    frames: length, last or not, content; sealed by AES-256-GCM, or else with a digest

Each frame is bound to the head, its place and whether it is the last, so that none can be
changed, moved, left out or cut off unnoticed.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jobs.errors import InputError

MAGIC = b"recognition-watch kept file 1\n"
FRAME = 1 << 20
_LONGEST_HEAD = 1 << 20
_LENGTH = struct.Struct(">I")
_PLACE = struct.Struct(">QB")
_DIGEST = 32


class Sink(Protocol):
    """What takes bytes."""

    def write(self, content: bytes, /) -> object:
        """Take some."""


Guard = Callable[[int, bool, bytes], bytes]
"""Seals or opens the content of a frame, given its place and whether it is the last."""


def seal(plain: BinaryIO, sealed: BinaryIO, about: Mapping[str, Any], key: str) -> None:
    """Write what ``plain`` holds as a kept file; an empty ``key`` leaves it readable.

    ``about`` is JSON that anybody may read, and nobody can change.
    """
    salt = os.urandom(16).hex() if key else ""
    head = json.dumps({**about, "salt": salt}, sort_keys=True).encode()
    sealed.write(MAGIC + _LENGTH.pack(len(head)) + head)
    guard = _sealing(head, salt, key)
    packed = _packed(plain)
    content, place = next(packed), 0
    for following in packed:
        _write_frame(sealed, guard(place, False, content), is_last=False)
        content, place = following, place + 1
    _write_frame(sealed, guard(place, True, content), is_last=True)


def is_sealed(start: bytes) -> bool:
    """Tell whether a file that starts so is a kept one."""
    return start.startswith(MAGIC)


def read_about(sealed: BinaryIO, name: str) -> Mapping[str, Any]:
    """Return what a kept file says of itself; without the key it may be a lie.

    Raises ``InputError`` for any other file.
    """
    about: Mapping[str, Any] = json.loads(_read_head(sealed, name))
    return about


def unseal(sealed: BinaryIO, plain: Sink, key: str, name: str) -> Mapping[str, Any]:
    """Write what a kept file holds to ``plain``, and return what it says of itself.

    Raises ``InputError`` where it is no such file, is damaged or cut off, or another key is
    needed; what was written until then is worth nothing.
    """
    head = _read_head(sealed, name)
    about: Mapping[str, Any] = json.loads(head)
    salt = str(about["salt"])
    if salt and not key:
        raise InputError(f"{name}: is encrypted; set BACKUP_KEY to the key it was made with")
    unpacking = zlib.decompressobj()
    for content in _frames(sealed, _opening(head, salt, key, name), name):
        left = content
        while left:
            plain.write(unpacking.decompress(left, FRAME))
            left = unpacking.unconsumed_tail
    plain.write(unpacking.flush())
    if not unpacking.eof:
        raise _damaged(name)
    return about


def _packed(plain: BinaryIO) -> Iterator[bytes]:
    packing = zlib.compressobj()
    while content := plain.read(FRAME):
        if packed := packing.compress(content):
            yield packed
    yield packing.flush()


def _write_frame(sealed: BinaryIO, content: bytes, *, is_last: bool) -> None:
    sealed.write(_LENGTH.pack(len(content)) + bytes([is_last]) + content)


def _frames(sealed: BinaryIO, guard: Guard, name: str) -> Iterator[bytes]:
    place, is_last = 0, False
    while not is_last:
        start = sealed.read(_LENGTH.size + 1)
        if len(start) < _LENGTH.size + 1 or start[-1] > 1:
            raise _damaged(name)
        (length,) = _LENGTH.unpack(start[: _LENGTH.size])
        is_last = bool(start[-1])
        # What packing yields at once is little more than what it was given.
        if length > 2 * FRAME:
            raise _damaged(name)
        content = sealed.read(length)
        if len(content) < length:
            raise _damaged(name)
        yield guard(place, is_last, content)
        place += 1
    if sealed.read(1):
        raise _damaged(name)


def _sealing(head: bytes, salt: str, key: str) -> Guard:
    if not salt:
        return lambda place, is_last, content: content + _digest(head, place, is_last, content)
    cipher = _cipher(salt, key)

    def guard(place: int, is_last: bool, content: bytes) -> bytes:
        return cipher.encrypt(_nonce(place), content, head + _PLACE.pack(place, is_last))

    return guard


def _opening(head: bytes, salt: str, key: str, name: str) -> Guard:
    if not salt:

        def check(place: int, is_last: bool, sealed: bytes) -> bytes:
            content, digest = sealed[:-_DIGEST], sealed[-_DIGEST:]
            if digest != _digest(head, place, is_last, content):
                raise _damaged(name)
            return content

        return check
    cipher = _cipher(salt, key)

    def decrypt(place: int, is_last: bool, sealed: bytes) -> bytes:
        try:
            return cipher.decrypt(_nonce(place), sealed, head + _PLACE.pack(place, is_last))
        except InvalidTag:
            pass
        if place:
            raise _damaged(name)
        raise InputError(f"{name}: BACKUP_KEY is not the key it was made with, or it is damaged")

    return decrypt


def _cipher(salt: str, key: str) -> AESGCM:
    # A salt of its own makes each file's key another one, so that places can be nonces; the
    # slow derivation helps where somebody chose words that can be guessed.
    try:
        raw = bytes.fromhex(salt)
    except ValueError:
        raw = b""
    derived = hashlib.scrypt(key.encode(), salt=raw, n=1 << 15, r=8, p=1, maxmem=1 << 26, dklen=32)
    return AESGCM(derived)


def _nonce(place: int) -> bytes:
    return place.to_bytes(12, "big")


def _digest(head: bytes, place: int, is_last: bool, content: bytes) -> bytes:
    return hashlib.sha256(head + _PLACE.pack(place, is_last) + content).digest()


def _read_head(sealed: BinaryIO, name: str) -> bytes:
    start = sealed.read(len(MAGIC) + _LENGTH.size)
    if not is_sealed(start) or len(start) < len(MAGIC) + _LENGTH.size:
        raise InputError(f"{name}: is no backup of this program, nor a list of chats")
    (length,) = _LENGTH.unpack(start[len(MAGIC) :])
    head = sealed.read(min(length, _LONGEST_HEAD))
    try:
        readable = isinstance(json.loads(head).get("salt"), str)
    except (ValueError, AttributeError, RecursionError):
        readable = False
    if len(head) != length or not readable:
        raise _damaged(name)
    return head


def _damaged(name: str) -> InputError:
    return InputError(f"{name}: is damaged or was cut off; take another one")
