"""The settings of this machine as the floor wants them: how messages leave, where files are kept."""

from urllib.parse import parse_qs, unquote, urlsplit

import config
from core import files, scanning
from core.filestore import Bucket
from core.outbox import transport
from core.outbox.transport import ROBOT_HOSTS, MailServer, Transport


def init_app(settings: config.Settings) -> None:
    """Say once, at start, how messages leave, where files are kept and who scans them."""
    given = settings.outside
    scanning.use(given.scanner_url)
    if given.files_url:
        files.use_store(_bucket(given.files_url))
    transport.use(
        Transport(
            public_url=settings.public_url,
            mail=_mail_server(given),
            hosts=(*ROBOT_HOSTS, *given.webhook_hosts),
            private=given.webhook_private,
        )
    )


def _mail_server(given: config.Outside) -> MailServer | None:
    if not given.smtp_url:
        return None
    parts = urlsplit(given.smtp_url)
    tls = parts.scheme == "smtps"
    asked = parse_qs(parts.query).get("security", ["starttls"])[0]
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or (465 if tls else 587),
        sender=given.mail_from,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security="tls" if tls else asked,
    )


def _bucket(url: str) -> Bucket:
    """s3://key:secret@bucket/prefix?endpoint=https://host; without a key the machine's own role counts."""
    parts = urlsplit(url)
    endpoint = parse_qs(parts.query).get("endpoint", [""])[0]
    prefix = parts.path.strip("/")
    return Bucket.connect(
        parts.hostname or "",
        f"{prefix}/" if prefix else "",
        endpoint or None,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
