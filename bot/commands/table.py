"""The table of commands, from which menu, /help and the README are made."""

from bot.commands.actions import (
    ADMIN,
    BEGIN,
    CHART,
    COUNTRIES,
    DEMO,
    FORUMS,
    LANGUAGE,
    LATEST,
    MEETINGS,
    SEARCH,
    STATUS,
    TIMELINE,
    TIMELINE_PAGE,
    TIMELINE_WORDS,
    WATCH,
    WHY,
    WHY_PAGE,
    WRONG,
    WRONG_NO,
    WRONG_YES,
)
from bot.commands.admin import admin, press_admin
from bot.commands.asks import Ask
from bot.commands.browsing import (
    find,
    meetings,
    press_find,
    press_meetings,
    press_timeline,
    press_timeline_page,
    timeline,
)
from bot.commands.choosing import FILTER, PUBLISHING, SETTINGS, choose, press_settings, settings
from bot.commands.coming import forums, press_forums, press_watch, watch
from bot.commands.desk import Answering, Command, Desk, Pressed
from bot.commands.doubting import press_wrong, press_wrong_no, press_wrong_yes
from bot.commands.exporting import export
from bot.commands.informing import help_for, mydata, privacy
from bot.commands.managing import DECIDE, MANAGE, manage, press_decide, press_publishing
from bot.commands.momentum import momentum
from bot.commands.onboarding import demo, press_begin, press_demo, start
from bot.commands.operating import (
    add,
    confirm,
    correct,
    dismiss,
    list_reports,
    merge,
    retract,
    split,
)
from bot.commands.picturing import chart, press_chart, world_map
from bot.commands.reading import (
    countries,
    latest,
    press_countries,
    press_latest,
    press_status,
    press_why,
    press_why_page,
    stats,
    status,
    why,
)
from bot.commands.reporting import report
from bot.commands.rights import Who
from bot.commands.silencing import CHOICE, SILENCE, list_silences, press_choice, press_silence
from bot.commands.sourcing import list_sources, order_source
from bot.commands.speaking import language, press_language
from bot.commands.subscribing import FORGET, forget, press_forget, stop
from bot.commands.timing import digest, quiet
from bot.texts.language import N_, Words
from bot.texts.messages import Message
from jobs.store.chats import ChatKind

_PRIVATE = frozenset({ChatKind.PRIVATE})


