"""A billing day over XML-RPC, as the page of the add-on shows it: what goes out can be spelled on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xmlrpc.client import Fault, dumps, loads

import pytest

from app_fixtures import PASSWORD, House
from entrepot.call import Call, Password
from entrepot.doors.xmlrpc.encode import encode_value
