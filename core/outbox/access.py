"""Who minds the messages that leave: the administrator. Everybody sets his own preferences."""

MANAGE = "messages:outbox:manage"
