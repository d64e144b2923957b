"""The bot's own face in Telegram: its menus, its description, its about text.

Each is read first and written only where it differs, so that doing it again changes
nothing and costs no calls that Telegram counts.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest

from bot.commands.desk import Command
from bot.commands.rights import Who
from bot.commands.table import COMMANDS
from bot.texts import service
from bot.texts.direction import laid_out_text
from bot.texts.language import SOURCE_LANGUAGE, catalogues, words_of
from jobs.store.chats import ChatKind

DEFAULT_ONLY: tuple[str, ...] = ("",)
"""Just what is shown to whoever's language has no face of its own."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What one kind of chat is shown in one language; "" stands for all other languages."""

    scope: BotCommandScope
    language: str
    commands: tuple[BotCommand, ...]


@dataclass(frozen=True, slots=True)
class Dressed:
    """What was done: the parts that were written, by name, and what Telegram refused."""

    written: Sequence[str]
    refused: Sequence[str]


def every_language() -> tuple[str, ...]:
    """Return "" and each language with a catalogue that Telegram can tell a user by."""
    return (*DEFAULT_ONLY, *(name for name in catalogues() if len(name) == 2))


def menus(languages: Collection[str], operators: Collection[int]) -> list[Menu]:
    """Return all menus, made from the table of commands.

    Telegram shows the narrowest that fits: an operator's own chat, then admins of a group,
    then groups and private chats, then the default. An operator's menu is in English,
    as their commands are.
    """
    made = [
        Menu(scope, language, _listed(language, shown))
        for language in languages
        for scope, shown in _scopes()
    ]
    here = [each for each in COMMANDS if ChatKind.PRIVATE in each.where]
    return made + [
        Menu(BotCommandScopeChat(person), "", _listed("", here)) for person in sorted(operators)
    ]


async def dress(bot: Bot, languages: Collection[str], operators: Collection[int]) -> Dressed:
    """Bring the bot's face in Telegram up to date.

    An operator who never wrote to the bot has no chat whose menu could be set: that is
    among the refused. Raises ``TelegramError`` for anything else that fails.
    """
    written: list[str] = []
    refused: list[str] = []
    for menu in menus(languages, operators):
        name = _name_of(menu)
        try:
            if await _set_menu(bot, menu):
                written.append(name)
        except BadRequest as error:
            if not isinstance(menu.scope, BotCommandScopeChat):
                raise
            refused.append(f"{name}: {error.message}")
    for language in languages:
        written += await _set_words(bot, language)
    return Dressed(written, refused)


def _scopes() -> Iterator[tuple[BotCommandScope, list[Command]]]:
    anyone = [each for each in COMMANDS if each.who is Who.ANYONE]
    ours = [each for each in COMMANDS if each.who is not Who.OPERATOR]
    yield BotCommandScopeDefault(), [each for each in anyone if each.where == set(ChatKind)]
    yield BotCommandScopeAllPrivateChats(), [each for each in ours if _works(each, "private")]
    yield BotCommandScopeAllGroupChats(), [each for each in anyone if _works(each, "group")]
    yield (
        BotCommandScopeAllChatAdministrators(),
        [each for each in ours if _works(each, "group")],
    )


def _works(command: Command, kind: str) -> bool:
    return ChatKind(kind) in command.where


def _listed(language: str, shown: Sequence[Command]) -> tuple[BotCommand, ...]:
    words = words_of(language or SOURCE_LANGUAGE)
    said = {each.name: words.gettext(each.description) for each in shown}
    return tuple(BotCommand(name, laid_out_text(text, language)) for name, text in said.items())


async def _set_menu(bot: Bot, menu: Menu) -> bool:
    language = menu.language or None
    if await bot.get_my_commands(menu.scope, language) == menu.commands:
        return False
    await bot.set_my_commands(menu.commands, menu.scope, language)
    return True


async def _set_words(bot: Bot, language: str) -> list[str]:
    """Set description and about text; return which of them were written."""
    words = words_of(language or SOURCE_LANGUAGE)
    written = []
    description = laid_out_text(service.description(words), language)
    about = laid_out_text(service.about(words), language)
    if (await bot.get_my_description(language or None)).description != description:
        await bot.set_my_description(description, language or None)
        written.append(f"description {language}".rstrip())
    if (await bot.get_my_short_description(language or None)).short_description != about:
        await bot.set_my_short_description(about, language or None)
        written.append(f"about {language}".rstrip())
    return written


def _name_of(menu: Menu) -> str:
    chat = f" {menu.scope.chat_id}" if isinstance(menu.scope, BotCommandScopeChat) else ""
    return f"menu {menu.scope.type}{chat} {menu.language}".rstrip()
