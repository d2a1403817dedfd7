"""Industry-chain maps: which there are, and one in the form in which it is exchanged."""

from typing import Any

from flask import Response, jsonify
from pydantic import BaseModel

from chains import access, exchange, queries
from core.db import db
from webapp.api.v1.door import bp, described
from webapp.api.v1.lists import record_url
from webapp.api.v1.shapes import day
from webapp.web.access import requires
from webapp.web.acting import acting


class MapLine(BaseModel):
    id: str
    url: str
    code: str
    name: str
    status: str
    as_of: str | None


class MapLines(BaseModel):
    data: list[MapLine]


class MapRecord(MapLine):
    """`content` is the exchange form: nodes with stages, codes and words, edges by kind."""

    content: dict[str, Any]


@bp.get("/chains")
@requires(access.VIEW)
@described(tag="chains", answer=MapLines)
def chain_maps() -> Response:
    """Every map that the caller may see."""
    return jsonify(data=[_line(chain) for chain in queries.chains(db.session(), actor=acting())])


@bp.get("/chains/<pid>")
@requires(access.VIEW)
@described(tag="chains", answer=MapRecord)
def chain_map(pid: str) -> Response:
    """One map with its nodes and edges, in the form that an import takes."""
    found = queries.get(db.session(), pid, actor=acting())
    return jsonify({**_line(found.chain), "content": exchange.write(queries.draft_of(found))})


def _line(chain: Any) -> dict[str, Any]:
    return {
        "id": chain.public_id,
        "url": record_url("chains", chain.public_id),
        "code": chain.code,
        "name": chain.name,
        "status": chain.status,
        "as_of": day(chain.as_of),
    }
