"""The chats of the fake: who is in them, what they show, and what Telegram would refuse."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.bot_api.rules import ApiError, check_markup, check_text

BOT_ID = 4_000_001
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Watch", "username": "watch_test_bot"}

BLOCKED = "Forbidden: bot was blocked by the user"
DEACTIVATED = "Forbidden: user is deactivated"
KICKED = "Forbidden: bot was kicked from the {kind} chat"
UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)
NO_TOPIC = "Bad Request: message thread not found"
TOPIC_CLOSED = "Bad Request: TOPIC_CLOSED"
QUERY_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@dataclass
class Shown:
    """One message of ours as a reader of the chat sees it now."""

    message_id: int
    text: str
    entities: list[dict[str, Any]]
    markup: dict[str, Any] | None
    reply_to: int | None = None
    thread_id: int | None = None
    kind: str = "text"
    """text, photo or document; the text is then the caption."""
    file_id: str | None = None
    deleted: bool = False
    versions: list[str] = field(default_factory=list)
    """Every text it had, the first one first."""

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Return its inline buttons, row after row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass
class Chat:
    """One chat as Telegram keeps it."""

    id: int
    kind: str
    title: str
    refusal: str | None = None
    migrated_to: int | None = None
    messages: dict[int, Shown] = field(default_factory=dict)
    members: dict[int, dict[str, Any]] = field(default_factory=dict)
    topics: dict[int | None, bool] = field(default_factory=lambda: {None: True})
    """Each topic of a forum, and whether it is open; None is General."""
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def as_json(self) -> dict[str, Any]:
        """Return the Bot API's Chat."""
        name = "first_name" if self.kind == "private" else "title"
        return {"id": self.id, "type": self.kind, name: self.title}


class Chats:
    """All chats, and what the bot does in them; raises ``ApiError`` where Telegram refuses."""

    def __init__(self) -> None:
        self._chats: dict[int, Chat] = {}

    def add_chat(self, chat_id: int, kind: str = "private", title: str = "") -> None:
        """Let there be a chat: private, group, supergroup or channel."""
        self._chats[chat_id] = Chat(chat_id, kind, title or f"chat {chat_id}")

    def add_member(
        self, chat_id: int, user_id: int, standing: str = "member", **rights: bool
    ) -> None:
        """Give a person a standing: creator, administrator, member, restricted, left, kicked."""
        self._chats[chat_id].members[user_id] = {"status": standing, **rights}

    def block(self, chat_id: int) -> None:
        """Let the person block the bot (private chats)."""
        self._chats[chat_id].refusal = BLOCKED

    def unblock(self, chat_id: int) -> None:
        """Let the bot write again, after a block or a kick."""
        self._chats[chat_id].refusal = None

    def deactivate(self, chat_id: int) -> None:
        """Let the person's account be deleted."""
        self._chats[chat_id].refusal = DEACTIVATED

    def kick(self, chat_id: int) -> None:
        """Let the bot be thrown out of a group or channel."""
        chat = self._chats[chat_id]
        chat.refusal = KICKED.format(kind=chat.kind)

    def migrate(self, old: int, new: int) -> None:
        """Let a group become a supergroup; the new chat may be there already."""
        if new not in self._chats:
            self.add_chat(new, "supergroup", self._chats[old].title)
        self._chats[old].migrated_to = new

    def add_topic(self, chat_id: int, thread_id: int) -> None:
        """Let a supergroup be a forum and have a topic; General is there by itself."""
        self._chats[chat_id].topics[thread_id] = True

    def close_topic(self, chat_id: int, thread_id: int | None) -> None:
        """Let a topic be closed; None closes General."""
        self._chats[chat_id].topics[thread_id] = False

    def remove_topic(self, chat_id: int, thread_id: int) -> None:
        """Let a topic be deleted, with all that stood in it."""
        del self._chats[chat_id].topics[thread_id]
        for message in self._chats[chat_id].messages.values():
            message.deleted = message.deleted or message.thread_id == thread_id

    def remove_message(self, chat_id: int, message_id: int) -> None:
        """Let a person delete a message of ours."""
        self._chats[chat_id].messages[message_id].deleted = True

    def shown(self, chat_id: int) -> list[Shown]:
        """Return what the chat shows of us, oldest first."""
        return [m for m in self._chats[chat_id].messages.values() if not m.deleted]

    def chat(self, chat_id: Any) -> Chat:
        """Return the chat, or refuse as Telegram does."""
        try:
            chat = self._chats.get(int(chat_id))
        except (TypeError, ValueError):
            raise ApiError(400, "Bad Request: chat_id is empty") from None
        if chat is None:
            raise ApiError(400, "Bad Request: chat not found")
        return chat

    def all_chats(self) -> list[Chat]:
        """Return every chat."""
        return list(self._chats.values())

    def send(
        self,
        chat_id: Any,
        text: str,
        entities: list[dict[str, Any]],
        markup: dict[str, Any] | None,
        reply: dict[str, Any] | None,
        kind: str = "text",
        file_id: str | None = None,
        thread_id: int | None = None,
    ) -> dict[str, Any]:
        """Show a new message; returns the Bot API's Message."""
        chat = self._writable(chat_id)
        if thread_id not in chat.topics:
            raise ApiError(400, NO_TOPIC)
        if not chat.topics[thread_id]:
            raise ApiError(400, TOPIC_CLOSED)
        check_text(text, entities, kind)
        check_markup(markup, chat.kind)
        reply_to = _replied(chat, reply)
        shown = Shown(next(chat.ids), text, entities, markup, reply_to, thread_id, kind, file_id)
        shown.versions.append(text)
        chat.messages[shown.message_id] = shown
        return message_json(chat, shown)

    def edit(
        self,
        chat_id: Any,
        message_id: Any,
        text: str | None,
        entities: list[dict[str, Any]],
        markup: dict[str, Any] | None,
    ) -> dict[str, Any]:
        """Change a message of ours; text None changes the buttons only."""
        chat = self._writable(chat_id)
        shown = chat.messages.get(int(message_id or 0))
        if shown is None or shown.deleted:
            raise ApiError(400, "Bad Request: message to edit not found")
        if text is None:
            text, entities = shown.text, shown.entities
        elif shown.kind != "text":
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        check_text(text, entities, shown.kind)
        check_markup(markup, chat.kind)
        if (text, entities, markup) == (shown.text, shown.entities, shown.markup):
            raise ApiError(400, NOT_MODIFIED)
        shown.text, shown.entities, shown.markup = text, entities, markup
        shown.versions.append(text)
        return {**message_json(chat, shown), "edit_date": int(time.time())}

    def delete(self, chat_id: Any, message_id: Any) -> bool:
        """Delete a message of ours."""
        shown = self._writable(chat_id).messages.get(int(message_id or 0))
        if shown is None or shown.deleted:
            raise ApiError(400, "Bad Request: message to delete not found")
        shown.deleted = True
        return True

    def leave(self, chat_id: Any) -> bool:
        """Let the bot leave a group or channel."""
        chat = self._writable(chat_id)
        chat.refusal = f"Forbidden: bot is not a member of the {chat.kind} chat"
        return True

    def member(self, chat_id: Any, user_id: Any) -> dict[str, Any]:
        """Return the Bot API's ChatMember."""
        found = self._writable(chat_id).members.get(int(user_id or 0), {"status": "left"})
        return member_json(int(user_id), **found)

    def _writable(self, chat_id: Any) -> Chat:
        chat = self.chat(chat_id)
        if chat.migrated_to is not None:
            raise ApiError(400, UPGRADED, {"migrate_to_chat_id": chat.migrated_to})
        if chat.refusal is not None:
            raise ApiError(403, chat.refusal)
        return chat


