"""Messages that leave the platform: rows in the business transaction, sent after it, once each."""
