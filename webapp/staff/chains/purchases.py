"""The local supply rate of a map: its local anchors, what each buys, and a year that is noted or mended."""

from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from chains import access, queries
from core.db import db, unit_of_work
from core.errors import NotFound
from core.i18n import _
from crm.enterprises import homes, purchases, purchasing
from crm.enterprises.purchases import Anchor, AnchorPurchase
from webapp.staff.chains.forms import PlainForm, PurchaseForm
from webapp.staff.chains.views import Answer, bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import carry
from webapp.web.rendering import render


@bp.get("/<pid>/purchases")
@requires(access.VIEW)
def purchases_of(pid: str) -> Answer:
    session = db.session()
    found = queries.get(session, pid, actor=acting())
    locator = homes.locate(session, request.args.get("home", "")[:60])
    supply = purchases.supply(session, found, locator)
    pids = [each.public_id for each in supply.anchors]
    years = purchases.history(session, pids, locator.home.value)
    return render(
        "staff/chains/purchases.html", chain=found.chain, supply=supply, locator=locator, years=years,
        homes=homes.choices(session), remove_forms={row.id: _removing(row) for row in years},
    )  # fmt: skip


def _removing(row: AnchorPurchase) -> PlainForm:
    return PlainForm(formdata=None, version=row.version)


@bp.route("/<pid>/purchases/<firm>", methods=["GET", "POST"])
@requires(access.PLACE)
def purchase(pid: str, firm: str) -> Answer:
    """Note a year of one anchor; with `?year=` the one that is noted is mended."""
    session = db.session()
    found = queries.get(session, pid, actor=acting())
    locator = homes.locate(session, request.args.get("home", "")[:60])
    anchor = _anchor(session, found, locator, firm)
    form = PurchaseForm(**_standing(session, firm, locator.home.value))
    back = url_for(".purchases_of", pid=pid, home=locator.home.value)

    def again() -> str:
        return render(
            "staff/chains/purchase.html",
            form=form,
            chain=found.chain,
            anchor=anchor,
            back=back,
            home=locator.home,
        )

    if not form.is_submitted():
        return again()
    return carry(
        form,
        lambda writing: purchasing.note(
            writing,
            firm,
            locator.home.value,
            form.values(),
            version=form.version.data,
            actor=acting(),
        ),
        back,
        _("已记下采购额。"),
        again,
    )


def _anchor(session: Session, found: queries.Map, locator: homes.Locator, firm: str) -> Anchor:
    """Raises NotFound for an enterprise that is no local anchor of the map."""
    anchors = purchases.supply(session, found, locator).anchors
    known = next((each for each in anchors if each.public_id == firm), None)
    if known is None:
        raise NotFound()
    return known


def _standing(session: Session, firm: str, home: str) -> dict[str, Any]:
    """What is noted of the year that is asked for, for the form."""
    year = request.args.get("year", "")
    rows = purchases.history(session, [firm], home)
    row = next((each for each in rows if str(each.year) == year), None)
    if row is None:
        return {}
    names = ("version", "year", "total_wan", "local_wan", "source")
    return {name: getattr(row, name) for name in names}


@bp.post("/<pid>/purchases/<firm>/<row>/remove")
@requires(access.PLACE)
def remove_purchase(pid: str, firm: str, row: str) -> Answer:
    form = PlainForm()
    form.validate()
    with unit_of_work() as session:
        gone = purchasing.remove(session, row, version=form.version.data or 0, actor=acting())
        home = gone.home
    flash(_("已删除这一年的采购额，记录保留在审计里。"))
    return redirect(url_for(".purchases_of", pid=pid, home=home), 303)
