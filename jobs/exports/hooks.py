"""What a webhook is sent: one revision of one alert as JSON, signed."""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from jobs.domain.alerts import AlertId, AlertKind, ChatId, Facts, Reason
from jobs.domain.signatures import sign
from jobs.exports.codes import codes_of
from jobs.exports.plain import plain, web_address

CONTENT_TYPE = "application/json"


def key_of(secret: str, chat_id: ChatId) -> bytes:
    """Return a webhook's own signing key: who has one knows nothing of the others."""
    return hmac.digest(secret.encode(), f"hook {chat_id}".encode(), "sha256")


def shown_key(key: bytes) -> str:
    """Return the key as receivers' libraries take it."""
    return "whsec_" + base64.b64encode(key).decode()


def message_id(installation: UUID, alert_id: AlertId, revision: int, made_at: datetime) -> str:
    """Return what a receiver knows a repeat by: the same however often it is posted.

    ``made_at`` is when it was to be posted: where the store was put back to a copy, the
    number of a revision may come again for another one.
    """
    return f"msg_{installation.hex}_{alert_id}_{revision}_{int(made_at.timestamp())}"


def headers_of(key: bytes, name: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of one attempt, as Standard Webhooks names them."""
    stamp = str(int(now.timestamp()))
    return {
        "Content-Type": CONTENT_TYPE,
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(key, name, stamp, body),
    }


def alert_body(
    facts: Facts,
    alert_id: AlertId,
    revision: int,
    kind: AlertKind,
    reason: Reason,
    at: datetime,
    *,
    recipient: str,
    text: str,
) -> bytes:
    """Return a revision: the alert as it stands, whole, so that the newest is enough.

    ``recipient`` is the code of the case's own territory, ``text`` says it in one line.
    """
    codes = codes_of(facts.type, facts.status, facts.detail)
    data = {
        "alert": alert_id,
        "revision": revision,
        "reason": reason,
        "case": facts.case,
        "actor": facts.actor,
        "recipient": recipient,
        "event": facts.type,
        "status": facts.status,
        "grade": facts.grade,
        "date": facts.on.isoformat() if facts.on else None,
        "detail": facts.detail,
        "origins": facts.origins,
        "contested": facts.contested,
        "retracted": facts.retracted,
        "reverses": facts.reverses,
        "reversed_by": facts.reversed_by,
        "same_as": facts.same_as,
        "note": plain(facts.note),
        "cameo": codes.cameo,
        "plover": [codes.plover_event, codes.plover_mode, codes.plover_context],
        "quad": codes.quad,
        "text": plain(text),
        "sources": [
            {
                "outlet": plain(each.outlet, 100),
                "url": web_address(each.url) or None,
                "title": plain(each.title, 300),
                "published_at": each.published_at.isoformat() if each.published_at else None,
                "denies": each.denies,
            }
            for each in facts.voices
        ],
    }
    return _body(kind, at, data)


def notice_body(key: str, values: Mapping[str, Any], at: datetime) -> bytes:
    """Return a word that tells of no event, such as a wave."""
    return _body("notice", at, {"notice": key, **values})


def _body(kind: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    document = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
