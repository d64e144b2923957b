"""Notices: words that tell of no event, such as the answer to an operator's order."""

from collections.abc import Mapping
from dataclasses import replace

from bot.texts.foreign import cut, safe_foreign
from bot.texts.language import N_, Words, words_of
from bot.texts.messages import Message
from bot.texts.names import actor_name, case_in_sentence
from bot.texts.wording import MAY_BE_A_REPEAT
from jobs.domain.alerts import Notice
from jobs.reference import Reference

_SENTENCES: Mapping[str, str] = {
    "retracted": N_("Alert {alert} is retracted in every chat that had it."),
    "confirmed": N_("Alert {alert} now counts as confirmed."),
    "corrected": N_("Alert {alert} is corrected in every chat that had it."),
    "merged": N_("Alert {alert} is merged into the other one, and its chats are told so."),
    "split": N_("Alert {alert} is split; what its other sources tell of is an event of its own."),
    "added": N_("It is entered and told as alert {alert}."),
    "added_untold": N_("It is entered, and told to nobody: {why}"),
    "report_new": N_("Report {report}: {url}"),
    "report_taken": N_("Thank you. Your report has number {report}; I answer when it is read."),
    "report_known": N_("Thank you. This page has been reported before."),
    "reports_full": N_("There are more reports than can be read at present. Please try later."),
    "report_used": N_("Your report {report} was right: see alert {alert}."),
    "report_closed": N_("Your report {report} was read; no alert comes of it: {why}"),
    "dismissed": N_("Report {report} is closed, and whoever sent it is told why."),
    "wave": N_(
        "A wave: {count} actors moved toward {case} within {days} days: {actors}. It says what "
        "has happened, not what will."
    ),
    "alerts_paused": N_(
        "No alerts are sent until /admin resume; corrections go on, and everything is kept."
    ),
    "everything_paused": N_("Nothing is sent until /admin resume; everything is kept."),
    "resumed": N_("Everything is sent again, what waited first."),
    "not_paused": N_("Nothing was stopped."),
    "broadcast": N_("From whoever runs this bot: {words}"),
    "broadcast_begun": N_(
        "Broadcast {broadcast} goes to {count} chats. /admin cancel {broadcast} ends it."
    ),
    "broadcast_ended": N_("Broadcast {broadcast} is ended: {count} chats are spared it."),
    "no_such_broadcast": N_("There is no broadcast {broadcast}."),
    "unchanged": N_("Nothing was changed ({alert}): {why}"),
    "no_such_alert": N_("There is no alert {alert}: nothing was done."),
    "source_failing": N_("The source {source} cannot be read: {why}"),
    "source_blocked": N_("The source {source} keeps us out: {why}"),
    "source_changed": N_("The source {source} sends something else than before: {why}"),
    "source_dead": N_("The source {source} is gone: {why}"),
    "source_moved": N_(
        "The source {source} has moved to {to}, on another site: change its address if that is "
        "right."
    ),
    "source_silent": N_("The source {source} has brought nothing new for {days} days."),
    "source_well": N_("The source {source} is well again."),
    "restored": N_(
        "The database was put back to a copy of {copied}. What was published since then comes in "
        "one message a chat, marked as perhaps known; {count} messages that were waiting are among "
        "it. Settings, orders and /forget of the time in between are lost."
    ),
    "backup_failed": N_("No backup was made: {why}"),
    "arrival_unknown": N_(
        "{count} messages were closed without knowing whether they arrived (UNCERTAIN_POLICY)."
    ),
    "sending_stopped": N_("Nothing was sent for {minutes} minutes: {why}. Now it goes on."),
    "entities_refused": N_(
        "Telegram refused the formatting of alert {alert}, which is sent without: {why}"
    ),
    "message_refused": N_("Telegram refused alert {alert} in a chat, for good: {why}"),
    "long_wait": N_("Telegram asks for {minutes} minutes of silence in one chat."),
    "no_rights": N_(
        "In a chat where you turned alerts on ({chat}) I may no longer write. An admin there can "
        "allow it again; until then nothing arrives."
    ),
    "chat_closed": N_(
        "I am no longer in a chat where you turned alerts on ({chat}): nothing more arrives there."
    ),
    "topic_closed": N_(
        "A topic where you turned alerts on (chat {chat}) is closed or gone. /start in another "
        "topic of it begins again."
    ),
    "this_topic_closed": N_(
        "A topic of this group that got alerts is closed or gone. /start in another topic begins "
        "again."
    ),
    "case_silent": N_(
        "{case}: its sources have brought nothing new for {hours} hours. Either nothing is "
        "written, or I am blind: see /sources."
    ),
    "case_heard": N_("{case}: its sources bring news again."),
    "source_added": N_(
        "The source {source} is added, with {items} items. They are its baseline and alert nobody."
    ),
    "source_tried": N_(
        "The source {source} answers: {items} items, {bytes} bytes, newest {newest}."
    ),
    "source_paused": N_("The source {source} is paused."),
    "source_resumed": N_("The source {source} is read again."),
    "source_removed": N_("The source {source} is removed; what it brought stays."),
    "source_refused": N_("Nothing was done: {why}"),
    "hook_closed": N_(
        "The webhook at {host} takes nothing any more ({why}) and is called no more."
    ),
    "sources_alarm": N_("{count} sources cannot be read or are silent: {sources}"),
}
_BRIEF = frozenset({"case_silent", "case_heard"})
"""Notices to the operator, which name a case as lists do."""
LONGEST_WORDS = 2000
"""Of an operator's own words to every chat."""

