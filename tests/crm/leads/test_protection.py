"""How long a claim protects: renewed once, ended by silence, in nobody's way afterwards."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.clock import SHANGHAI
from core.db import unit_of_work
from core.errors import Refused
from crm.leads import claims, progress
from crm.leads.models import Lead
from tests.crm.leads.test_service import Acting, Values, at, negotiating, registered


def test_renewal_once_within_the_last_ten_working_days(complete: Values, actor: Acting, world: Any) -> None:
    spec = actor("spec_a")
    with clock.frozen(at(2, 9)):
        lead = negotiating(complete, actor, world)
    with clock.frozen(at(20, 9)), pytest.raises(Refused) as refused, unit_of_work() as session:
        progress.renew(session, lead.public_id, "互访纪要", version=None, actor=spec)
    assert refused.value.missing[0].code == "not_in_window"
    with clock.frozen(datetime(2026, 8, 25, 9, tzinfo=SHANGHAI)):
        with unit_of_work() as session:
            renewed = progress.renew(session, lead.public_id, "互访纪要", version=None, actor=spec)
            assert renewed.protected_until == date(2026, 12, 2)
        with pytest.raises(Refused) as refused, unit_of_work() as session:
            progress.renew(session, lead.public_id, "互访纪要", version=None, actor=spec)
    assert "renewed_already" in {gap.code for gap in refused.value.missing}


def test_ninety_silent_days_end_a_lead_and_free_its_claim(
    complete: Values, actor: Acting, world: Any
) -> None:
    with clock.frozen(at(2, 9)):
        lead = negotiating(complete, actor, world)
    with clock.frozen(datetime(2026, 5, 30, 9, tzinfo=SHANGHAI)), unit_of_work() as session:
        assert progress.expire_silent(session) == 0
    with clock.frozen(datetime(2026, 5, 31, 9, tzinfo=SHANGHAI)):
        with unit_of_work() as session:
            assert progress.expire_silent(session) == 1
            assert session.get_one(Lead, lead.id).status == "expired"
        assert registered(complete(), actor("spec_b")).hint is None


def test_a_lapsed_protection_stands_in_nobodys_way(complete: Values, actor: Acting, session: Session) -> None:
    with clock.frozen(at(2, 9)):
        registered(complete(), actor("spec_a"))
    with clock.frozen(datetime(2026, 9, 3, 9, tzinfo=SHANGHAI)):
        assert registered(complete(), actor("spec_b")).hint is None


def test_the_keys_of_an_ended_claim_are_gone(complete: Values, actor: Acting, session: Session) -> None:
    spec = actor("spec_a")
    lead = registered(complete(), spec).lead
    with unit_of_work() as writing:
        progress.terminate(writing, lead.public_id, "企业放弃投资", version=None, actor=spec)
        assert not writing.scalars(select(claims.LeadKey.key).where(claims.LeadKey.lead_id == lead.id)).all()
