"""Customers, what they are known by, and what happened to their records."""

from customers.models.consent import Consent, ConsentSource, ContactChannel, Purpose
from customers.models.customer import Customer, ImportantDate
from customers.models.event import RecordEvent
from customers.models.field import CustomField, FieldKind, FieldOf
from customers.models.identity import PROOFS, Identity, IdentityKind, ProvedBy
from customers.models.identity_link import IdentityLink, LinkState
from customers.models.importing import AT_WORK, ImportJob, ImportProblem, ImportState, ListExport, MatchBy
from customers.models.merge import CustomerMerge, DuplicateSuggestion, SuggestionState, UncheckedCustomer
from customers.models.order import CustomerEvent, Order
from customers.models.organisation import Organisation
from customers.models.privacy import (
    PrivacyAct,
    PrivacyEntry,
    PrivacyJob,
    PrivacyJobKind,
    PrivacyJobState,
    RetentionRule,
    Tombstone,
)
from customers.models.segment import BadgeColour, Segment

__all__ = [
    "AT_WORK",
    "PROOFS",
    "BadgeColour",
    "Consent",
    "ConsentSource",
    "ContactChannel",
    "CustomField",
    "Customer",
    "CustomerEvent",
    "CustomerMerge",
    "DuplicateSuggestion",
    "FieldKind",
    "FieldOf",
    "Identity",
    "IdentityKind",
    "IdentityLink",
    "ImportJob",
    "ImportProblem",
    "ImportState",
    "ImportantDate",
    "LinkState",
    "ListExport",
    "MatchBy",
    "Order",
    "Organisation",
    "PrivacyAct",
    "PrivacyEntry",
    "PrivacyJob",
    "PrivacyJobKind",
    "PrivacyJobState",
    "ProvedBy",
    "Purpose",
    "RecordEvent",
    "RetentionRule",
    "Segment",
    "SuggestionState",
    "Tombstone",
    "UncheckedCustomer",
]
