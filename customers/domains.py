"""Which mail domains an organisation may call its own: whoever writes from one of them becomes its customer."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.identify import PUBLIC_MAIL_PROVIDERS
from customers.models import Organisation


def refuse_shared(domains: Sequence[str], of: Organisation) -> None:
    """`Refused` for a domain of strangers, and for one of another organisation.

    The caller lets nobody else change domains meanwhile (`record.change_organisation` does).
    """
    if public := next((domain for domain in domains if domain in PUBLIC_MAIL_PROVIDERS), ""):
        raise Refused(_("%(domain)s is a mail provider: two people there are not colleagues.") % {"domain": public})
    for other in Organisation.objects.filter(domains__overlap=list(domains)).exclude(pk=of.pk)[:1] if domains else ():
        taken = next(domain for domain in domains if domain in other.domains)
        raise Refused(_("%(domain)s belongs to %(name)s already.") % {"domain": taken, "name": other})
