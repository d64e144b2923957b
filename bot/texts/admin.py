"""The pages of /admin: what waits, how the program is, what was done."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.texts.alerts import headline
from bot.texts.foreign import host_of, safe_foreign
from bot.texts.language import N_, Words
from bot.texts.messages import Button, Message, Writer
from bot.texts.names import actor_in_sentence
from bot.texts.notices import render_notice
from bot.texts.wording import grade_in_words
from jobs.domain.alerts import AlertId, Facts, Notice
from jobs.domain.orders import Stopped
from jobs.reference import Reference
from jobs.store.broadcasts import Progress
from jobs.store.census import Census, Queue
from jobs.store.orders import Done

_PAGES = (
    ("queue", N_("Doubtful and reported")),
    ("chats", N_("Chats")),
    ("broadcasts", N_("Broadcasts")),
    ("health", N_("Health")),
    ("audit", N_("Who did what")),
)
_REASONS = (
    N_("The news was misread here."),
    N_("The source took it back."),
    N_("It turned out to be false."),
)
_ROOM_FOR_ONE_MORE = 500


def page_labels(words: Words) -> Iterator[tuple[str, str]]:
    """Give each page's name and what its button says."""
    for name, label in _PAGES:
        yield name, words.gettext(label)


def home(
    words: Words,
    doubtful: int,
    reports: int,
    stopped: Stopped | None,
    queue: Queue,
    buttons: Sequence[Button],
) -> Message:
    """Return /admin: what waits, in numbers."""
    writer = Writer()
    writer.line(words.gettext("Doubtful alerts: {count}").format(count=doubtful))
    writer.line(words.gettext("Reports that wait: {count}").format(count=reports))
    writer.line(words.gettext("Messages that wait: {count}").format(count=queue.waiting))
    writer.line(_stopped(words, stopped))
    writer.line(words.gettext("Sources: /sources"))
    writer.line()
    _write_acts(writer, words)
    for start in range(0, len(buttons), 2):
        writer.row(*buttons[start : start + 2])
    return writer.build()


def usage(words: Words) -> Message:
    """Return what /admin understands."""
    writer = Writer()
    pages = ", ".join(f"/admin {name}" for name, _ in _PAGES)
    writer.line(words.gettext("Pages: {pages}, or the number of an alert.").format(pages=pages))
    _write_acts(writer, words)
    return writer.build()


def queue(
    words: Words,
    names: Reference,
    told: Sequence[tuple[AlertId, Facts]],
    reports: Sequence[tuple[int, str]],
    count: int,
    buttons: Sequence[Button],
) -> Message:
    """Return the alerts that somebody should look at, and the oldest reports."""
    if not told and not reports:
        return Message(words.gettext("No alert is doubtful, and no report waits."))
    writer = Writer()
    for number, facts in told:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        writer.line(f"{number}: {headline(facts, words, names)} ({_grade(words, names, facts)})")
    if reports:
        said = words.ngettext("{count} report waits:", "{count} reports wait:", count)
        writer.line(said.format(count=count))
    for report, said in reports:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        writer.line(f"#{report}: {said}")
    writer.line(words.gettext("An alert's button shows what can be done about it."))
    writer.line(
        words.gettext("/add CASE COUNTRY TYPE STATUS DAY URL #REPORT enters what was missed.")
    )
    for start in range(0, len(buttons), 4):
        writer.row(*buttons[start : start + 4])
    return writer.build()


def report_line(words: Words, url: str, alert: AlertId | None) -> str:
    """Return what a report points to: a page, or an alert that somebody finds wrong."""
    if alert is not None:
        return words.gettext("alert {alert} is said to be wrong").format(alert=alert)
    return safe_foreign(url, 300)


def dismiss_label(words: Words, report: int) -> str:
    """Return what the button says that closes a report."""
    return words.gettext("Close #{report}").format(report=report)


def card(words: Words, names: Reference, number: AlertId, facts: Facts, retract: Button) -> Message:
    """Return one alert with all that an operator can order about it."""
    writer = Writer()
    writer.line(f"{number}: {headline(facts, words, names)} ({_grade(words, names, facts)})")
    if facts.retracted:
        writer.line(words.gettext("It is retracted."))
    for voice in facts.voices[:5]:
        writer.write("• ")
        with writer.link(voice.url):
            writer.foreign(voice.outlet or host_of(voice.url), 60)
        writer.write(": ")
        writer.foreign(voice.title, 200)
        writer.line()
    writer.line()
    for line in (
        f"/why_{number}",
        f"/confirm {number} URL",
        f"/correct {number} status=planned on=2025-07-10 " + words.gettext("REASON"),
        words.gettext("/merge {number} OTHER REASON").format(number=number),
        words.gettext("/split {number} 2,5 REASON").format(number=number),
        words.gettext("/retract {number} REASON").format(number=number),
    ):
        writer.line(line)
    if not facts.retracted:
        writer.row(retract)
    return writer.build()


def reasons(words: Words) -> list[str]:
    """Return the reasons that a retraction's buttons offer, as readers are told them."""
    return [words.gettext(reason) for reason in _REASONS]


def nothing_new(words: Words) -> str:
    """Return why a report is closed by its button."""
    return words.gettext("it tells nothing that is missing or wrong here")


def retract_question(words: Words, number: AlertId, buttons: Sequence[Button]) -> Message:
    """Return the question why an alert is taken back."""
    said = words.gettext(
        "Take alert {number} back in every chat that had it? The reason you press is what readers "
        "are told. Another: /retract {number} REASON"
    )
    return Message(said.format(number=number), buttons=tuple((each,) for each in buttons))


