"""What Telegram refuses in a text, its entities and its buttons, in the official words."""

import re
from typing import Any

LONGEST = {"text": 4096, "photo": 1024, "document": 1024}
MENTIONS = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"}
QUOTES = {"blockquote", "expandable_blockquote"}
ENTITY_TYPES = MENTIONS | STYLES | QUOTES | {"text_link", "text_mention", "custom_emoji"}
MAX_ENTITIES = 100
MAX_BUTTONS = 100
CHAT_SCOPES = {"chat", "chat_administrators"}
WIDE_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class ApiError(Exception):
    """A refusal, as the Bot API words it."""

    def __init__(self, code: int, text: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.parameters = parameters


def check_text(text: str, entities: list[dict[str, Any]], kind: str) -> None:
    """Refuse a text or caption that is empty, too long, or whose entities are wrong."""
    if kind == "text" and not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units > LONGEST[kind]:
        what = "message" if kind == "text" else "message caption"
        raise ApiError(400, f"Bad Request: {what} is too long")
    if len(entities) > MAX_ENTITIES:
        raise ApiError(400, "Bad Request: can't parse entities: too many")
    for entity in entities:
        _check_entity(entity, text, units)


def _check_entity(entity: dict[str, Any], text: str, units: int) -> None:
    kind, offset, length = (entity.get(key) for key in ("type", "offset", "length"))
    wrong = None
    if kind not in ENTITY_TYPES:
        wrong = f"unsupported type {kind}"
    elif not isinstance(offset, int) or not isinstance(length, int):
        wrong = "offset and length must be numbers"
    elif offset < 0 or length <= 0 or offset + length > units:
        wrong = f"entity {kind} at {offset}+{length} is beyond the text's {units} units"
    elif _splits_pair(text, offset) or _splits_pair(text, offset + length):
        wrong = f"entity {kind} at {offset}+{length} splits a character"
    elif kind == "text_link" and not str(entity.get("url", "")).startswith(("http://", "https://")):
        wrong = "text_link without a web address"
    if wrong:
        raise ApiError(400, f"Bad Request: can't parse entities: {wrong}")


def _splits_pair(text: str, unit: int) -> bool:
    after = text.encode("utf-16-le", "surrogatepass")[unit * 2 : unit * 2 + 2]
    return len(after) == 2 and 0xDC <= after[1] <= 0xDF


def check_markup(markup: dict[str, Any] | None, chat_kind: str) -> None:
    """Refuse inline buttons that Telegram would, in a chat of that kind."""
    if markup is None:
        return
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        raise ApiError(400, "Bad Request: only inline keyboards can be edited later")
    buttons = [button for row in rows for button in row]
    if len(buttons) > MAX_BUTTONS:
        raise ApiError(400, "Bad Request: reply markup is too long")
    for button in buttons:
        _check_button(button, chat_kind)


def _check_button(button: dict[str, Any], chat_kind: str) -> None:
    if not button.get("text"):
        raise ApiError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    if len(button) != 2:
        raise ApiError(400, "Bad Request: a button must do exactly one thing")
    if "callback_data" in button:
        if not 1 <= len(button["callback_data"].encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    elif "web_app" in button:
        if chat_kind != "private":
            raise ApiError(400, "Bad Request: BUTTON_TYPE_INVALID")
        if not str(button["web_app"].get("url", "")).startswith("https://"):
            raise ApiError(400, "Bad Request: BUTTON_URL_INVALID")
    elif not str(button.get("url", "")).startswith(("http://", "https://", "tg://")):
        raise ApiError(400, "Bad Request: BUTTON_URL_INVALID")


def check_commands(commands: list[dict[str, str]]) -> None:
    """Refuse a menu that Telegram would."""
    if len(commands) > 100:
        raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command["command"]):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_inline_answer(params: dict[str, Any]) -> None:
    """Refuse an answer to an inline query that Telegram would."""
    results = params.get("results")
    if not isinstance(results, list):
        raise ApiError(400, "Bad Request: can't parse inline query results JSON object")
    if len(results) > 50:
        raise ApiError(400, "Bad Request: RESULTS_TOO_MUCH")
    ids = [result.get("id", "") for result in results]
    if len(set(ids)) < len(ids):
        raise ApiError(400, "Bad Request: RESULT_ID_DUPLICATE")
    if not all(1 <= len(str(one).encode()) <= 64 for one in ids):
        raise ApiError(400, "Bad Request: RESULT_ID_INVALID")
    for result in results:
        _check_article(result)
    if len(str(params.get("next_offset", "")).encode()) > 64:
        raise ApiError(400, "Bad Request: NEXT_OFFSET_INVALID")
    button = params.get("button")
    if button is not None and (
        not button.get("text") or not START_PARAMETER.fullmatch(button.get("start_parameter", ""))
    ):
        raise ApiError(400, "Bad Request: START_PARAM_INVALID")


def _check_article(result: dict[str, Any]) -> None:
    if result.get("type") != "article":
        raise ApiError(400, "Bad Request: unsupported type of inline query result")
    if not result.get("title"):
        raise ApiError(400, "Bad Request: RESULT_TITLE_EMPTY")
    content = result.get("input_message_content") or {}
    if content.get("parse_mode"):
        raise ApiError(400, "Bad Request: can't parse entities: parse_mode is not for this bot")
    check_text(str(content.get("message_text", "")), content.get("entities") or [], "text")
    check_markup(result.get("reply_markup"), "any")


def check_scope(scope: dict[str, Any]) -> None:
    """Refuse a scope of menus that Telegram would."""
    if scope.get("type") not in CHAT_SCOPES | WIDE_SCOPES:
        raise ApiError(400, "Bad Request: can't parse BotCommandScope: unsupported type")


def language_of(params: dict[str, Any]) -> str:
    """Return the language of a call about the bot's face; "" is the default's."""
    language = str(params.get("language_code") or "")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise ApiError(400, "Bad Request: invalid language code specified")
    return language


def check_photo(picture: bytes) -> None:
    """Refuse what Telegram takes for no photo: too many bytes, too long, too thin."""
    if len(picture) > 10_000_000:
        raise ApiError(400, "Bad Request: file must be less than 10 MB")
    shorter, longer = sorted((int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])))
    if shorter + longer > 10_000 or longer > 20 * shorter:
        raise ApiError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
