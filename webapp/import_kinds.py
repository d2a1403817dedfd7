"""Every kind of sheet that can be imported, named here so that pages and command know them all."""

from core.imports.handlers import permissions
from crm.enterprises import (
    import_contacts,
    import_handler,
    import_honours,
    import_years,
    placement_import,
    purchase_import,
)
from crm.targets import import_handler as targets

OFFERED = (
    import_handler.EnterpriseImport,
    import_years.YearImport,
    import_honours.HonourImport,
    import_contacts.ContactImport,
    placement_import.PlacementImport,
    purchase_import.PurchaseImport,
    targets.TargetImport,
)
KINDS: tuple[str, ...] = tuple(handler.kind for handler in OFFERED)
MAY: tuple[str, ...] = permissions()
"""Whoever may import one kind opens the pages of imports; each kind asks for its own right."""
