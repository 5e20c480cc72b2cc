"""Mail to the operator's relay: how it is spelled, and whether a refusal is for good.

The relay is the operator's own, so its address is not judged. Passwords go over TLS, or to this machine.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from html import unescape
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
TIMEOUT_S = 30.0
MOST_RECIPIENTS = 100
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_TAG = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li|/tr)\b[^>]*>", re.IGNORECASE)


class Undelivered(Exception):  # noqa: N818 - a state of the message
    """The relay did not take a message. `final`: it will not take it later either; `is_down`: nor anything else now."""

    def __init__(self, message: str, *, final: bool, is_down: bool = False) -> None:
        super().__init__(message)
        self.final = final
        self.is_down = is_down


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed in. `sender`: who it is from unless it says so itself."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it is kept."""

    message_id: str
    subject: str
    body_html: str
    email_from: str
    email_to: str
    email_cc: str
    reply_to: str
    created: datetime


def relay(url: str, sender: str) -> Relay | None:
    """The relay of a URL `smtp://user:password@host:port`; None for an empty one. Raises ValueError."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"expected {', '.join(PORTS)} with ://host:port")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("a password goes by smtps:// or smtp+starttls:// only")
    return Relay(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], user, password, sender)


def recipients(mail: Mail) -> list[str]:
    """The bare addresses a message goes to. Raises Undelivered for one that is none, and for too many."""
    found = [address for _, address in getaddresses([mail.email_to, mail.email_cc]) if address]
    wrong = [address for address in found if not _ADDRESS.fullmatch(address)]
    if wrong or not found:
        raise Undelivered(f"{(wrong or [mail.email_to])[0][:80]!r} is no address.", final=True)
    if len(found) > MOST_RECIPIENTS:
        raise Undelivered(f"At most {MOST_RECIPIENTS} recipients of one message.", final=True)
    return list(dict.fromkeys(found))


def spelled(mail: Mail, sender: str) -> EmailMessage:
    """The message as it is handed in: HTML, and the same as plain text. Raises Undelivered."""
    message = EmailMessage()
    origin = mail.email_from or sender
    domain = origin.rpartition("@")[2].strip("> ") or "localhost"
    try:
        message["From"] = origin
        message["To"] = mail.email_to
        for name, value in (("Cc", mail.email_cc), ("Reply-To", mail.reply_to), ("Subject", mail.subject)):
            if value:
                message[name] = value
        message["Message-ID"] = f"<{mail.message_id}@{domain}>"
        message["Date"] = format_datetime(mail.created)
    except (ValueError, MessageError, IndexError) as error:
        raise Undelivered("Its headers cannot be spelled.", final=True) from error
    message.set_content(plain_text(mail.body_html) or " ")
    message.add_alternative(mail.body_html or "<p></p>", subtype="html")
    return message


def plain_text(html: str) -> str:
    """The text of HTML, a line for each paragraph."""
    return "\n".join(
        line.strip() for line in unescape(_TAG.sub("", _BREAK.sub("\n", html))).splitlines() if line.strip()
    )


def hand_in(
    where: Relay,
    message: EmailMessage,
    to: Sequence[str],
    context: ssl.SSLContext,
    timeout_s: float = TIMEOUT_S,
) -> list[str]:
    """Hand a message to the relay; the recipients it refused while it took others. Raises Undelivered."""
    try:
        with _open(where, context, timeout_s) as client:
            if where.user:
                client.login(where.user, where.password)
            return sorted(client.send_message(message, to_addrs=list(to)))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise Undelivered(
            f"No recipient is accepted ({codes[0]}).", final=all(code >= 500 for code in codes)
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered("The relay does not know us.", final=False, is_down=True) from error
    except smtplib.SMTPResponseException as error:
        final = error.smtp_code >= 500 and not isinstance(
            error, smtplib.SMTPConnectError | smtplib.SMTPHeloError
        )
        raise Undelivered(f"The relay answered {error.smtp_code}.", final=final, is_down=not final) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(
            f"The relay cannot be reached: {type(error).__name__}.", final=False, is_down=True
        ) from error


def _open(where: Relay, context: ssl.SSLContext, timeout_s: float) -> smtplib.SMTP:
    if where.scheme == "smtps":
        return smtplib.SMTP_SSL(where.host, where.port, timeout=timeout_s, context=context)
    client = smtplib.SMTP(where.host, where.port, timeout=timeout_s)
    if where.scheme == "smtp+starttls":
        try:
            client.starttls(context=context)
        except BaseException:
            client.close()
            raise
    return client
