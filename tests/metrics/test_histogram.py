"""Medians and percentiles from buckets are right within one per cent."""

from __future__ import annotations

from collections import Counter
from math import ceil

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from metrics.histogram import bucket_of, bucket_sql, middle_of, quantile

YEARS = 10 * 366 * 86_400


@given(st.lists(st.integers(0, YEARS), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_quantile_is_within_one_per_cent_of_the_value_that_holds_its_place(values: list[int], share: float) -> None:
    exact = sorted(values)[max(1, ceil(share * len(values))) - 1]
    told = quantile(Counter(map(bucket_of, values)), share)
    assert told == pytest.approx(exact, rel=0.01)


@given(st.integers(0, 500))
def test_the_middle_of_a_bucket_lies_in_it(bucket: int) -> None:
    assert bucket_of(middle_of(bucket)) == bucket


def test_nothing_counted_has_no_median() -> None:
    assert quantile({}, 0.5) is None and quantile({7: 0}, 0.5) is None


@pytest.mark.django_db
def test_postgresql_sorts_into_the_same_buckets() -> None:
    values = [0, 1, 2, 3, 59, 60, 61, 3_599, 3_600, 86_400, 1_000_003, YEARS]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {bucket_sql('v')} FROM unnest(%s::bigint[]) WITH ORDINALITY u(v, n) ORDER BY n", [values]
        )
        assert [bucket for (bucket,) in cursor.fetchall()] == [bucket_of(value) for value in values]
