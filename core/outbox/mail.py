"""Mail: text and HTML, Chinese headers, one stable Message-ID for each message."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from markupsafe import Markup

from core.i18n import _
from core.outbox.calling import Letter
from core.outbox.transport import MailServer

_HTML = Markup(
    '<div style="font:15px/1.6 sans-serif;color:#1c2733">'
    "<p>{lines}</p>{link}"
    '<p style="color:#667;font-size:12px">{foot}</p></div>'
)
_LINK = Markup('<p><a href="{url}">{words}</a></p>')


def compose(letter: Letter, to: str, name: str, server: MailServer) -> EmailMessage:
    """The mail in the reader's language; call it under that language."""
    made = EmailMessage(policy=SMTP)
    user, _at, domain = server.sender.rpartition("@")
    made["From"] = Address(str(_("链招")), user, domain)
    user, _at, to_domain = to.rpartition("@")
    made["To"] = Address(name, user, to_domain)
    made["Subject"] = _("【链招】%(title)s", title=letter.title)
    made["Message-ID"] = f"<{letter.id}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    foot = str(_("这封信由系统发出，请勿回复。要少收或改时间，请到“消息”里的“接收设置”。"))
    made.set_content("\n\n".join(part for part in (letter.text, letter.url, foot) if part), cte="base64")
    lines = Markup("<br>").join(letter.text.splitlines())
    link = _LINK.format(url=letter.url, words=_("打开看")) if letter.url else ""
    made.add_alternative(str(_HTML.format(lines=lines, link=link, foot=foot)), "html", cte="base64")
    return made


def send(message: EmailMessage, server: MailServer, timeout: float) -> None:
    """Hand a mail to the server. Raises OSError or smtplib.SMTPException."""
    if server.security == "tls":
        context = ssl.create_default_context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=timeout)
    with client:
        if server.security == "starttls":
            client.starttls(context=ssl.create_default_context())
        if server.username:
            client.login(server.username, server.password)
        client.send_message(message)


def is_final(error: Exception) -> bool:
    """Whether trying again cannot help: the server knows no such address, or refuses it for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code >= 500
