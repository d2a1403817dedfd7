"""Pages from a gap to a target list: the gaps of a map, candidates for one node."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from chains import access as chain_access
from chains import gaps, queries, words
from chains.models import ChainNode
from core import clock
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from crm.enterprises import coverage, homes
from crm.enterprises import queries as register
from crm.targets import access, lists, service, terms
from crm.targets import candidates as finder
from crm.targets import queries as target_queries
from crm.targets import words as target_words
from crm.targets.models import TargetList
from crm.targets.words import PARTS
from webapp.staff.targets.forms import AddForm
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

SHOWN = 30
MOST = 50
_ORDER = {"high": 0, "medium": 1, "low": 2, None: 3}


def gaps_page() -> str:
    """The missing and weak end nodes of a map, urgent ones first."""
    session = db.session()
    found = queries.get(session, request.args.get("chain", "")[:26], actor=acting())
    locator = homes.locate(session, request.args.get("home", ""))
    report = coverage.report(session, found, locator)
    open_states = [state for state in report.nodes.values() if state.end and state.action is not None]
    rows = sorted(
        ((found.by_code[state.key], state) for state in open_states),
        key=lambda row: (_ORDER[row[1].priority], row[1].state is not gaps.State.MISSING, row[0].position),
    )
    return render(
        "staff/targets/gaps.html", found=found, chain=found.chain, locator=locator, rows=rows, words=words
    )


def candidates_page() -> Any:
    """Ranked candidates for a node; the form puts the chosen ones on a list."""
    session = db.session()
    node = queries.node(session, request.args.get("node", "")[:26], actor=acting())
    home = request.args.get("home", "")
    form = add_form(session, node.chain_id)
    if form.validate_on_submit():
        try:
            return redirect(_add(form, node.public_id, home), 303)
        except Invalid as error:
            form.absorb(error)
            node = queries.node(db.session(), node.public_id, actor=acting())
    context = _context(db.session(), node, home)
    chosen = request.form.getlist("candidate") or [request.args.get("chosen", "")]
    page = render("staff/targets/candidates.html", form=form, chosen=chosen, home=home, **context)
    return page, 422 if form.errors or form.form_errors else 200


def _context(session: Session, node: ChainNode, home: str) -> dict[str, Any]:
    found = queries.load_map(session, node.chain)
    locator = homes.locate(session, home)
    report = coverage.report(session, found, locator)
    return {
        "node": node,
        "chain": found.chain,
        "state": report.nodes[node.code],
        "locator": locator,
        "rows": finder.find(session, found, found.by_id[node.id], report, locator, limit=SHOWN),
        "arithmetic": words.arithmetic(report.nodes[node.code], report.thresholds, locator.names),
        "above": found.line_of(found.by_id[node.id]),
        "words": words,
        "reason": target_words.reason,
        "part_labels": PARTS,
        "weights": [f"{PARTS[name]} {weight}" for name, weight in terms.on(clock.today()).parts.items()],
        "may_place": acting().can(chain_access.PLACE),
    }


def add_form(session: Session, chain_id: int) -> AddForm:
    """With the newest list of the chain chosen, or a new one where the chain has none yet."""
    actor = acting()
    units = target_queries.unit_choices(session, actor=actor, permission=access.ADD)
    found = target_queries.lists(session, actor=actor, open_only=True)
    return AddForm(
        lists=[(made.public_id, made.name) for made in found],
        units=units,
        people=people_of(session, [number for number, _name in units]),
        list_pid=next((made.public_id for made in found if made.chain_id == chain_id), ""),
        unit_id=actor.unit_id,
        specialist_id=actor.account_id,
    )


def people_of(session: Session, unit_ids: Sequence[int]) -> list[tuple[int, str]]:
    """People with their present load, so that the choice sees it."""
    found = target_queries.load_of_specialists(session, unit_ids)
    return [
        (number, str(_("%(name)s（在手 %(count)s 家）", name=name, count=count)))
        for number, name, count in found
    ]


def _add(form: AddForm, node_pid: str, home: str) -> str:
    """Put the chosen on the list; where to go then."""
    pids = request.form.getlist("candidate")[:MOST]
    actor = acting()
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        node = queries.node(session, node_pid, actor=actor)
        found = queries.load_map(session, node.chain)
        locator = homes.locate(session, home)
        report = coverage.report(session, found, locator)
        numbers = register.numbers_of(session, pids, actor=actor)
        chosen = finder.find(session, found, node, report, locator, limit=MOST, only=numbers)
        target_list = _list(session, form, node)
        specialist = form.specialist_id.data or None
        made = service.add(
            session,
            target_list,
            node,
            chosen,
            unit_id=form.unit_id.data,
            specialist_id=specialist,
            actor=actor,
        )
        url = url_for("targets.index", list=target_list.public_id)
        settle(session, form.form_key.data, url)
    flash(_("已把 %(count)s 家加入名单“%(name)s”。", count=len(made), name=target_list.name))
    return url


def _list(session: Session, form: AddForm, node: ChainNode) -> TargetList:
    actor = acting()
    if not form.list_pid.data:
        return lists.create(
            session, form.new_list.data or "", unit_id=form.unit_id.data, chain=node.chain, actor=actor
        )
    return target_queries.the_list(session, form.list_pid.data, actor=actor)
