"""The add-ons of this tenant as records."""

from __future__ import annotations

from entrepot.api import Boolean, Char, Integer, Many2one, Model, Selection, Text, depends

_STATES = [
    ("uninstallable", "Uninstallable"),
    ("uninstalled", "Not Installed"),
    ("installed", "Installed"),
    ("to upgrade", "To be upgraded"),
    ("to remove", "To be removed"),
    ("to install", "To be installed"),
]


class Module(Model, name="ir.module.module", rec_name="shortdesc", order="sequence, name"):
    """Module"""

    name = Char(string="Technical Name", required=True, unique=True, readonly=True)
    shortdesc = Char(string="Module Name", readonly=True, translate=True)
    summary = Char(readonly=True, translate=True)
    description = Text(readonly=True, translate=True)
    author = Char(readonly=True)
    website = Char(readonly=True)
    license = Char(readonly=True)
    category_id = Many2one("ir.module.category", readonly=True, index=True)
    sequence = Integer(default=100, aggregator=None)
    latest_version = Char(string="Installed Version", readonly=True)
    installed_version = Char(compute="_compute_installed_version", string="Latest Version")
    state = Selection(_STATES, string="Status", default="uninstalled", readonly=True, index=True)
    application = Boolean(readonly=True)
    auto_install = Boolean(readonly=True)
    demo = Boolean(string="Demo Data", readonly=True)

    @depends("latest_version", "state")
    def _compute_installed_version(self) -> None:
        for module in self:
            module.installed_version = module.latest_version if module.state == "installed" else None
