"""The HTML of a few customers' mails: newsletters and tables that need the frame, and history under an answer."""

from __future__ import annotations

from html import escape

from helpdesk.demo.details import Details
from helpdesk.lib.html import text_to_html

CARRIER = """
<div style="font-family:Arial,Helvetica,sans-serif;color:#1c2b33">{own}</div>
<table width="100%" cellpadding="0" cellspacing="0" bgcolor="#f2f4f7"><tr><td align="center" style="padding:24px">
<table width="100%" cellpadding="0" cellspacing="0" bgcolor="#ffffff" style="border-radius:8px;max-width:520px">
<tr><td style="background-color:#12395b;padding:18px 28px">
<img src="https://tracking.swiftway.example/logo.png" width="120" height="28" alt="Swiftway"></td></tr>
<tr><td style="padding:28px;font-family:Arial,Helvetica,sans-serif;color:#1c2b33">
<h2 style="margin:0 0 12px;font-size:20px">Sorry we missed you</h2>
<p style="margin:0 0 16px">We tried to deliver your parcel <b>{tracking}</b>
on {day} at 11:42 and nobody was at home.</p>
<table width="100%" cellpadding="8" cellspacing="0" style="border-collapse:collapse;font-size:14px">
<tr bgcolor="#f2f4f7"><td>Sender</td><td>Marshwren</td></tr>
<tr><td>Order</td><td>{order}</td></tr>
<tr bgcolor="#f2f4f7"><td>Next attempt</td><td>not planned</td></tr></table>
<p style="margin:20px 0 0"><a href="https://tracking.swiftway.example/{tracking}"
style="background-color:#e2592a;color:#ffffff;padding:10px 18px;text-decoration:none;border-radius:4px"
>Choose a new day</a></p>
</td></tr></table>
<img src="https://tracking.swiftway.example/open/{tracking}.gif" width="1" height="1" alt=""></td></tr></table>
"""

STATEMENT = """
<div style="font-family:Calibri,Arial,sans-serif;font-size:15px">{own}
<table border="1" cellpadding="6" cellspacing="0" style="border-collapse:collapse;border-color:#b9c2cc;font-size:14px">
<tr bgcolor="#dfe7ef"><th align="left">Document</th><th align="left">Due</th><th align="right">Amount</th></tr>
<tr><td>{order}-1</td><td>{due}</td><td align="right">1,284.00</td></tr>
<tr><td>{order}-2</td><td>{due}</td><td align="right">316.40</td></tr>
<tr><td>{order}-P (pallet fee)</td><td>{due}</td><td align="right">18.00</td></tr>
<tr bgcolor="#dfe7ef"><td colspan="2"><b>Open</b></td><td align="right"><b>1,618.40</b></td></tr></table>
<p><font color="#8a2b2b">Please disregard this statement if the items were paid meanwhile.</font></p></div>
"""

QUOTE = """<p>On {day}, Marshwren trade desk wrote:</p><blockquote type="cite">
<p>Dear {first},</p><p>thank you for your enquiry. We offer {organisation}:</p>
<p>12 × Dipper 8 at €{price}<br>3 × Nest with outdoor antenna<br>delivery free of charge</p>
<p>The quote is valid for 30 days.</p></blockquote>"""


def rich_mail(name: str, own: str, details: Details) -> str:
    """The mail that a story calls `name`, with the customer's own words on top."""
    template = {"carrier": CARRIER, "statement": STATEMENT}[name]
    return template.format(
        own=text_to_html(own),
        tracking=escape(details["tracking"]),
        order=escape(details["order"]),
        day=details["date-1"],
        due=details["date-20"],
    )


def quoted_quote(details: Details) -> str:
    names = ("first", "organisation", "price")
    return QUOTE.format(day=details["date-4"], **{name: escape(details[name]) for name in names})
