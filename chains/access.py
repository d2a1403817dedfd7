"""Who may see and change maps. A map holds no secret: all staff with the right see all maps."""

from sqlalchemy import ColumnElement, false, true

from core.permissions import Actor

VIEW = "chains:chain:view"
EDIT = "chains:chain:edit"
IMPORT = "chains:chain:import"
PUBLISH = "chains:chain:publish"
PLACE = "chains:placement:edit"
SET_HOME = "chains:home:edit"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Maps are common to all staff who hold the right."""
    return true() if actor.can(VIEW) else false()
