"""The list of the register: what it can be filtered, sorted and grouped by, and what its columns say."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core import clock
from core.accounts.models import Unit
from core.i18n import lazy as _l
from core.kept import kept
from core.lists import choices
from core.lists.beside import Beside
from core.lists.fields import Asking, Choice, Day, Number, Option, Words, YesNo
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from core.places import Park, Region, park_and_below, regions_within
from crm.activity import silences
from crm.enterprises import access, honours, name_grams, queries, tags
from crm.enterprises.models import Enterprise, Honour, Industry
from crm.enterprises.placements import Placement
from crm.enterprises.rules import HONOUR_KINDS, LEVEL_LABELS, SIZE_LABELS, STATUS_LABELS


class Row(NamedTuple):
    """One line of the list; money in 万元."""

    id: int
    public_id: str
    name: str
    short_name: str
    uscc: str | None
    stock_code: str | None
    region: str
    industry: str
    park: str
    unit: str
    main_products: str
    size_class: str | None
    above_scale: bool
    revenue_wan: Decimal | None
    year: int | None
    reg_status: str
    legal_rep: str
    reg_capital_wan: Decimal | None
    founded_on: date | None
    listed_on: date | None
    reg_address: str
    source: str
    tags: Sequence[str]
    last_contact_on: date | None
    next_contact_on: date | None
    updated_at: datetime
    honours: Sequence[str] = ()


def _base(actor: Actor) -> AnySelect:
    return select(Enterprise.id).where(access.visible_to(actor))


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Row]:
    """The rows of a page in two statements: the records, their honours."""
    held: dict[int, list[str]] = {}
    for number, name, level in session.execute(
        select(Honour.enterprise_id, Honour.name, Honour.level)
        .where(Honour.enterprise_id.in_(ids), honours.standing(clock.today()))
        .order_by(Honour.id)
    ):
        # The level comes first: a municipal recognition must never read as a national one.
        held.setdefault(number, []).append(f"{LEVEL_LABELS[level]} {name}")
    statement = (
        select(
            Enterprise.id, Enterprise.public_id, Enterprise.name, Enterprise.short_name, Enterprise.uscc,
            Enterprise.stock_code, func.coalesce(Region.name, ""),
            func.coalesce(Industry.name, Enterprise.industry_text), func.coalesce(Park.name, ""),
            func.coalesce(Unit.name, ""), Enterprise.main_products, Enterprise.size_class,
            Enterprise.above_scale, Enterprise.latest_revenue_wan, Enterprise.latest_year,
            Enterprise.reg_status, Enterprise.legal_rep, Enterprise.reg_capital_wan, Enterprise.founded_on,
            Enterprise.listed_on, Enterprise.reg_address, Enterprise.source, Enterprise.tags,
            Enterprise.last_contact_on, Enterprise.next_contact_on, Enterprise.updated_at,
        )
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .outerjoin(Industry, Industry.code == Enterprise.industry_code)
        .outerjoin(Park, Park.id == Enterprise.park_id)
        .outerjoin(Unit, Unit.id == Enterprise.unit_id)
        .where(Enterprise.id.in_(ids), access.visible_to(actor))
    )  # fmt: skip
    plain: Iterable[Any] = session.execute(statement)
    return {row[0]: Row._make((*row, held.get(row[0], ()))) for row in plain}


def _in_parks(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """A zone covers its parks."""
    within = [number for value in values for number in park_and_below(asking.session, int(value))]
    return Enterprise.park_id.in_(within)


def _in_regions(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    ranges = [regions_within(code) for code in values]
    return or_(*[Enterprise.region_code.between(low, high + "0") for low, high in ranges])


def _in_industries(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """A section letter covers its divisions; a shorter code covers the longer ones that begin with it."""
    clauses: list[Any] = []
    for code in values:
        if code.isalpha():
            divisions = select(Industry.code).where(Industry.section == code.upper()[:1])
            clauses.append(Enterprise.industry_code.in_(divisions))
        else:
            clauses.append(Enterprise.industry_code.startswith(code[:4], autoescape=True))
    return or_(*clauses)


def _with_honour(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """Only what holds today: an honour that is over or revoked counts nowhere (DOMAIN 24)."""
    return exists().where(
        Honour.enterprise_id == Enterprise.id, Honour.kind.in_(values), honours.standing(clock.today())
    )


def _with_tag(values: tuple[str, ...], asking: Asking) -> Beside:
    dialect = asking.session.get_bind().dialect.name
    return Beside(
        Enterprise.id,
        partial(tags.bearers, values, dialect),
        partial(tags.borne, values),
        order=Enterprise.sort_key,
        in_order=partial(tags.in_order, values),
    )


def _called(words: str, asking: Asking) -> ColumnElement[bool] | Beside:
    return name_grams.beside(words) or false()


def _on_chain(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """Enterprises on a node of one of these maps."""
    nodes = select(ChainNode.id).join(Chain, Chain.id == ChainNode.chain_id).where(Chain.code.in_(values))
    return Enterprise.id.in_(select(Placement.enterprise_id).where(Placement.node_id.in_(nodes)))


def _chains(asking: Asking) -> list[Option]:
    return kept(asking.session, _chains, _every_chain)


def _every_chain(session: Session) -> list[Option]:
    rows = session.execute(select(Chain.code, Chain.name).order_by(Chain.name, Chain.id))
    return [(code, name) for code, name in rows]


def _industry_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    rows = asking.session.execute(select(Industry.code, Industry.name).where(Industry.code.in_(values)))
    return {code: f"{code} {name}" for code, name in rows}


def _mine(asking: Asking) -> ColumnElement[bool]:
    """Whose specialist one is; where nobody is named, what lies in one's units, or in the unit of whom everything
    is open to: the whole city is nobody's own."""
    actor = asking.actor
    reach = actor.reach(access.EDIT)
    units = [actor.unit_id] if reach.everything else sorted(reach.unit_ids)
    named = select(Enterprise.id).where(
        Enterprise.specialist_id.in_({actor.account_id, *actor.stands_in_for})
    )
    # Most of a register has no specialist: the unit's index must lead, so no index may answer for "nobody".
    nobody = func.coalesce(Enterprise.specialist_id, 0) == 0
    unnamed = select(Enterprise.id).where(nobody, Enterprise.unit_id.in_(units))
    # Two reads by their own indexes: an OR of both is answered by walking the whole register in its order.
    return Enterprise.id.in_(union_all(named, unnamed))


