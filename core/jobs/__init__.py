"""Durable jobs: a row is queued in the business transaction, Celery delivers, leases survive kill -9."""
