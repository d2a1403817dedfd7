"""A list shown as a board: states side by side, cards that are moved by drag, key or menu."""

from collections.abc import Collection
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from core.db import new_ulid
from core.lifecycle import Lifecycle
from core.lists import boards
from core.lists.boards import Board
from webapp.web.forms import BaseForm
from webapp.web.lists import OpenList
from webapp.web.rendering import render


class MoveForm(BaseForm):
    """Where a card is to go."""

    target = StringField(validators=[InputRequired(), Length(max=20)])


def steps_to(lifecycle: Lifecycle, codes: Collection[str], code: str) -> list[tuple[str, Any]]:
    """The states of a board that a card in `code` may be moved to, by the table of steps."""
    found = dict.fromkeys(step.to for step in lifecycle.steps_from(code) if step.to in codes)
    return [(state, lifecycle.label_of(state)) for state in found if state != code]


def show(
    opened: OpenList, board: Board, template: str, *, refused: dict[str, Any] | None = None, **context: Any
) -> ResponseReturnValue:
    """The page of a board; `refused` is a move that was not possible: pid, stage, entries, urls, perhaps url."""
    if (address := opened.added()) is not None:
        return redirect(address, 302)
    columns = boards.read(
        opened.asking.session, opened.spec, board, opened.state.query, actor=opened.asking.actor
    )
    codes = [code for code, _label in board.states]
    asked = refused["stage"] if refused else request.args.get("at", "")
    filled = [column.code for column in columns if column.count]
    path = url_for(opened.spec.endpoint)
    page = render(
        template,
        listing=opened,
        state=opened.state,
        columns=columns,
        at=asked if asked in codes else (filled or codes)[0],
        refused=refused or {},
        new_key=new_ulid,
        more_url=lambda code: opened.more_url(path, board.column.key, code),
        **context,
    )
    return (page, 422) if refused else page