FIELDS = (
    Words("q", _l("名称或代码"), quick=True, where=_called),
    Choice("park", _l("园区"), quick=True, options=choices.parks, where=_in_parks, column=Enterprise.park_id,
           ops=("in", "not", "empty", "filled")),
    Choice("chain", _l("产业链"), quick=True, options=_chains, where=_on_chain),
    Choice("region", _l("地区"), quick=True, options=lambda asking: queries.region_choices(asking.session),
           where=_in_regions),
    Choice("industry", _l("行业"), quick=True, options=lambda asking: queries.industry_choices(asking.session),
           where=_in_industries, column=Enterprise.industry_code, ops=("in", "not", "empty", "filled")),
    Choice("scale", _l("规模"), quick=True, options=list(SIZE_LABELS.items()), column=Enterprise.size_class,
           ops=("in", "not", "empty", "filled")),
    Choice("honour", _l("资质"), quick=True, options=list(HONOUR_KINDS.items()), where=_with_honour),
    Choice("tag", _l("标签"), quick=True, options=lambda asking: tags.choices(asking.session), where=_with_tag),
    Choice("status", _l("登记状态"), quick=True, options=list(STATUS_LABELS.items()),
           column=Enterprise.reg_status),
    YesNo("mine", _l("我负责的"), ops=("is",), where=_mine),
    silences.field(Enterprise.last_contact_on),
    YesNo("above_scale", _l("规上"), ops=("is",), where=lambda _asking: Enterprise.above_scale.is_(True)),
    YesNo("listed", _l("上市"), ops=("is",), where=lambda _asking: Enterprise.stock_code.is_not(None)),
    YesNo("verified", _l("信用代码"), ops=("is",), labels=(_l("已核验"), _l("未核验")),
          where=lambda _asking: Enterprise.uscc.is_not(None)),
    Number("revenue", _l("营收"), unit=_l("万元"), column=Enterprise.latest_revenue_wan),
    Number("reg_capital", _l("注册资本"), unit=_l("万元"), column=Enterprise.reg_capital_wan),
    Words("uscc", _l("信用代码"), where=lambda words, _asking: Enterprise.uscc == words.upper().replace(" ", "")),
    Choice("unit", _l("联系单位"), options=choices.units, column=Enterprise.unit_id, convert=int,
           ops=("in", "not", "empty", "filled")),
    Day("last_contact", _l("上次联系"), column=Enterprise.last_contact_on),
    Day("next_contact", _l("下次联系"), column=Enterprise.next_contact_on),
    Day("founded", _l("成立日期"), column=Enterprise.founded_on),
    Day("updated", _l("更新时间"), column=Enterprise.updated_at, instant=True),
)  # fmt: skip

