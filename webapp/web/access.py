"""Every route states who may call it; a route that states nothing stops the start, and would be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request

from core.errors import NotFound, NotPermitted
from core.permissions import any_of
from webapp.web import demands, proving, resuming
from webapp.web.acting import acting, is_signed_in, resolved
from webapp.web.signin import ask_to_sign_in

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Who may call a route: everybody, signed-in people, officials, or holders of a permission."""

    kind: str
    permissions: tuple[str, ...] = ()


def _mark(view: View, access: Access) -> View:
    setattr(view, "access", access)  # noqa: B010 - a function's attribute, which mypy would refuse
    return view


def requires(*permissions: str) -> Callable[[View], View]:
    """Only for holders of one of these permissions. What else a verb demands it checks itself."""
    return lambda view: _mark(view, Access("permission", permissions))


def requires_fresh(view: View) -> View:
    """For grave steps: whoever has not proved in the last five minutes who he is, is asked again first."""
    setattr(view, "fresh", True)  # noqa: B010 - a function's attribute, as above
    return view


def staff(view: View) -> View:
    """For every signed-in official."""
    return _mark(view, Access("staff"))


def signed_in(view: View) -> View:
    """For everybody who is signed in: officials and users of enterprises."""
    return _mark(view, Access("signed_in"))


def public(view: View) -> View:
    """For everybody. Says nothing that needs a right to know."""
    return _mark(view, Access("public"))


def access_of(endpoint: str) -> Access | None:
    return getattr(current_app.view_functions.get(endpoint), "access", None)


def assert_every_route_states_its_access(app: Flask) -> None:
    """Refuse to start while a route does not say who may call it."""
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "access")]
    if silent:
        raise RuntimeError(
            f"routes without @requires, @staff, @signed_in or @public: {', '.join(sorted(silent))}"
        )


def check() -> Any:
    """Before each request: let it pass, send it to the sign-in page, or refuse it."""
    if request.endpoint is None:
        return None
    access = access_of(request.endpoint)
    if access is None:
        raise NotPermitted()
    if access.kind == "public":
        return None
    if not is_signed_in():
        return ask_to_sign_in(keep_form=resuming.keep)
    found = resolved()
    if found is not None and (detour := demands.detour(found.confined)) is not None:
        return detour
    refusal = _wrong_door(access)
    if refusal is not None:
        raise refusal
    if getattr(current_app.view_functions[request.endpoint], "fresh", False):
        return proving.ask()
    return None


def _wrong_door(access: Access) -> NotFound | NotPermitted | None:
    if access.kind == "signed_in":
        return None
    in_portal = request.blueprint is not None and request.blueprint.split(".")[0].startswith("portal")
    if (acting().kind == "enterprise") is not in_portal:
        return NotFound()
    if access.kind == "permission" and not any_of(acting(), access.permissions):
        return NotPermitted()
    return None
