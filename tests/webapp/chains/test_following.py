"""Maps and nodes keep follow-ups, tasks, notes and files like every other record."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core.db import unit_of_work
from core.files import Attachment
from crm.activity.models import Task
from tests.support import maps
from tests.support.forms import PDF, parse, post_forms

ClientAs = Callable[[str], FlaskClient]


def _record(session: Session, kind: str) -> tuple[str, str]:
    """(public id, page) of a map or of its polariser node."""
    with unit_of_work() as writing:
        chain = maps.build(writing)
        node_pid, chain_pid = maps.node(writing, "X-01-01").public_id, chain.public_id
    return (
        (chain_pid, f"/chains/{chain_pid}/activity")
        if kind == "chain"
        else (node_pid, f"/chains/nodes/{node_pid}/activity")
    )


def _sent(client: FlaskClient, url: str, **values: str) -> str:
    main = client.get(url).get_data(as_text=True).split("<main")[1]
    form = next(post_forms(parse("<main" + main), url))
    form.values |= {name: [value] for name, value in values.items()}
    status, text, place = form.send(client)
    assert status == 303, text
    return client.get(place).get_data(as_text=True)


@pytest.mark.parametrize("kind", ["chain", "chain_node"])
def test_what_happened_is_noted_on_a_map_and_on_a_node(
    client_as: ClientAs, session: Session, kind: str
) -> None:
    pid, page_url = _record(session, kind)
    client = client_as("office")
    shown = client.get(page_url).get_data(as_text=True)
    assert "没有未办的事项" in shown and f"/activity/{kind}/{pid}/follow-up" in shown
    page = _sent(client, f"/activity/{kind}/{pid}/notes/new", text="偏光片两家外地企业有意向")
    assert "偏光片两家外地企业有意向" in page
    page = _sent(
        client,
        f"/activity/{kind}/{pid}/tasks/new",
        title="约谈偏光片企业",
        owner_text="市招商办",
        due_on="2026-12-10",
    )
    assert "约谈偏光片企业" in page
    task = session.scalars(select(Task)).one()
    session.rollback()
    page = _sent(client, f"/activity/{kind}/{pid}/tasks/{task.public_id}", progress="已约下周", done="y")
    assert "没有未办的事项" in page and "办完一项" in page


def test_a_file_of_a_node_is_read_by_colleagues(client_as: ClientAs, session: Session) -> None:
    pid, page_url = _record(session, "chain_node")
    client = client_as("office")
    url = f"/activity/chain_node/{pid}/files/new"
    form = next(post_forms(parse("<main" + client.get(url).get_data(as_text=True).split("<main")[1]), url))
    data = {name: values for name, values in form.values.items() if name != "file"}
    sent = client.post(
        url, data={**data, "file": (io.BytesIO(PDF), "研究.pdf")}, content_type="multipart/form-data"
    )
    assert sent.status_code == 303, sent.get_data(as_text=True)
    colleague = client_as("leader")
    page = colleague.get(page_url).get_data(as_text=True)
    assert "研究.pdf" in page and "上传附件" in page and "写备注" not in page
    kept = session.scalars(select(Attachment)).one()
    assert colleague.get(f"/activity/files/{kept.public_id}").status_code == 200


def test_an_archived_map_takes_nothing_more(client_as: ClientAs, session: Session) -> None:
    _pid, page_url = _record(session, "chain")
    with unit_of_work() as writing:
        writing.scalars(select(Chain)).one().status = "archived"
    client = client_as("office")
    assert "写备注" not in client.get(page_url).get_data(as_text=True)


def test_map_and_drawer_lead_there(client_as: ClientAs, session: Session) -> None:
    node_pid, node_url = _record(session, "chain_node")
    chain = session.scalars(select(Chain)).one()
    node = session.scalars(select(ChainNode).where(ChainNode.public_id == node_pid)).one()
    page = client_as("office").get(f"/chains/{chain.public_id}?node={node.code}").get_data(as_text=True)
    assert f"/chains/{chain.public_id}/activity" in page and node_url in page
