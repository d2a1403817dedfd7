"""Figures and days that cannot be true: refused at their field, with the text kept and nothing written."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from crm.projects.models import FundReceipt, Project
from tests.support.browser import fill, saved, text

ClientAs = Callable[[str], FlaskClient]
TODAY = clock.today().isoformat()
CONTRACT = {
    "agreement_kind": "contract", "contract_no": "HT-2026-08", "tax_per_mu_wan": "20",
    "agreed_start_on": "2027-01-10", "agreed_complete_on": "2027-12-01", "agreed_produce_on": "2028-03-01",
    "agreed_capacity_on": "2029-03-01", "breach_terms": "逾期未动工按合同第 9 条",
}  # fmt: skip


@pytest.mark.parametrize("amount", ["-100", "－3", "-0.01亿元", "0"])
def test_a_negative_amount_is_refused_at_its_field(
    client_as: ClientAs, make_project: Callable[..., Project], session: Session, amount: str
) -> None:
    url = f"/projects/{make_project().public_id}/funds/new"
    answer = fill(client_as("spec_a"), url, received_on=TODAY, amount_wan=amount, voucher_no="HD-1")
    assert answer.status_code == 422
    assert 'id="amount_wan-error"' in text(answer) and f'value="{amount}"' in text(answer)
    assert session.scalar(select(func.count()).select_from(FundReceipt)) == 0


def test_an_end_before_its_start_is_refused_and_names_the_order(
    client_as: ClientAs, make_project: Callable[..., Project], world: Any, session: Session
) -> None:
    """A contract may be drafted in any order; signing it with an end before its start is refused."""
    url, spec = f"/projects/{make_project().public_id}", client_as("spec_a")
    saved(fill(spec, f"{url}/plan/new", **PLAN_ROW))
    saved(fill(spec, f"{url}/edit/admission", fairness_no="GP-2026-11"))
    decided = {"admission_doc_no": "备〔2026〕7号", "admission_decided_on": TODAY}
    saved(fill(client_as("office"), f"{url}/admission/file", **decided))
    saved(fill(spec, f"{url}/steps/admit", actual_on=TODAY))
    backwards = {**CONTRACT, "agreed_complete_on": "2026-12-01"}
    answer = fill(spec, f"{url}/edit/contract", **backwards)
    if answer.status_code == 303:
        answer = fill(spec, f"{url}/steps/sign", actual_on=TODAY, waive_files="扫描件下周补传")
    assert answer.status_code == 422
    assert "要依次向后" in text(answer)
    assert session.scalars(select(Project.stage)).one() == "admitted"


PLAN_ROW = {
    "promise": "标准厂房租金三免两减半", "basis": "市招商政策第 8 条", "trigger": "签订租约后", "owner": "园区管委会",
    "due_on": "2027-03-31",
}  # fmt: skip