def chats(words: Words, counted: Census, access: str) -> Message:
    """Return how many chats there are, by kind and by why they are closed."""
    writer = Writer()
    _write_counts(writer, words.gettext("Open chats"), counted.opened)
    _write_counts(writer, words.gettext("Places that hear, by pace"), counted.hearing)
    if counted.paused:
        said = words.gettext("Topics that are closed or gone: {count}")
        writer.line(said.format(count=counted.paused))
    _write_counts(writer, words.gettext("Closed chats, by reason"), counted.closed)
    writer.line(words.gettext("The bot is {access} (ACCESS).").format(access=access))
    return writer.build()


def health(
    words: Words,
    version: str,
    queue: Queue,
    sources: Mapping[str, int],
    stopped: Stopped | None,
    now: datetime,
) -> Message:
    """Return the version, what waits, and how the sources are."""
    writer = Writer()
    writer.line(words.gettext("Version {version}").format(version=version))
    writer.line(_stopped(words, stopped))
    writer.line(words.gettext("Messages that wait: {count}").format(count=queue.waiting))
    if queue.oldest is not None:
        seconds = max(0, round((now - queue.oldest).total_seconds()))
        writer.line(words.gettext("The oldest waits {seconds} s.").format(seconds=seconds))
    if queue.uncertain:
        said = words.gettext("Of unknown arrival: {count}")
        writer.line(said.format(count=queue.uncertain))
    _write_counts(writer, words.gettext("Sources"), sources)
    return writer.build()


def audit(words: Words, done: Sequence[Done]) -> Message:
    """Return the operators' last orders: who, when, what, why, and what came of it."""
    if not done:
        return Message(words.gettext("Nothing has been ordered yet."))
    writer = Writer()
    for one in done:
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        order = one.order
        writer.write(f"{words.moment(one.done_at)} · {order.ordered_by or '?'} · {order.kind}")
        parts = {name: value for name, value in order.payload.items() if name != "note" and value}
        listed = " ".join(f"{name}={value}" for name, value in parts.items())
        writer.write(f" {safe_foreign(listed, 160)}" if listed else "")
        if order.payload.get("note"):
            writer.write(f" · {safe_foreign(str(order.payload['note']), 160)}")
        writer.line(f" → {one.outcome}")
    return writer.build()


def broadcasts(words: Words, shown: Sequence[Progress]) -> Message:
    """Return how far the last broadcasts have come."""
    writer = Writer()
    for one in shown:
        said = words.gettext("{number}: {sent} had it, {waiting} wait, {closed} do not get it")
        writer.line(
            said.format(number=one.broadcast, sent=one.sent, waiting=one.waiting, closed=one.closed)
        )
    writer.line(_how_to_broadcast(words))
    return writer.build()


def preview(words: Words, notice: Notice, count: int, send: Button, drop: Button) -> Message:
    """Return what each chat would be shown, and the question whether to send it."""
    said = words.ngettext(
        "This goes to {count} chat, after alerts and not at night:",
        "This goes to {count} chats, after alerts and not at night:",
        count,
    ).format(count=count)
    shown = render_notice(notice, language=words.language).text
    return Message(f"{said}\n\n{shown}", buttons=((send, drop),))


def broadcast_usage(words: Words) -> Message:
    """Return how a broadcast is written and called off."""
    return Message(_how_to_broadcast(words))


def no_draft(words: Words) -> Message:
    """Return the answer to a button whose words were sent, dropped or replaced."""
    return Message(
        words.gettext("These words were sent, dropped or replaced. /admin broadcast begins anew.")
    )


def draft_dropped(words: Words) -> Message:
    """Return the answer to words that are not to be sent."""
    return Message(words.gettext("Dropped: nothing is sent."))


def pause_usage(words: Words) -> Message:
    """Return how sending is stopped."""
    return Message(
        words.gettext(
            "/admin pause alerts REASON stops what is new, corrections go on; "
            "/admin pause everything REASON stops all. The reason is kept with who stopped it."
        )
    )


def _how_to_broadcast(words: Words) -> str:
    return words.gettext(
        "/admin broadcast WORDS shows what each chat would get and asks; /admin cancel NUMBER ends "
        "one."
    )


def _write_acts(writer: Writer, words: Words) -> None:
    for line in (
        "/admin pause alerts " + words.gettext("REASON"),
        "/admin pause everything " + words.gettext("REASON"),
        "/admin resume",
        "/admin broadcast " + words.gettext("WORDS"),
    ):
        writer.line(line)


def _write_counts(writer: Writer, title: str, counts: Mapping[str, int]) -> None:
    listed = ", ".join(
        f"{safe_foreign(name, 80)} {count}" for name, count in sorted(counts.items())
    )
    writer.line(f"{title} ({sum(counts.values())}): {listed}" if counts else f"{title}: 0")


def _grade(words: Words, names: Reference, facts: Facts) -> str:
    actor = actor_in_sentence(names, facts.actor, words.language)
    return grade_in_words(words, facts.grade, facts.origins, actor)


def _stopped(words: Words, stopped: Stopped | None) -> str:
    if stopped is None:
        return words.gettext("Sending: on")
    if stopped is Stopped.ALERTS:
        return words.gettext("Sending: only corrections (/admin resume)")
    return words.gettext("Sending: stopped (/admin resume)")
