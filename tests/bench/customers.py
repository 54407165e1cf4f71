"""The list of customers and its search with a million of them, made by SQL and kept in the bench database.

Their names are as common and as rare as names are: a few hundred first names and two thousand surnames, most of them
seldom, some with accents. Half of them work somewhere; four in ten have a phone number.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from customers.models import Customer
from tests.bench.client import Client, measure
from tests.bench.pages import browsers
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.customers.finding import find

MILLION = 1_000_000
EMPLOYERS = 5_000
MARK = "bench-generated"
FIRST = (
    "Anna Ben Clara David Emma Finn Greta Hannah Ida Jonas Karl Lena Max Nina Otto Paul Quirin Rosa Sofia Tom Ulla "
    "Viktor Wanda Xenia Yusuf Zoe Marie Lukas Leon Mia Noah Elias Luca Jürgen Günter Käthe François Chloé Zoë José "
    "Małgorzata Łukasz Søren Åsa Björn Jiří Çağla Şenay İpek John Mary James Patricia Robert Jennifer Michael Linda"
).split()
LAST = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder "
    "Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Smith Jones Brown Taylor Wilson Davies Evans "
    "Nowak Kowalski García López Martínez Rossi Ferrari Dubois Lefèvre Jensen Nielsen Hansen Novák Yılmaz Kaya"
).split()
PROVIDERS = ["gmail.com", "gmx.de", "web.de", "outlook.com", "yahoo.com"]
SYLLABLES = "ba bel dor fen gar hol kas lin mor nau pel ros stein tal ver win zel berg hau mann".split()

GENERATE = [
    """INSERT INTO customers_organisation (name, domains, tags, custom_fields, shares_tickets)
    SELECT 'Firma ' || initcap(s[1 + n %% 20] || s[1 + n / 20 %% 20] || s[1 + n / 400 %% 20]) || ' ' || n,
      ARRAY['firma' || n || '.test'], '{}', '{}', false
    FROM generate_series(1, %(employers)s) n, (SELECT %(syllables)s::text[] AS s) k ON CONFLICT (name) DO NOTHING""",
    """INSERT INTO customers_customer (name, language, time_zone, notes, tier, tags, organisation_id, created_at)
    SELECT f[1 + floor(power(r1, 2) * cardinality(f))] || ' ' || CASE WHEN r2 < 0.3
        THEN l[1 + floor(power(r2 / 0.3, 2) * cardinality(l))]
        ELSE initcap(s[1 + floor(r3 * 20)] || s[1 + floor(r4 * 20)] || s[1 + floor(r2 * 20)]) END,
      'de', '', '', (ARRAY['', '', '', 'Gold', 'Silver'])[1 + floor(r3 * 5)], ARRAY[%(mark)s],
      CASE WHEN r4 < 0.5 THEN o.first + floor(r1 * %(employers)s) END, now() - random() * interval '900 days'
    FROM (SELECT random() r1, random() r2, random() r3, random() r4 FROM generate_series(1, %(number)s)) x,
      (SELECT %(first)s::text[] f, %(last)s::text[] l, %(syllables)s::text[] s) k,
      (SELECT min(id) AS first FROM customers_organisation WHERE name LIKE 'Firma %%') o""",
    """INSERT INTO customers_identity (customer_id, kind, value, proved_by, proved_at)
    SELECT c.id, 'email', regexp_replace(lower(c.name), '[^a-z]', '.', 'g')
      || c.id || '@' || COALESCE(o.domains[1], (%(providers)s::text[])[1 + c.id %% 5]), 'received_mail', now()
    FROM customers_customer c LEFT JOIN customers_organisation o ON o.id = c.organisation_id
    WHERE c.tags = ARRAY[%(mark)s::varchar]""",
    """INSERT INTO customers_identity (customer_id, kind, value, proved_by, proved_at)
    SELECT id, 'phone', '+49' || 1510000000 + id * 7919 %% 8000000000, 'agent', now()
    FROM customers_customer WHERE tags = ARRAY[%(mark)s::varchar] AND id %% 5 < 2
    ON CONFLICT DO NOTHING""",
]  # fmt: skip


def generate(number: int = MILLION) -> None:
    """Once; those that are there are used again."""
    if Customer.objects.filter(tags=[MARK]).count() >= number:
        return
    values: dict[str, Any] = {"number": number, "employers": EMPLOYERS, "mark": MARK, "first": FIRST, "last": LAST,
              "syllables": SYLLABLES, "providers": PROVIDERS}  # fmt: skip
    with connection.cursor() as cursor:
        for statement in GENERATE:
            cursor.execute(statement, values)
        for table in ("customers_organisation", "customers_customer", "customers_identity"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def spellings(number: int = 200) -> dict[str, list[str]]:
    """What people type to find a customer, by its kind; the same each time for the same data."""
    rng = random.Random(7)
    least, most = Customer.objects.order_by("pk")[0].pk, Customer.objects.order_by("-pk")[0].pk
    ids = [rng.randint(least, most) for _ in range(number * 3)]
    known = Customer.objects.filter(pk__in=ids, tags=[MARK]).select_related("organisation")
    people = [(c, c.identities.all()[0].value) for c in known.prefetch_related("identities")][:number]
    phones = Customer.objects.filter(pk__in=ids, identities__kind="phone").values_list("identities__value", flat=True)
    return {
        "whole name": [c.name for c, _address in people],
        "one word": [rng.choice(c.name.split()) for c, _address in people],
        "while typing": [c.name[: rng.randint(1, 5)] for c, _address in people],
        "name, a typo": [_mistyped(c.name, rng) for c, _address in people],
        "address": [address for _customer, address in people],
        "name and company": [f"{c.name.split()[0]} {c.organisation.name}" for c, _a in people if c.organisation],
        "phone number": [f"0{v[3:6]} {v[6:9]} {v[9:]}" for v in phones if v.startswith("+49")][:number],
    }


def _mistyped(name: str, rng: random.Random) -> str:
    at = rng.randint(1, len(name) - 3)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def bench_customers(stack: Stack, results: Results, seconds: float) -> None:
    generate()
    typed = spellings()
    for what, questions in typed.items():
        results.at_most(f"customers found by {what}, of a million: p50", _median(find, questions[:60]), "ms", 60)
    everything = [text for questions in typed.values() for text in questions]
    rng = random.Random(3)

    async def ask(client: Client) -> None:
        await client.get(f"/customers/?{urlencode({'q': rng.choice(everything)})}")

    async def newest(client: Client) -> None:
        await client.get("/customers/")

    results.at_most(
        "search of customers, the page: p50, 1 client",
        measure(browsers(stack.port, 1), ask, seconds=seconds).p50,
        "ms",
        60,
    )
    results.at_most("list of customers: p50, 1 client", measure(browsers(stack.port, 1), newest, seconds=4).p50, "ms")


def _median(ask: Callable[[str], object], questions: list[str]) -> float:
    took = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        took.append(time.perf_counter() - began)
    return sorted(took)[len(took) // 2] * 1000
