"""A form as it comes in: fields in memory, a file on disk, never a body as a whole.

Nobody has proved anything yet when a form begins, so a file is taken only behind a right master password:
whoever cannot restore cannot fill the disk either.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from entrepot.doors.database.service import proof
from entrepot.doors.http import MAX_FORM_FIELDS, Request, fields, media_type
from entrepot.errors import BadRequest, TooLarge

if TYPE_CHECKING:
    # The library declares it for checkers only.
    from python_multipart.multipart import MultipartCallbacks

MAX_FIELD_BYTES = 1 << 20
MAX_HEADER_BYTES = 8 * 1024
URLENCODED = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data"


class FormUpload:
    """Takes a form in pieces. `fields` and `file` are there when it is finished.

    `prove` is given the master password before a byte of a file is kept and raises when it is wrong; None
    takes no file.
    """

    def __init__(self, request: Request, folder: Path | None, prove: Callable[[str], object] | None) -> None:
        """Raises BadRequest for a body that is no form."""
        self.fields: dict[str, str] = {}
        self.file: Path | None = None
        self._prove = prove
        self._folder = folder
        self._held = bytearray()
        self._writer: IO[bytes] | None = None
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._name = ""
        self._ended = False
        kind = media_type(request)
        self._parser: MultipartParser | None = None
        if kind == MULTIPART:
            boundary = parse_options_header(request.headers[b"content-type"])[1].get(b"boundary", b"")
            if not boundary:
                raise BadRequest("The form has no boundary.")
            self._parser = MultipartParser(boundary, self._callbacks())
        elif kind != URLENCODED:
            raise BadRequest("Send a form: application/x-www-form-urlencoded or multipart/form-data.")

    def feed(self, chunk: bytes) -> None:
        """Take the next piece. Raises BadRequest, TooLarge, and what a wrong master password raises."""
        if self._parser is None:
            self._hold(chunk)
            return
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise BadRequest("The form is not well-formed.") from error

    def finish(self) -> None:
        """All pieces came. Raises BadRequest when the end is missing."""
        if self._parser is None:
            self.fields = fields(bytes(self._held))
        elif not self._ended:
            raise BadRequest("The form is cut off.")

    def discard(self) -> None:
        """Remove the file."""
        if self._writer is not None:
            self._writer.close()
        if self.file is not None:
            self.file.unlink(missing_ok=True)

    def _callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._part_begins,
            "on_part_data": self._part_data,
            "on_part_end": self._part_ends,
            "on_header_field": lambda data, start, end: self._header_piece(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._header_piece(1, data[start:end]),
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_end": self._form_ends,
        }

    def _part_begins(self) -> None:
        self._headers = {}
        self._header = (bytearray(), bytearray())
        self._held = bytearray()
        self._name = ""

    def _header_piece(self, which: int, piece: bytes) -> None:
        self._header[which].extend(piece)
        if len(self._header[which]) > MAX_HEADER_BYTES:
            raise TooLarge("A header in the form is too long.")

    def _header_ends(self) -> None:
        name, value = self._header
        if len(self._headers) < MAX_FORM_FIELDS:
            self._headers[bytes(name).lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _headers_end(self) -> None:
        options = parse_options_header(self._headers.get(b"content-disposition", b""))[1]
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            return
        if self._prove is None or self.file is not None:
            raise BadRequest("This form takes no file, or only one.")
        if "master_pwd" not in self.fields:
            raise BadRequest("Send the field 'master_pwd' before the file.")
        self._prove(proof(self.fields["master_pwd"]))
        descriptor, name = tempfile.mkstemp(suffix=".upload", dir=self._folder)
        self.file = Path(name)
        self._writer = os.fdopen(descriptor, "wb")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._writer is not None:
            self._writer.write(data[start:end])
        else:
            self._hold(data[start:end])

    def _part_ends(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        elif self._name:
            if len(self.fields) >= MAX_FORM_FIELDS:
                raise BadRequest("The form has too many fields.")
            self.fields.setdefault(self._name, self._held.decode("utf-8", "replace"))

    def _form_ends(self) -> None:
        self._ended = True

    def _hold(self, piece: bytes) -> None:
        self._held.extend(piece)
        if len(self._held) > MAX_FIELD_BYTES:
            raise TooLarge("A field of the form is too long.")
