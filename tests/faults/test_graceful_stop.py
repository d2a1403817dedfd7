"""SIGTERM: what is being answered is answered, what is written is kept, nothing new is taken."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import text

import config
from core.db import db
from tests.faults.writers import ADDRESS, NAMES, hidden_fields
from tests.support.product import Product
from tests.support.world import PASSWORD

pytestmark = pytest.mark.slow


def _form(session: requests.Session, base: str) -> dict[str, str]:
    page = session.get(f"{base}{ADDRESS}").text
    return hidden_fields(page) | {"name": f"{NAMES}停机有限公司", "reg_status": "active", "park_id": "0"}


def _sending(session: requests.Session, base: str) -> tuple[threading.Thread, list[requests.Response]]:
    form, answers = _form(session, base), []

    def send() -> None:
        answers.append(session.post(f"{base}{ADDRESS}", data=form, allow_redirects=False, timeout=30))

    return threading.Thread(target=send), answers


def _password(folder: Path) -> str:
    return str(json.loads((folder / "demo_accounts.json").read_text("utf-8"))["password"])


def test_the_embedded_process_answers_what_it_has_begun(tmp_path: Path) -> None:
    with Product(tmp_path, DEMO="1") as product:
        session = product.sign_in("specialist", _password(tmp_path))
        sending, answers = _sending(session, product.base)
        database = tmp_path / "lianzhao.db"
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")  # the request waits for this lock
            sending.start()
            time.sleep(1.0)
            product.process.send_signal(signal.SIGTERM)
            time.sleep(1.0)
            foreign.execute("ROLLBACK")
        sending.join()
        assert product.process.wait(20) == 0
    assert [answer.status_code for answer in answers] == [303]
    with contextlib.closing(sqlite3.connect(database)) as read:
        assert read.execute(
            "SELECT count(*) FROM enterprise WHERE name LIKE ?", (f"{NAMES}停机%",)
        ).fetchone() == (1,)


@pytest.mark.postgres
@pytest.mark.redis
def test_gunicorn_answers_what_it_has_begun(app: Flask, settings: config.Settings, redis_url: str) -> None:
    """On the small world of the tests; a table locked by another connection holds the request up."""
    product = Product(
        settings.data_dir,
        DATABASE_URL=settings.database_url,
        REDIS_URL=redis_url,
        SECRET_KEY=settings.secret_key,
        WEB_CONCURRENCY="2",
        DEMO="0",
    )
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "webapp.wsgi:app"]
    product.process = subprocess.Popen(command, env=product.environ, stderr=subprocess.DEVNULL)
    try:
        product.await_page()
        session = product.sign_in("office", PASSWORD)
        sending, answers = _sending(session, product.base)
        with db.engine.connect() as holder:
            holder.execute(text("LOCK TABLE enterprise IN ACCESS EXCLUSIVE MODE"))
            sending.start()
            time.sleep(1.0)
            product.process.send_signal(signal.SIGTERM)
            time.sleep(2.0)
            with pytest.raises(requests.RequestException):
                requests.get(f"{product.base}/livez", timeout=2)
            holder.rollback()
        sending.join()
        assert product.process.wait(30) == 0
    finally:
        product.process.kill()
    assert [answer.status_code for answer in answers] == [303]
    with db.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT count(*) FROM enterprise WHERE name LIKE :name"), {"name": f"{NAMES}停机%"}
        )
        assert kept.scalar() == 1
