"""Signatures of requests, as Standard Webhooks describes them."""

import base64
import hmac


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a request, by id, seconds since 1970, and body."""
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    digest = hmac.digest(key, signed, "sha256")
    return "v1," + base64.b64encode(digest).decode()
