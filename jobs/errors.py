"""The errors of the project; each says whether trying again helps.

::

    RecognitionWatchError
     +- ConfigError          a setting or data file is wrong; nothing starts
     +- StoreError           the database cannot be used
     |   +- StoreTooNew      written by a newer version
     |   +- StoreDamaged     not a database, or corrupt
     |   +- StoreReadOnly    the file or folder cannot be written
     |   +- StoreUnavailable busy, full or out of reach for now (retryable)
     +- SourceError          one source could not be read; the others run on
     |   +- FetchRefused     our own rules refuse the address, redirect or size
     |   +- FetchFailed      the host did not answer, or not in time (retryable)
     |   +- SourceBlocked    it is there, but not for us
     |   +- NotAFeed         something came, but not what the source should be
     +- TelegramTrouble      Telegram cannot be reached or refuses (retryable)
     +- InputError           a file or argument given by a person is wrong
"""

from typing import ClassVar


class RecognitionWatchError(Exception):
    """Base of every error raised on purpose; its text is fit for an operator's eyes.

    The text names what is wrong and what to do, and never holds a secret.
    """

    retryable: ClassVar[bool] = False


class ConfigError(RecognitionWatchError):
    """A setting or a data file is wrong: nothing is started."""


class StoreError(RecognitionWatchError):
    """The database cannot be used."""


class StoreTooNew(StoreError):
    """The database was written by a newer version of this program."""


class StoreDamaged(StoreError):
    """The file is no database, or is corrupt."""


class StoreReadOnly(StoreError):
    """The database's file or folder cannot be written."""


class StoreUnavailable(StoreError):
    """The database is locked, full or out of reach for now."""

    retryable: ClassVar[bool] = True


class SourceError(RecognitionWatchError):
    """One source could not be read; it is put off, the others run on."""


class FetchRefused(SourceError):
    """Our own rules refuse the address, the redirect, the encoding or the size."""


class FetchFailed(SourceError):
    """The host did not answer, answered with an error, or not within the deadline."""

    retryable: ClassVar[bool] = True

    def __init__(
        self, text: str, *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        """Seconds the host asked us to wait, if it did."""
        self.status = status
        """The HTTP status that was the failure, if one came."""


class SourceBlocked(SourceError):
    """The source is there, but its host keeps programs, or us, from reading it."""


class NotAFeed(SourceError):
    """Something was received, but it cannot be read as what the source should be."""


class TelegramTrouble(RecognitionWatchError):
    """Telegram cannot be reached, refuses, or asks for patience."""

    retryable: ClassVar[bool] = True


class InputError(RecognitionWatchError):
    """A file or an argument given by a person is wrong."""
