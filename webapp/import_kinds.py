"""Every kind of sheet that can be imported, named here so that pages and command know them all."""

from core.imports.handlers import kinds, permissions
from crm.enterprises import import_handler as enterprises
from crm.enterprises import placement_import as placements
from crm.targets import import_handler as targets

OFFERED = (enterprises.EnterpriseImport, placements.PlacementImport, targets.TargetImport)
KINDS: tuple[str, ...] = tuple(kinds())
MAY: tuple[str, ...] = permissions()
"""Whoever may import one kind opens the pages of imports; each kind asks for its own right."""
