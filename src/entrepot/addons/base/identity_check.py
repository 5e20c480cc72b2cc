"""Proof that whoever sits at a session is still its user: the password is asked again before something
delicate.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from entrepot.addons.base.user_rights import NOBODY
from entrepot.api import Boolean, Char, Integer, Model, UserError, public
from entrepot.errors import AccessError, RateLimited

_TRIES = 5
_WINDOW = dt.timedelta(minutes=10)
_GUARDED = frozenset({("res.users.apikeys.description", "make_key_now")})


class IdentityCheck(Model, name="res.users.identitycheck", transient=True):
    """Password Check"""

    auth_method = Char(default="password", readonly=True)
    password = Char(compute="_compute_password", inverse="_set_password", trim=False)
    proven = Boolean(groups=NOBODY)
    failures = Integer(groups=NOBODY)
    model = Char(groups=NOBODY)
    res_id = Integer(groups=NOBODY)
    method = Char(groups=NOBODY)

    def ask(self, model: str, res_id: int, method: str) -> dict[str, Any]:
        """Keep what is to be done once the password is given, and return the action that asks for it."""
        check = self.sudo().create([{"model": model, "res_id": res_id, "method": method}])
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.identitycheck",
            "res_id": check.id,
            "name": "Security Control",
            "target": "new",
            "views": [[False, "form"]],
            "context": {},
        }

    def _compute_password(self) -> None:
        for check in self:
            check.password = None

    def _set_password(self) -> None:
        """Compare at once: the password itself is kept nowhere. A failure is counted here, where the write
        commits.
        """
        for check in self:
            guess = check.password or ""
            state = check.sudo()
            self._refuse_guessing(state)
            fits = self.env.user.password_fits(guess)
            state.write({"proven": fits, "failures": state.failures + (not fits)})

    def _refuse_guessing(self, state: Any) -> None:
        recent = state.search(
            [("create_uid", "=", self.env.uid), ("create_date", ">", self.env.now() - _WINDOW)]
        )
        if sum(each.failures for each in recent) >= _TRIES:
            raise RateLimited("Too many wrong passwords; wait some minutes and try again.")

    @public
    def run_check(self) -> Any:
        """Do what was asked for, if the password that was written here is right."""
        check = self.ensure_one().sudo()
        if check.create_uid.id != self.env.uid:
            raise AccessError("This check belongs to another user.")
        if not check.proven:
            raise UserError(
                "Incorrect Password, try again or click on Forgot Password to reset your password."
            )
        request = (check.model, check.method)
        target = self.env[check.model or ""].browse(check.res_id)
        check.unlink()
        if request not in _GUARDED:
            raise AccessError
        return getattr(target, request[1])()
