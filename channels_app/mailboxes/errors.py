"""Why a mailbox can't be read, in words that whoever set it up understands."""

from __future__ import annotations

import poplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientError, LoginError

from channels_app.models import Mailbox
from helpdesk.lib.sealing import CannotOpen


class NoAccess(Exception):
    """Nothing can be fetched: the message says why. Fetching it later may work."""


class WrongSettings(NoAccess):
    """Nothing will be fetched until somebody changes the settings, there or here."""


@contextmanager
def in_words(mailbox: Mailbox) -> Iterator[None]:
    """What servers and sockets raise inside the block becomes `NoAccess` or `WrongSettings`."""
    try:
        yield
    except (NoAccess, WrongSettings):
        raise
    except CannotOpen as error:
        raise WrongSettings(_("Its password was sealed under another SECRET_KEY. Put it in again.")) from error
    except LoginError as error:
        raise WrongSettings(_("The server refuses the user name or the password: %s") % said(error)) from error
    except ssl.SSLCertVerificationError as error:
        reason = error.verify_message
        raise WrongSettings(_("The server's certificate can't be trusted: %s") % reason) from error
    except ssl.SSLError as error:
        raise WrongSettings(_("The server does not speak TLS on this port.")) from error
    except socket.gaierror as error:
        raise NoAccess(_("There is no server called %s.") % mailbox.host) from error
    except TimeoutError as error:
        raise NoAccess(_("The server did not answer in time.")) from error
    except (IMAPClientError, poplib.error_proto) as error:
        raise NoAccess(_("The server said: %s") % said(error)) from error
    except (OSError, EOFError) as error:
        raise NoAccess(_("The connection to the server failed: %s") % (said(error) or _("it hung up"))) from error


def said(error: Exception) -> str:
    """What the server said, without the clothes of Python."""
    words = " ".join(
        part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in error.args or ()
    )
    return words.removeprefix("b'").removesuffix("'")[:300]
