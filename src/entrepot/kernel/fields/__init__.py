"""The types of fields, one a file."""

from entrepot.kernel.fields.base import Field, FieldError, SequenceDefault, sequence
from entrepot.kernel.fields.binary import Binary
from entrepot.kernel.fields.boolean import Boolean
from entrepot.kernel.fields.char import Char
from entrepot.kernel.fields.date import Date
from entrepot.kernel.fields.datetime import Datetime
from entrepot.kernel.fields.float import Float
from entrepot.kernel.fields.html import Html
from entrepot.kernel.fields.integer import Integer
from entrepot.kernel.fields.json import Json
from entrepot.kernel.fields.many2many import Many2many
from entrepot.kernel.fields.many2one import Many2one
from entrepot.kernel.fields.monetary import Monetary
from entrepot.kernel.fields.one2many import One2many
from entrepot.kernel.fields.reference import Reference
from entrepot.kernel.fields.selection import Selection
from entrepot.kernel.fields.text import Text

__all__ = [
    "Binary",
    "Boolean",
    "Char",
    "Date",
    "Datetime",
    "Field",
    "FieldError",
    "Float",
    "Html",
    "Integer",
    "Json",
    "Many2many",
    "Many2one",
    "Monetary",
    "One2many",
    "Reference",
    "Selection",
    "SequenceDefault",
    "Text",
    "sequence",
]
