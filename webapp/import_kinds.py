"""Every kind of sheet that can be imported, named here so that pages and command know them all."""

from core.imports.handlers import kinds, permissions
from crm.enterprises import import_handler as enterprises

OFFERED = (enterprises.EnterpriseImport,)
KINDS: tuple[str, ...] = tuple(kinds())
MAY: tuple[str, ...] = permissions()
"""Whoever may import one kind opens the pages of imports; each kind asks for its own right."""
