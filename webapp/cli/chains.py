"""`chains judge FILE`: the product-to-node matcher over the loaded maps, against labelled rows.

With `--others PLACEMENTS` it is judged on firms that the file does not name: on the nodes where the placements say
they stand, and on the chains where they stand nowhere.
"""

import argparse
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from chains import judging, queries
from chains.models import Chain, ChainNode
from core.db import db
from crm.enterprises.models import Enterprise
from crm.enterprises.trades import trade_of
from webapp import database
from webapp.cli.start import Trouble

_EMPTY = "No maps are loaded. Load the demonstration or import maps first."
COLUMNS = ("stock_code", "product", "chain", "node_code", "kind")


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("chains", help="judge the product-to-node matcher")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("judge", help="compare with a CSV of stock_code, product, chain, node_code, kind")
    verb.add_argument("file", type=Path)
    verb.add_argument(
        "--others", type=Path, metavar="PLACEMENTS",
        help="judge firms that FILE does not name, by a CSV of stock_code, product, chain, node_code",
    )  # fmt: skip
    verb.set_defaults(handler=judge)


def judge(arguments: argparse.Namespace, app: Flask) -> int:
    """Prints each wrong row; the last line is `precision P recall R of N`."""
    if database.current(app) is None:
        raise Trouble(_EMPTY)
    session = db.session()
    codes: dict[int | str, str] = {
        row.id: row.code for row in session.execute(select(ChainNode.id, ChainNode.code))
    }
    if not codes:
        raise Trouble(_EMPTY)
    trades = {
        row.stock_code: trade_of(row.industry_code, row.industry_text)
        for row in session.execute(
            select(Enterprise.stock_code, Enterprise.industry_code, Enterprise.industry_text).where(
                Enterprise.stock_code.is_not(None)
            )
        )
    }
    rows = list(_rows(arguments.file, trades))
    if arguments.others is not None:
        chains = session.scalars(select(Chain.name)).all()
        known = {row.stock_code for row in rows}
        rows = judging.of_others(_rows(arguments.others, trades, kind="placed"), known, chains)
        placed = sum(1 for row in rows if row.node_code)
        print(
            f"{placed} placements and {len(rows) - placed} products on chains where their firms stand nowhere"
        )
    verdict = judging.judge(queries.matcher(session), codes, rows)
    for wrong in verdict.wrong:
        row = wrong.row
        print(
            f"{row.stock_code} {row.product} {row.chain}: "
            f"expected {row.node_code or 'none'}, got {wrong.guess or 'none'} ({row.kind})"
        )
    print(f"precision {verdict.precision} recall {verdict.recall} of {verdict.rows}")
    return 0


def _rows(path: Path, trades: Mapping[str, tuple[str, ...]], kind: str = "") -> Iterator[judging.Labelled]:
    """Rows of a labelled file, or of placements, which are all of one `kind`."""
    columns = COLUMNS[:-1] if kind else COLUMNS
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            absent = [name for name in columns if name not in (reader.fieldnames or ())]
            if absent:
                raise Trouble(f"{path} lacks the columns {', '.join(absent)}.")
            for row in reader:
                code, product, chain, node, *label = ((row[name] or "").strip() for name in columns)
                named = label[0] if label else kind
                yield judging.Labelled(code, product, chain, node, named, trades.get(code, ()))
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from error
