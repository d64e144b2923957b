"""When a chat is told, in words: digests and quiet hours."""

from bot.texts.language import Words
from bot.texts.messages import Message
from jobs.domain.rhythm import Pace, QuietHours, Rhythm


def rhythm_in_words(words: Words, rhythm: Rhythm) -> str:
    """Return how alerts come, as a part of a sentence."""
    hour = f"{rhythm.hour:02}:00"
    if rhythm.pace is Pace.DAILY:
        return words.gettext("in one message a day, at {hour}").format(hour=hour)
    if rhythm.pace is Pace.WEEKLY:
        return words.gettext("in one message a week, on {weekday} at {hour}").format(
            weekday=words.weekday(rhythm.weekday), hour=hour
        )
    return words.gettext("at once")


def digest_set(words: Words, rhythm: Rhythm) -> Message:
    """Return the answer to /digest: how alerts come now, and how that is changed."""
    said = words.gettext("Alerts come {rhythm} ({zone}).").format(
        rhythm=rhythm_in_words(words, rhythm), zone=words.zone.key
    )
    return Message(f"{said}\n{_digest_examples(words)}")


def digest_usage(words: Words) -> Message:
    """Return the answer to a /digest that cannot be read; nothing was changed."""
    return Message(
        f"{words.gettext('I cannot read that; nothing was changed.')}\n{_digest_examples(words)}"
    )


def _digest_examples(words: Words) -> str:
    return words.gettext(
        "Change it so: /digest daily 9 · /digest weekly friday 18 · /digest off. Hours are those "
        "of this chat's time zone, which /settings sets."
    )


def quiet_in_words(words: Words, quiet: QuietHours) -> str:
    """Return when nothing rings, as a part of a sentence."""
    if not quiet.is_on:
        return words.gettext("none")
    hours = f"{clock_of(quiet.begin)}–{clock_of(quiet.end)}"
    if quiet.lets_major:
        return words.gettext("{hours}, recognitions come through").format(hours=hours)
    return hours


def clock_of(minute: int) -> str:
    """Return a minute of the day as a clock shows it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def quiet_set(words: Words, quiet: QuietHours) -> Message:
    """Return the answer to /quiet: what the quiet hours are, and how they are changed."""
    said = words.gettext("Quiet hours: {quiet} ({zone}).").format(
        quiet=quiet_in_words(words, quiet), zone=words.zone.key
    )
    held = words.gettext("What they hold comes when they end; many alerts in one message.")
    return Message(f"{said} {held}\n{_quiet_examples(words)}")


def quiet_usage(words: Words) -> Message:
    """Return the answer to a /quiet that cannot be read; nothing was changed."""
    return Message(
        f"{words.gettext('I cannot read that; nothing was changed.')}\n{_quiet_examples(words)}"
    )


def _quiet_examples(words: Words) -> str:
    return words.gettext(
        "Change them so: /quiet 23-7 · /quiet 22:30-6:30 strict (holds recognitions too) · "
        "/quiet off."
    )