async def help_(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /help."""
    return help_for(COMMANDS, desk, ask, words)


def _order(name: str, usage: str, description: str, answer: Answering) -> Command:
    return Command(name, usage, description, answer, Who.OPERATOR, _PRIVATE, lasting=True)


COMMANDS: tuple[Command, ...] = (
    Command("start", "", N_("switch alerts on here"), start, Who.CHAT_ADMIN, lasting=True),
    Command("stop", "", N_("switch alerts off here"), stop, Who.CHAT_ADMIN, lasting=True),
    Command(
        "status", N_("[country or case]"), N_("where things stand, or one country or case"), status
    ),
    Command("latest", N_("[how many]"), N_("the newest alerts"), latest),
    Command("timeline", N_("COUNTRY [case]"), N_("what a country did, as a picture"), timeline),
    Command("meetings", N_("[country] [days]"), N_("who met whom lately"), meetings),
    Command("countries", "", N_("who stands where"), countries),
    Command("map", N_("[case]"), N_("who stands where, as a picture"), world_map),
    Command(
        "chart",
        N_("[meetings, wave, region or country]"),
        N_("meetings by month, the wave around a recognition, a region, a country's card"),
        chart,
    ),
    Command("watch", N_("[case]"), N_("who may move next, and the signals of it"), watch),
    Command("forums", "", N_("what gatherings are coming, and who is asked"), forums),
    Command(
        "momentum", N_("[case]"), N_("how much each watched country has moved of late"), momentum
    ),
    Command("why", N_("ID"), N_("every source behind an alert"), why),
    Command("sources", N_("[name]"), N_("how the sources are"), list_sources),
    Command("search", N_("WORDS"), N_("events by words, countries and officials"), find),
    Command("stats", "", N_("how much was read and told"), stats),
    Command("export", N_("[FORMAT] [case]"), N_("what I know, as a file"), export),
    Command(
        FILTER,
        N_("[WORDS]"),
        N_("what this chat hears, in one line: uz kz meeting+ confirmed"),
        choose,
        Who.CHAT_ADMIN,
    ),
    Command(
        "settings",
        N_("[time zone]"),
        N_("what this chat hears and when, by buttons"),
        settings,
        Who.CHAT_ADMIN,
    ),
    Command(
        "language",
        N_("[language]"),
        N_("the language that I speak in this chat"),
        language,
        Who.CHAT_ADMIN,
    ),
    Command("demo", "", N_("a sample of each kind of alert"), demo),
    Command(
        "digest",
        N_("[daily HOUR, weekly DAY HOUR, off]"),
        N_("one message a day or a week instead of alerts at once"),
        digest,
        Who.CHAT_ADMIN,
    ),
    Command(
        "quiet",
        N_("[FROM-TO, off]"),
        N_("hours in which nothing rings"),
        quiet,
        Who.CHAT_ADMIN,
    ),
    Command(
        "silences", "", N_("what is silenced here, to be lifted"), list_silences, Who.CHAT_ADMIN
    ),
    Command(
        MANAGE,
        N_("[NUMBER COMMAND]"),
        N_("your groups and channels, from this chat"),
        manage,
        where=_PRIVATE,
    ),
    Command("help", "", N_("all commands"), help_),
    Command("privacy", "", N_("what is kept of this chat"), privacy),
    Command("mydata", "", N_("all that is kept of this chat, as a file"), mydata, Who.CHAT_ADMIN),
    Command(
        "forget", "", N_("delete what is kept of this chat"), forget, Who.CHAT_ADMIN, lasting=True
    ),
    Command(
        "report",
        N_("URL"),
        N_("point to news that I missed or got wrong"),
        report,
        where=_PRIVATE,
        lasting=True,
    ),
    _order(
        "admin",
        N_("[PAGE, or what to do]"),
        N_("what waits, chats, broadcasts, stop and go on (operator)"),
        admin,
    ),
    _order("retract", N_("ID REASON"), N_("take an alert back everywhere (operator)"), retract),
    _order(
        "confirm", N_("ID URL"), N_("count an alert as confirmed by a page (operator)"), confirm
    ),
    _order(
        "correct",
        N_("ID PART=VALUE REASON"),
        N_("put right what an alert has wrong (operator)"),
        correct,
    ),
    _order("merge", N_("ID ID REASON"), N_("let an alert go on as another (operator)"), merge),
    _order("split", N_("ID N,N REASON"), N_("make two events of one (operator)"), split),
    _order(
        "add",
        N_("CASE COUNTRY TYPE STATUS DAY URL WORDS"),
        N_("enter an event by hand (operator)"),
        add,
    ),
    _order("reports", "", N_("the pages that people pointed to (operator)"), list_reports),
    _order("dismiss", N_("N REASON"), N_("close a report (operator)"), dismiss),
    _order(
        "source",
        N_("ACTION ID"),
        N_("add, pause, resume, test or remove a source (operator)"),
        order_source,
    ),
)

MANAGED = frozenset(
    {
        "start",
        "stop",
        FILTER,
        "settings",
        "language",
        "digest",
        "quiet",
        "silences",
        "mydata",
        "forget",
    }
)
"""The commands that work for a chat managed from elsewhere."""

BY_NAME = {command.name: command for command in COMMANDS}

PRESSES = {
    ADMIN: Pressed(press_admin, Who.OPERATOR),
    SETTINGS: Pressed(press_settings, Who.CHAT_ADMIN),
    FORGET: Pressed(press_forget, Who.CHAT_ADMIN),
    BEGIN: Pressed(press_begin, Who.CHAT_ADMIN),
    DEMO: Pressed(press_demo),
    LANGUAGE: Pressed(press_language, Who.CHAT_ADMIN),
    STATUS: Pressed(press_status, beside=True),
    LATEST: Pressed(press_latest),
    COUNTRIES: Pressed(press_countries),
    WHY: Pressed(press_why, beside=True),
    WRONG: Pressed(press_wrong, beside=True),
    WRONG_YES: Pressed(press_wrong_yes),
    WRONG_NO: Pressed(press_wrong_no),
    WHY_PAGE: Pressed(press_why_page),
    TIMELINE: Pressed(press_timeline, beside=True),
    TIMELINE_WORDS: Pressed(press_timeline_page, beside=True),
    TIMELINE_PAGE: Pressed(press_timeline_page),
    MEETINGS: Pressed(press_meetings),
    CHART: Pressed(press_chart, beside=True),
    SEARCH: Pressed(press_find),
    WATCH: Pressed(press_watch),
    FORUMS: Pressed(press_forums),
    SILENCE: Pressed(press_silence, Who.CHAT_ADMIN, beside=True),
    CHOICE: Pressed(press_choice, Who.CHAT_ADMIN),
    PUBLISHING: Pressed(press_publishing, Who.CHAT_ADMIN),
    DECIDE: Pressed(press_decide, Who.CHAT_ADMIN),
}
"""What our buttons do, by the action they carry."""
