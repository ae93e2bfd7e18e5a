"""Writes box.mbox with Python's own email and mailbox modules."""

import mailbox
import os
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

HEADER = {"From": "Michał Nowak <m@example.pl>", "To": "a@example.pl, b@example.pl", "Date": "Tue, 14 Oct 2025 15:23:47 +0200"}


def head(message, subject):
    for name, value in HEADER.items():
        message[name] = value
    message["Subject"] = subject
    return message


def messages():
    plain = head(EmailMessage(), "plain")
    plain.set_content("needle-1\n\nFrom here on it is quoted.\n", cte="7bit")
    yield plain
    quoted = head(EmailMessage(), "zażółć gęślą jaźń " * 5)
    quoted.set_content("zażółć needle-2 " * 8, cte="quoted-printable", charset="iso-8859-2")
    quoted.add_alternative("<p>zażółć <b>needle-3</b></p>", subtype="html", cte="base64")
    quoted.add_attachment(b"needle-4", maintype="application", subtype="octet-stream", filename="zażółć gęślą jaźń, bardzo długa nazwa.bin")
    yield quoted
    outer = head(MIMEMultipart("mixed"), "Fwd: x")
    outer.attach(MIMEText("see below", "plain", "utf-8"))
    inner = head(MIMEMultipart("mixed"), "inner")
    inner.attach(MIMEApplication(b"needle-5", name="inner.bin"))
    outer.attach(MIMEMessage(inner))
    yield outer


target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "box.mbox")
if os.path.exists(target):
    os.remove(target)
box = mailbox.mbox(target)
for index, message in enumerate(messages()):
    if message.is_multipart():
        message.set_boundary(f"boundary-{index}")
        for part in message.walk():
            if part is not message and part.is_multipart() and part.get_content_maintype() == "multipart":
                part.set_boundary(f"inner-{index}-{part.get_content_subtype()}")
    kept = mailbox.mboxMessage(message)
    kept.set_from("m@example.pl Tue Oct 14 13:23:47 2025")
    box.add(kept)
box.flush()
