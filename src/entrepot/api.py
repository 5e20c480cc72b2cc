"""The face that add-ons import: models, fields, commands, decorators and errors. See `docs/look-up/models.md`."""

from entrepot.auth.keys import new_key
from entrepot.auth.passwords import Passwords
from entrepot.call import Value
from entrepot.errors import (
    AccessDenied,
    AccessError,
    BadRequest,
    ConflictError,
    MissingError,
    Problem,
    UserError,
    ValidationError,
)
from entrepot.files.mimetypes import guess as guess_mimetype
from entrepot.kernel.access.expression import compile_domain
from entrepot.kernel.command import Command
from entrepot.kernel.declare import constrains, cron, depends, ondelete, public
from entrepot.kernel.environment import Environment
from entrepot.kernel.fields import (
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Field,
    Float,
    Html,
    Integer,
    Json,
    Many2many,
    Many2one,
    Monetary,
    One2many,
    Reference,
    Selection,
    Text,
    sequence,
)
from entrepot.kernel.model import Model, Values
from entrepot.kernel.records import Records
from entrepot.table import Table

__all__ = [
    "AccessDenied",
    "AccessError",
    "BadRequest",
    "Binary",
    "Boolean",
    "Char",
    "Command",
    "ConflictError",
    "Date",
    "Datetime",
    "Environment",
    "Field",
    "Float",
    "Html",
    "Integer",
    "Json",
    "Many2many",
    "Many2one",
    "MissingError",
    "Model",
    "Monetary",
    "One2many",
    "Passwords",
    "Problem",
    "Records",
    "Reference",
    "Selection",
    "Table",
    "Text",
    "UserError",
    "ValidationError",
    "Value",
    "Values",
    "compile_domain",
    "constrains",
    "cron",
    "depends",
    "guess_mimetype",
    "new_key",
    "ondelete",
    "public",
    "sequence",
]
