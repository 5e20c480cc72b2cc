"""The face that add-ons import: models, fields, commands, decorators and errors. See `docs/look-up/models.md`."""

from entrepot.auth.keys import new_key
from entrepot.auth.passwords import Passwords
from entrepot.call import Value
from entrepot.errors import (
    AccessDenied,
    AccessError,
    BadQuery,
    BadRequest,
    ConflictError,
    MissingError,
    Problem,
    UserError,
    ValidationError,
)
from entrepot.files.mimetypes import guess as guess_mimetype
from entrepot.jobs.addresses import Refused as AddressRefused
from entrepot.jobs.backoff import is_schedule as is_retry_schedule
from entrepot.jobs.outgoing import Unreached
from entrepot.jobs.webhooks import new_message_id
from entrepot.jobs.webhooks import new_secret as new_webhook_secret
from entrepot.jobs.webhooks import problem_of_secret as webhook_secret_problem
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
    "AddressRefused",
    "BadQuery",
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
    "Unreached",
    "UserError",
    "ValidationError",
    "Value",
    "Values",
    "compile_domain",
    "constrains",
    "cron",
    "depends",
    "guess_mimetype",
    "is_retry_schedule",
    "new_key",
    "new_message_id",
    "new_webhook_secret",
    "ondelete",
    "public",
    "sequence",
    "webhook_secret_problem",
]
