"""Every door of the package, in one list."""

from __future__ import annotations

from entrepot.doors import files, operations
from entrepot.doors.database import forms
from entrepot.doors.json2 import door as json2
from entrepot.doors.jsonrpc import door as jsonrpc
from entrepot.doors.rest import door as rest
from entrepot.doors.router import Router
from entrepot.doors.session import door as session
from entrepot.doors.session import pages
from entrepot.doors.xmlrpc import door as xmlrpc


def all_doors() -> Router:
    """A router with every door; further doors may be added to it."""
    router = Router()
    router.add(xmlrpc.routes(), [("/xmlrpc/", xmlrpc.find)])
    router.add(jsonrpc.routes())
    router.add(session.routes(), session.prefixes())
    router.add(pages.routes())
    router.add(forms.routes())
    router.add({}, json2.prefixes())
    router.add(rest.routes(), rest.prefixes())
    router.add(files.routes(), files.prefixes())
    router.add(operations.routes())
    return router