COLUMNS = (
    Column("name", _l("企业名称"), sort="name"),
    Column("region", _l("地区"), cls="nw"),
    Column("industry", _l("行业")),
    Column("main_products", _l("主要产品")),
    Column("size_class", _l("规模"), "code", cls="nw", labels=SIZE_LABELS),
    Column("revenue", _l("营收"), "wan", unit=_l("万元"), cls="p3", sort="revenue", total=True,
           value=lambda row: row.revenue_wan),
    Column("honours", _l("资质"), "many"),
    Column("last_contact_on", _l("上次联系"), "day", cls="p2", sort="contact"),
    Column("uscc", _l("信用代码"), cls="nw t", shown=False),
    Column("park", _l("园区"), cls="nw", shown=False),
    Column("next_contact_on", _l("下次联系"), "day", shown=False),
    Column("above_scale", _l("规上"), "yesno", shown=False),
    Column("year", _l("营收年度"), "text", cls="t", shown=False),
    Column("reg_status", _l("登记状态"), "code", shown=False, labels=STATUS_LABELS),
    Column("unit", _l("联系单位"), shown=False),
    Column("short_name", _l("简称"), shown=False),
    Column("stock_code", _l("证券代码"), cls="t", shown=False),
    Column("legal_rep", _l("法定代表人"), cls="nw", shown=False),
    Column("reg_capital_wan", _l("注册资本"), "wan", unit=_l("万元"), shown=False),
    Column("founded_on", _l("成立日期"), "day", shown=False),
    Column("listed_on", _l("上市日期"), "day", shown=False),
    Column("reg_address", _l("注册地址"), shown=False),
    Column("tags", _l("标签"), "many", shown=False),
    Column("source", _l("来源"), shown=False),
    Column("updated_at", _l("更新时间"), "instant", sort="updated", shown=False),
)  # fmt: skip

LIST = register(
    ListSpec(
        key="enterprises",
        title=_l("企业名录"),
        unit=_l("家"),
        permission=access.VIEW,
        export=access.EXPORT,
        endpoint="enterprises.index",
        id_column=Enterprise.id,
        pid_column=Enterprise.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "name": Sort(_l("企业名称"), Enterprise.sort_key),
            "revenue": Sort(_l("营收"), Enterprise.latest_revenue_wan, nullable=True, kind="number"),
            "contact": Sort(
                _l("上次联系"), Enterprise.last_contact_on, nullable=True, empty_lowest=True, kind="day"
            ),
            "updated": Sort(_l("更新时间"), Enterprise.updated_at, kind="instant"),
        },
        default_sort="name",
        groups={
            "park": GroupBy(_l("园区"), Enterprise.park_id, names=choices.park_names),
            "industry": GroupBy(_l("行业"), Enterprise.industry_code, names=_industry_names),
            "scale": GroupBy(_l("规模"), Enterprise.size_class, labels=SIZE_LABELS),
            "status": GroupBy(_l("登记状态"), Enterprise.reg_status, labels=STATUS_LABELS),
        },
        definition=_l("同一信用代码只算一家。超过一万家时写“10,000+”，不逐一去数。"),
    )
)
