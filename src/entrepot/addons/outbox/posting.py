"""From what an add-on posts to rows of the outbox: checked, kept from going back, coalesced; a few queries for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from entrepot.addons.outbox import bodies
from entrepot.addons.outbox.queueing import Queue, Waiting
from entrepot.api import Problem, ValidationError

OPEN = ("pending", "sending")
"""The states of a message that others of its record wait for."""


class Post(NamedTuple):
    """One message as an add-on gives it; see `outbox.endpoint.post`."""

    topic: str
    path: str
    body: Any = None
    method: str = "POST"
    key: str | None = None
    coalesce: str | None = None


def posted(endpoints: Any, posts: Sequence[Post], origin: str | int | None, *, force: bool) -> Any:
    """Store messages for endpoints; returns those that are new or were replaced. Raises ValidationError."""
    env = endpoints.env
    messages = env["outbox.message"].sudo()
    origin = env.context.get("_origin") if origin is None else origin
    rows = _checked(posts)
    targets = endpoints.sudo().filtered(lambda each: each.active and (force or not _is_origin(each, origin)))
    if not targets or not rows:
        return messages
    # What the messages tell of is written first: whoever is faster with the record is then faster with its message.
    env.flush()
    env.lock_all(
        ("outbox", endpoint_id, name)
        for endpoint_id in targets.ids
        for name in {name for each in posts for name in (each.key, each.coalesce) if name}
    )
    found = messages
    for endpoint, queue in _queues(messages, targets, posts):
        for post, row in zip(posts, rows, strict=True):
            queue.add(post.key, post.coalesce, {**row, "origin": None if origin is None else str(origin)})
        found += _stored(messages, endpoint, queue)
    env.wake()
    return found


def _is_origin(endpoint: Any, origin: str | int | None) -> bool:
    return origin is not None and str(origin) in {str(endpoint.id), endpoint.code}


def _checked(posts: Sequence[Post]) -> list[dict[str, Any]]:
    """The values of each message. Raises one ValidationError with everything that is wrong."""
    rows, problems = [], []
    for at, post in enumerate(posts):
        try:
            text = bodies.json_text(post.body)
        except ValueError as error:
            text = None
            problems.append(Problem(f"{at}.body", "not_json", f"The body cannot be sent: {error}."))
        problems += _problems(at, post)
        rows.append({"topic": post.topic, "method": post.method, "path": post.path or None, "body": text})
    if problems:
        raise ValidationError(problems=problems)
    return rows


def _problems(at: int, post: Post) -> Iterator[Problem]:
    if not bodies.is_topic(post.topic):
        yield Problem(
            f"{at}.topic", "not_topic", "A topic is words with dots between, such as stock.changed."
        )
    if post.method not in bodies.METHODS:
        yield Problem(f"{at}.method", "not_method", f"Messages are sent by {', '.join(bodies.METHODS)}.")
    if not bodies.is_path(post.path):
        yield Problem(
            f"{at}.path", "not_path", "A path begins with one slash and holds no blanks and no '..'."
        )
    for name in ("key", "coalesce"):
        if len(getattr(post, name) or "") > 200:
            yield Problem(f"{at}.{name}", "too_long", f"A {name} has at most 200 characters.")


def _queues(messages: Any, endpoints: Any, posts: Sequence[Post]) -> Iterator[tuple[Any, Queue]]:
    coalesced = list({each.coalesce for each in posts if each.coalesce})
    waiting: dict[int, list[Waiting]] = {}
    tails: dict[int, dict[str, int]] = {}
    if coalesced:
        domain = [
            ("endpoint_id", "in", endpoints.ids),
            ("state", "=", "pending"),
            ("coalesce_key", "in", coalesced),
        ]
        for each in messages.search(domain, order="id"):
            one = Waiting(each.id, each.coalesce_key, each.record_key, each.attempts, each.next_attempt)
            waiting.setdefault(each.endpoint_id.id, []).append(one)
    if waiting:
        keys = list({one.key for some in waiting.values() for one in some if one.key})
        domain = [
            ("endpoint_id", "in", endpoints.ids),
            ("state", "in", list(OPEN)),
            ("record_key", "in", keys),
        ]
        for each in messages.search(domain, order="id"):
            tails.setdefault(each.endpoint_id.id, {})[each.record_key] = each.id
    for endpoint in endpoints:
        yield endpoint, Queue(endpoint.ordered, waiting.get(endpoint.id, ()), tails.get(endpoint.id, {}))


def _stored(messages: Any, endpoint: Any, queue: Queue) -> Any:
    if queue.superseded:
        messages.browse(queue.superseded).write(
            {"state": "cancelled", "last_error": "A later message took its place."}
        )
    for each in queue.replaced:
        messages.browse(each.id).write(each.values)
    now = messages.env.now()
    made = messages.create(
        [
            {
                **(each.values or {}),
                "endpoint_id": endpoint.id,
                "record_key": each.key,
                "coalesce_key": each.coalesce,
                "attempts": each.attempts,
                "next_attempt": each.next_attempt or now,
            }
            for each in queue.created
        ]
    )
    return messages.browse([each.id for each in queue.replaced]) + made
