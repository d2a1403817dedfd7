"""Every module that holds tables, so that migrations and tests know them all."""

import chains.models
import core.accounts.credentials
import core.accounts.feeds
import core.accounts.models
import core.accounts.tokens
import core.audit
import core.calendar
import core.calendar_changes
import core.criteria.models
import core.dirty
import core.files
import core.idempotency
import core.imports.models
import core.jobs.models
import core.lists.bulk_models
import core.lists.export_models
import core.lists.models
import core.notify
import core.numbering
import core.outbox.models
import core.places
import core.settings
import core.step_requests
import crm.activity.models
import crm.cultivation.models
import crm.enterprises.duplicates.keys
import crm.enterprises.duplicates.models
import crm.enterprises.membership
import crm.enterprises.models
import crm.enterprises.name_grams
import crm.enterprises.placements
import crm.enterprises.purchases
import crm.enterprises.tags
import crm.greencards.models
import crm.leads.models
import crm.projects.models
import crm.service_requests.models
import crm.targets.models
import search.models

AREAS = (
    chains.models,
    core.accounts.credentials,
    core.accounts.feeds,
    core.accounts.models,
    core.accounts.tokens,
    core.audit,
    core.calendar,
    core.calendar_changes,
    core.criteria.models,
    core.dirty,
    core.files,
    core.idempotency,
    core.imports.models,
    core.jobs.models,
    core.lists.bulk_models,
    core.lists.export_models,
    core.lists.models,
    core.notify,
    core.numbering,
    core.outbox.models,
    core.places,
    core.settings,
    core.step_requests,
    crm.activity.models,
    crm.cultivation.models,
    crm.enterprises.duplicates.keys,
    crm.enterprises.duplicates.models,
    crm.enterprises.membership,
    crm.enterprises.models,
    crm.enterprises.name_grams,
    crm.enterprises.placements,
    crm.enterprises.tags,
    crm.greencards.models,
    crm.leads.models,
    crm.projects.models,
    crm.service_requests.models,
    crm.targets.models,
    search.models,
)
