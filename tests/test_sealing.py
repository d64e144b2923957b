import io
import os
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.errors import InputError
from jobs.sealing import FRAME, MAGIC, is_sealed, read_about, seal, unseal

KEY = "correct horse battery staple"
ABOUT = {"made_at": "2025-07-03T12:00:00+00:00"}
LONG = os.urandom(3 * FRAME)
KEYS = pytest.mark.parametrize("key", ["", KEY], ids=["readable", "encrypted"])


@cache
def sealed(content: bytes, key: str = "") -> bytes:
    return _seal(content, key)


def _seal(content: bytes, key: str) -> bytes:
    written = io.BytesIO()
    seal(io.BytesIO(content), written, ABOUT, key)
    return written.getvalue()


def opened(kept: bytes, key: str = "") -> bytes:
    plain = io.BytesIO()
    unseal(io.BytesIO(kept), plain, key, "a.backup")
    return plain.getvalue()


@KEYS
@pytest.mark.parametrize("content", [b"", b"one line\n", b"a" * 5 * FRAME, LONG])
def test_what_is_kept_comes_back(content: bytes, key: str) -> None:
    kept = sealed(content, key)
    assert is_sealed(kept)
    assert opened(kept, key) == content
    about = read_about(io.BytesIO(kept), "a.backup")
    assert about["made_at"] == ABOUT["made_at"]


def test_a_file_of_like_things_is_packed() -> None:
    assert len(sealed(b"Russia recognises " * 100_000)) < 20_000


def test_without_the_key_nothing_can_be_read() -> None:
    kept = sealed(b"chat 7 wants everything " * 10, KEY)
    assert b"chat" not in kept
    with pytest.raises(InputError, match=r"a\.backup: is encrypted; set BACKUP_KEY"):
        opened(kept)
    with pytest.raises(InputError, match="BACKUP_KEY is not the key") as caught:
        opened(kept, "another key of someone")
    assert "another key" not in str(caught.value)
    assert _seal(b"x", KEY) != _seal(b"x", KEY), "two files share no key"


@KEYS
@settings(max_examples=12, deadline=None)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(key: str, place: int, bit: int) -> None:
    kept = bytearray(sealed(b"what is believed", key))
    kept[place % len(kept)] ^= 1 << bit
    with pytest.raises(InputError, match=r"a\.backup: "):
        opened(bytes(kept), key)


@KEYS
@pytest.mark.parametrize("length", [0, 5, len(MAGIC) + 2, len(MAGIC) + 20, FRAME, -1, -40])
def test_a_file_that_was_cut_off_is_refused(key: str, length: int) -> None:
    kept = sealed(LONG, key)
    with pytest.raises(InputError, match=r"is no backup|damaged or was cut off"):
        opened(kept[:length], key)


@KEYS
def test_frames_cannot_be_left_out_moved_or_added(key: str) -> None:
    kept = sealed(LONG, key)
    head = len(MAGIC) + 4 + int.from_bytes(kept[len(MAGIC) : len(MAGIC) + 4], "big")
    frames, rest = [], kept[head:]
    while rest:
        length = 5 + int.from_bytes(rest[:4], "big")
        frames.append(rest[:length])
        rest = rest[length:]
    assert len(frames) > 2
    for changed in (
        [*frames[:-2], frames[-1]],
        [frames[1], frames[0], *frames[2:]],
        [*frames, frames[-1]],
        frames[1:],
    ):
        with pytest.raises(InputError, match="damaged"):
            opened(kept[:head] + b"".join(changed), key)


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\x00", MAGIC[:-2], MAGIC + b"\0\0\0\2[]"]
)
def test_another_file_is_named(content: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.backup: "):
        read_about(io.BytesIO(content), "a.backup")
