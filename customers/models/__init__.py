"""Customers, what they are known by, and what happened to their records."""

from customers.models.consent import Consent, ConsentSource, ContactChannel, Purpose
from customers.models.customer import Customer, ImportantDate
from customers.models.event import RecordEvent
from customers.models.field import CustomField, FieldKind, FieldOf
from customers.models.identity import PROOFS, Identity, IdentityKind, ProvedBy
from customers.models.organisation import Organisation

__all__ = [
    "PROOFS",
    "Consent",
    "ConsentSource",
    "ContactChannel",
    "CustomField",
    "Customer",
    "FieldKind",
    "FieldOf",
    "Identity",
    "IdentityKind",
    "ImportantDate",
    "Organisation",
    "ProvedBy",
    "Purpose",
    "RecordEvent",
]
