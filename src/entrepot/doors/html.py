"""The few pages of these doors: plain HTML that runs no script of anybody else."""

from __future__ import annotations

import secrets
from html import escape

from entrepot.doors.http import Headers, Reply

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;color:#1d2733}"
    "label{display:block;margin:.6rem 0}input,button{font:inherit;padding:.35rem .6rem}"
    "fieldset{margin:1.5rem 0;border:1px solid #cfd6dd;border-radius:4px}[role=alert]{color:#a4161a}"
)


def page(title: str, content: str, *, script: str = "", headers: Headers = ()) -> Reply:
    """A page. `content` is markup, made with `escape`; `script` runs under a nonce of its own."""
    nonce = secrets.token_urlsafe(16)
    code = f'<script nonce="{nonce}">\n{script}\n</script>' if script else ""
    policy = (
        f"default-src 'none'; img-src 'self'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    body = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<style nonce="{nonce}">{_STYLE}</style>\n{code}\n</head>\n'
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )
    fixed: Headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", policy.encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    )
    return Reply(200, (*fixed, *headers), body.encode("utf-8", "replace"))


def alert(message: str) -> str:
    """A message that matters, as markup; nothing when there is none."""
    return f'<p role="alert">{escape(message)}</p>' if message else ""


def for_script(json: bytes) -> str:
    """JSON that may stand inside a script: nothing in it ends the script or the line."""
    text = json.decode("utf-8")
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
