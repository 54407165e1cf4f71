"""Where conditions are asked: a list can't know what a gesture did, and a trigger has no time to wait for hours.

Everywhere is everywhere where tickets are asked about. The scope "customer" asks about customers: it has fields of its
own, whose sources lie beside a Customer, and is read as a `Q` only.
"""

from __future__ import annotations

LIST, TRIGGER, AUTOMATION, SLA, CUSTOMER = "list", "trigger", "automation", "sla", "customer"
SCOPES = (LIST, TRIGGER, AUTOMATION, SLA, CUSTOMER)
EVERYWHERE = frozenset({LIST, TRIGGER, AUTOMATION, SLA})