ADMIN_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
"""The fields that a ChatMemberAdministrator always has."""


def member_json(user_id: int, status: str, **rights: Any) -> dict[str, Any]:
    """Return the Bot API's ChatMember for a standing."""
    member: dict[str, Any] = {"status": status, "user": user_json(user_id)}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "administrator":
        member.update(dict.fromkeys(ADMIN_RIGHTS, False))
    if status == "kicked":
        member["until_date"] = 0
    return {**member, **rights}


def user_json(user_id: int) -> dict[str, Any]:
    """Return the Bot API's User."""
    if user_id == BOT_ID:
        return BOT
    return {"id": user_id, "is_bot": False, "first_name": f"Person {user_id}"}


def message_json(chat: Chat, shown: Shown) -> dict[str, Any]:
    """Return the Bot API's Message for one of ours."""
    message: dict[str, Any] = {
        "message_id": shown.message_id,
        "date": int(time.time()),
        "chat": chat.as_json(),
    }
    if shown.thread_id is not None:
        message.update(message_thread_id=shown.thread_id, is_topic_message=True)
    if chat.kind == "channel":
        message["sender_chat"] = chat.as_json()
    else:
        message["from"] = BOT
    words = {"text": ("text", "entities")}.get(shown.kind, ("caption", "caption_entities"))
    message.update(zip(words, (shown.text, shown.entities), strict=True))
    if shown.kind == "photo":
        size = {"file_id": shown.file_id, "file_unique_id": shown.file_id}
        message["photo"] = [{**size, "width": 800, "height": 400}]
    if shown.kind == "document":
        message["document"] = {"file_id": shown.file_id, "file_unique_id": shown.file_id}
    if shown.markup:
        message["reply_markup"] = shown.markup
    return message


def _replied(chat: Chat, reply: dict[str, Any] | None) -> int | None:
    if not reply:
        return None
    target = chat.messages.get(int(reply["message_id"]))
    if target is not None and not target.deleted:
        return target.message_id
    if reply.get("allow_sending_without_reply"):
        return None
    raise ApiError(400, "Bad Request: message to be replied not found")