NOTICE_KEYS = frozenset(_SENTENCES)
"""The notices that have words."""


def render_notice(
    notice: Notice,
    *,
    names: Reference | None = None,
    language: str = "en",
    possibly_repeated: bool = False,
) -> Message:
    """Return a notice in words; ``possibly_repeated`` says that it may have arrived before.

    Cases and actors are called as ``names`` has it; without it their codes stand for them.
    Its values may hold words of others (a source's error) and are made harmless. One
    that a newer version of the jobs wrote, and that has no words here, is shown plainly.
    """
    words = words_of(language)
    said = _said(_named(notice, words, names), words)
    return Message(f"{words.gettext(MAY_BE_A_REPEAT)}\n{said}" if possibly_repeated else said)


def _named(notice: Notice, words: Words, names: Reference | None) -> Notice:
    """Return the notice with its case and its actors by name; codes unknown here stay."""
    if names is None:
        return notice
    values = dict(notice.values)
    case = str(values.get("case", ""))
    if case in names.cases:
        language = words.language
        values["case"] = (
            names.cases[case].short_name(language)
            if notice.key in _BRIEF
            else case_in_sentence(names, case, language)
        )
    codes = str(values.get("actors", "")).split()
    if codes and all(code in names.actors for code in codes):
        values["actors"] = words.listed(actor_name(names, code, words.language) for code in codes)
    return replace(notice, values=values)


def _said(notice: Notice, words: Words) -> str:
    shown = _as_written if notice.key == "broadcast" else _shown
    values = {key: shown(value) for key, value in notice.values.items()}
    sentence = _SENTENCES.get(notice.key)
    try:
        if sentence is not None:
            return words.gettext(sentence).format_map(values)
    except KeyError:
        pass
    listed = ", ".join(f"{safe_foreign(key, 60)} {value}" for key, value in values.items())
    return f"{safe_foreign(notice.key, 60)}: {listed}"[:1000]


def _as_written(value: str | int | bool | None) -> str:
    # An operator's own words: their links may be tapped.
    return cut(str(value).encode("utf-8", "ignore").decode(), LONGEST_WORDS)


def _shown(value: str | int | bool | None) -> str:
    return safe_foreign(value, 500) if isinstance(value, str) else str(value)
