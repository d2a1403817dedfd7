"""The board of targets: cards move by the table of states, and only for those who may."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.targets.models import Target
from tests.webapp.targets.test_pages import add, text_of

ClientAs = Callable[[str], FlaskClient]


def _card(page: str) -> dict[str, str]:
    """The form of the first card: token, key, version."""
    form = page.split('class="lz-board"')[1].split("<form")[1].split("</form>")[0]
    return dict(re.findall(r'name="(csrf_token|form_key|version)" value="([^"]+)"', form))


def test_the_board_moves_a_card_by_the_table_and_says_what_a_step_lacks(
    client_as: ClientAs, session: Session, node: str
) -> None:
    client = client_as("spec_a")
    assert add(client, session, node)[0] == 303
    pid = session.scalars(select(Target.public_id)).one()
    session.rollback()
    page = text_of(client, "/targets/board")
    board = page.split('class="lz-board"')[1]
    assert (
        "三利谱" in board and '<option value="linked">已建联</option>' in board and "converted" not in board
    )
    assert client.post(f"/targets/{pid}/move", data={**_card(page), "target": "linked"}).status_code == 303
    page = text_of(client, "/targets/board")
    stale = client.post(f"/targets/{pid}/move", data={**_card(page), "version": "1", "target": "visited"})
    assert stale.status_code == 409
    refused = client.post(f"/targets/{pid}/move", data={**_card(page), "target": "paused"})
    said = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "还差 1 项" in said and "原因" in said
    nowhere = client.post(f"/targets/{pid}/move", data={**_card(page), "target": "none"})
    assert nowhere.status_code == 400
    session.expire_all()
    assert session.scalars(select(Target.contact_status)).one() == "linked"


def test_a_leader_sees_the_board_and_moves_nothing(client_as: ClientAs, session: Session, node: str) -> None:
    add(client_as("spec_a"), session, node)
    page = text_of(client_as("leader"), "/targets/board")
    assert "三利谱" in page and "移到…" not in page and "draggable" not in page
