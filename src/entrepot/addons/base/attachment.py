"""Files attached to records. Content lies in the tenant's file store; whoever may see the record may see
its files.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from entrepot.addons.base.user_rights import NOBODY
from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    AccessError,
    Binary,
    Boolean,
    Char,
    Integer,
    Many2one,
    Model,
    Problem,
    Selection,
    Text,
    constrains,
    depends,
    guess_mimetype,
)
from entrepot.api import public as remote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = [("url", "URL"), ("binary", "File")]
_SCHEMES = frozenset({"", "http", "https", "ftp", "mailto"})
_HEAD_BYTES = 4096
_WORKED_OUT = frozenset({"file_size", "checksum", "mimetype"})
_TARGET = frozenset({"res_model", "res_id", "res_field"})


class Attachment(Model, name="ir.attachment", order="id desc"):
    """Attachment"""

    name = Char(required=True)
    description = Text()
    type = Selection(_TYPES, required=True, default="binary")
    url = Char(size=1024, index=True)
    res_model = Char(string="Resource Model", index=True)
    res_field = Char(string="Resource Field")
    res_id = Integer(string="Resource ID", index=True, aggregator=None)
    res_name = Char(compute="_compute_res_name", string="Resource Name")
    company_id = Many2one("res.company", default=lambda self: self.env.company)
    public = Boolean(string="Is public document")
    access_token = Char(groups="base.group_user", copy=False)
    datas = Binary(string="File Content (base64)")
    raw = Text(compute="_compute_raw", inverse="_set_raw", string="File Content (text)")
    store_key = Char(compute="_compute_content", store=True, groups=NOBODY, index=True)
    file_size = Integer(compute="_compute_content", store=True, readonly=True)
    checksum = Char(compute="_compute_content", store=True, readonly=True, string="Checksum/SHA1", index=True)
    mimetype = Char(compute="_compute_content", store=True, readonly=True, string="Mime Type")
    is_reachable = Boolean(
        compute="_compute_is_reachable",
        search="_search_is_reachable",
        string="Reachable",
        help="Whether the user made it loose or may read the record it is attached to.",
    )

    @depends("datas", "type")
    def _compute_content(self) -> None:
        """Size, checksum and type follow from the bytes: what the sender says of them is not believed."""
        for attachment in self:
            key = self._key(attachment)
            if key is None:
                attachment.store_key = None
                attachment.file_size = 0
                attachment.checksum = None
                attachment.mimetype = None if attachment.type == "url" else guess_mimetype(b"")
                continue
            digest = hashlib.sha1(usedforsecurity=False)
            head = b""
            for chunk in self.env.files.open(key):
                digest.update(chunk)
                head = head if len(head) >= _HEAD_BYTES else head + chunk
            attachment.store_key = key
            attachment.file_size = self.env.files.size(key)
            attachment.checksum = digest.hexdigest()
            attachment.mimetype = guess_mimetype(head[:_HEAD_BYTES])

    def _key(self, attachment: Any) -> str | None:
        """Where the content lies, without reading it."""
        reference: str | None = self.env.value(
            attachment, attachment.env.registry.models["ir.attachment"].fields["datas"]
        )
        return None if reference is None else reference.partition(".")[0]

    @depends("datas")
    def _compute_raw(self) -> None:
        """The content as text; unset when it is not UTF-8."""
        for attachment in self:
            content = attachment.datas
            try:
                attachment.raw = None if content is None else content.decode()
            except UnicodeDecodeError:
                attachment.raw = None

    def _set_raw(self) -> None:
        for attachment in self:
            attachment.datas = None if attachment.raw is None else attachment.raw.encode()

    @depends("res_model", "res_id")
    def _compute_res_name(self) -> None:
        for attachment in self:
            target = self._target(attachment.res_model, attachment.res_id)
            there = target.sudo().exists() if target is not None else None
            attachment.res_name = there.display_name if there else None

    def _target(self, model: str | None, res_id: int | None) -> Any:
        if not model or not res_id or model not in self.env:
            return None
        return self.env[model].browse([res_id])

    def _compute_is_reachable(self) -> None:
        reachable = self.search([("id", "in", self.ids), ("is_reachable", "=", True)])
        for attachment in self:
            attachment.is_reachable = attachment in reachable

    def _search_is_reachable(self, operator: str, value: Any) -> list[Any]:
        """A domain of what the caller may see: loose files of their own, and files of records they may read.

        Record rules ask it with the system's eyes; the answer is the caller's all the same.
        """
        caller = self.sudo(flag=self.env.caller.superuser)
        found: list[Any] = ["&", ("res_model", "=", None), ("create_uid", "=", self.env.uid)]
        for model in self._attached_models():
            target = caller.env[model] if model in self.env else None
            if target is None or not target.check_access_rights("read", raise_exception=False):
                continue
            mine: list[Any] = [("res_model", "=", model)]
            if self.env.policy.rules.get(model):
                ids = self.sudo().search([("res_model", "=", model), ("res_id", "!=", None)]).mapped("res_id")
                seen = target.with_context(active_test=False).search([("id", "in", sorted(set(ids)))])
                mine = ["&", *mine, ("res_id", "in", seen.ids)]
            found = ["|", *found, *mine]
        wanted = bool(value) == (operator in {"=", "in"})
        return found if wanted else ["!", *found]

    def _attached_models(self) -> list[str]:
        groups = self.sudo().read_group([("res_model", "!=", None)], ["res_model"], ["res_model"])
        return sorted(group["res_model"] for group in groups)

    def _check_target(self, model: Any, res_id: Any) -> None:
        """Refuse unless the caller may write the record that a file is attached to. Raises AccessError."""
        if self.env.su or not model:
            return
        if not isinstance(model, str) or model not in self.env:
            raise AccessError("You are not allowed to attach files to records of that kind.")
        target = self.env[model]
        target.check_access_rights("write")
        if isinstance(res_id, int) and not isinstance(res_id, bool) and res_id:
            target.browse([res_id]).check_access("write")

    def check_targets(self) -> None:
        """Raise AccessError unless the caller may write the records that these are attached to."""
        if self.env.su:
            return
        for attachment in self.sudo():
            self._check_target(attachment.res_model, attachment.res_id)

    @constrains("url", "type")
    def _address_is_harmless(self) -> Iterator[Problem]:
        for attachment in self:
            if attachment.type == "url" and not attachment.url:
                yield Problem("url", "required", "An attachment of type URL needs its address.")
            if attachment.url and not _is_harmless(attachment.url):
                yield Problem(
                    "url", "scheme", "An address begins with http, https, ftp or mailto, or is a path."
                )

    def create(self, vals_list: Any) -> Self:
        """Create; needs the right to write the records attached to."""
        made = super().create(with_each(vals_list, self._admitted))
        made.check_targets()  # values may have come by defaults, and ids as texts
        return made

    def _admitted(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        self._check_target(values.get("res_model"), values.get("res_id"))
        return _told(values)

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; needs the right to write the records attached to, before and after."""
        self.check_targets()
        done = super().write(_told(vals))
        if _TARGET & set(vals):
            self.check_targets()
        return done

    def unlink(self) -> bool:
        """Delete; needs the right to write the records attached to. The bytes go when nobody refers to them
        any more.
        """
        self.check_targets()
        return super().unlink()

    @remote
    def generate_access_token(self) -> list[str]:
        """A token for each file by which it can be fetched without a login; the one that is there, or a new
        one.
        """
        tokens = []
        for attachment in self:
            token = attachment.access_token or secrets.token_urlsafe(32)
            if not attachment.access_token:
                attachment.write({"access_token": token})
            tokens.append(token)
        return tokens


def _told(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values without what follows from the content: some clients send their own idea of it along."""
    return {key: value for key, value in values.items() if key not in _WORKED_OUT}


def _is_harmless(address: str) -> bool:
    try:
        return urlsplit(address.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False
