"""Files of a record through the pages: who may add and read, how they leave, previews, the panel everywhere."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import files, scanning
from core.db import unit_of_work
from core.files import Attachment
from crm.enterprises import service as enterprises
from tests.core.test_files import pdf, photo
from tests.support.browser import fill, saved
from tests.support.browser import text as text_of
from tests.support.greencards import Desk, desk
from tests.support.world import World

As = Callable[[str], FlaskClient]
__all__ = ["desk"]


@pytest.fixture
def firm(session: Session, world: World) -> str:
    """An enterprise of zone A."""
    head, unit = world.actor("head_a"), world.unit("GXQ").id
    with unit_of_work() as writing:
        made = enterprises.create(writing, {"name": "甲区示例科技有限公司"}, actor=head)
        made.unit_id = unit
        return made.public_id


def add(client: FlaskClient, url: str, data: bytes, name: str) -> Any:
    return fill(client, url, file=(io.BytesIO(data), name))


def test_a_file_is_added_once_and_leaves_under_its_chinese_name_as_a_closed_download(
    client_as: As, firm: str, session: Session
) -> None:
    client = client_as("spec_a")
    url = f"/activity/enterprise/{firm}/files/new"
    assert saved(add(client, url, pdf(), "投资协议（草稿）.pdf")) == f"/enterprises/{firm}"
    pid = session.scalar(select(Attachment.public_id))
    session.rollback()
    page = text_of(client.get(f"/enterprises/{firm}"))
    assert "附件 1" in page and "投资协议（草稿）.pdf" in page and f"/activity/files/{pid}/thumb" in page
    answer = client.get(f"/activity/files/{pid}")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E6%8A%95%E8%B5%84%E5%8D%8F%E8%AE%AE" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_previews_are_pictures_of_our_own_making(client_as: As, firm: str, session: Session) -> None:
    client = client_as("spec_a")
    for data, name in ((pdf(), "合同.pdf"), (photo(), "现场.jpg"), (b"text", "说明.txt")):
        add(client, f"/activity/enterprise/{firm}/files/new", data, name)
    pids = session.scalars(select(Attachment.public_id).order_by(Attachment.id)).all()
    session.rollback()
    for pid, kind in zip(pids, ("image/png", "image/jpeg"), strict=False):
        assert client.get(f"/activity/files/{pid}/view").status_code == 200
        shown = client.get(f"/activity/files/{pid}/preview")
        assert (shown.status_code, shown.mimetype) == (200, kind)
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert client.get(f"/activity/files/{pid}/thumb").mimetype == "image/png"
    assert client.get(f"/activity/files/{pids[2]}/view").status_code == 404
    assert client.get(f"/activity/files/{pids[2]}/preview").status_code == 404


def test_another_zone_reads_what_it_sees_and_adds_nothing(client_as: As, firm: str, session: Session) -> None:
    add(client_as("spec_a"), f"/activity/enterprise/{firm}/files/new", pdf(), "a.pdf")
    pid = session.scalar(select(Attachment.public_id))
    session.rollback()
    before = len(list(files.kept().names()))
    stranger = client_as("spec_b")
    seen = stranger.get(f"/enterprises/{firm}").status_code
    for path in ("", "/view", "/preview", "/thumb"):
        assert (stranger.get(f"/activity/files/{pid}{path}").status_code == 404) is (seen == 404)
    token = text_of(stranger.get("/notices")).split('name="csrf_token" value="')[1].split('"')[0]
    for kind in ("enterprise", "user", "account"):
        answer = stranger.post(
            f"/activity/{kind}/{firm}/files/new",
            data={"csrf_token": token, "file": (io.BytesIO(pdf()), "x.pdf")},
        )
        assert answer.status_code in (403, 404)
    assert len(list(files.kept().names())) == before


def test_a_wrong_file_is_refused_at_its_field_with_the_cure(client_as: As, firm: str) -> None:
    answer = add(
        client_as("spec_a"), f"/activity/enterprise/{firm}/files/new", b"<html><script>x", "合同.pdf"
    )
    assert answer.status_code == 422 and "文件内容与扩展名不符" in text_of(answer)


def test_a_file_that_waits_for_the_scanner_is_not_handed_out(
    client_as: As, firm: str, session: Session
) -> None:
    client = client_as("spec_a")
    add(client, f"/activity/enterprise/{firm}/files/new", pdf(), "a.pdf")
    pid = session.scalar(select(Attachment.public_id))
    session.rollback()
    scanning.use("tcp://127.0.0.1:9")
    try:
        page = text_of(client.get(f"/enterprises/{firm}"))
        assert "未扫描" in page and "/thumb" not in page
        for path in ("", "/view", "/preview", "/thumb"):
            answer = client.get(f"/activity/files/{pid}{path}")
            assert answer.status_code == 422 and "正在查病毒" in text_of(answer)
    finally:
        scanning.use("")
    with unit_of_work() as writing:
        writing.execute(update(Attachment).values(state="infected"))
    assert "有病毒，已封存" in text_of(client.get(f"/enterprises/{firm}"))
    assert client.get(f"/activity/files/{pid}").status_code == 422


def test_cards_projects_and_enterprises_keep_files_alike(client_as: As, desk: Desk, session: Session) -> None:
    card = desk.issued("a")
    client = client_as("spec_a")
    for kind, pid, page in (
        ("project", desk.projects["a"], f"/projects/{desk.projects['a']}"),
        ("green_card", card, f"/greencards/{card}"),
        ("enterprise", desk.firms["a"], f"/enterprises/{desk.firms['a']}"),
    ):
        assert saved(add(client, f"/activity/{kind}/{pid}/files/new", pdf(), f"{kind}.pdf")) == page
        assert f"{kind}.pdf" in text_of(client.get(page))
    other = client_as("spec_b")
    for pid in session.scalars(select(Attachment.public_id).where(Attachment.kind != "enterprise")).all():
        assert other.get(f"/activity/files/{pid}").status_code == 404
