"""Days and hours as people read them: one way for each language, wherever a template or a mail names them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

MOMENT = datetime(2026, 9, 4, 16, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "shape", "expected"),
    [
        ("en", "DATETIME_FORMAT", "4 September 2026, 16:08"),
        ("en", "DATE_FORMAT", "4 September 2026"),
        ("en", "TIME_FORMAT", "16:08"),
        ("en", "MONTH_DAY_FORMAT", "4 September"),
        ("en", "SHORT_DATETIME_FORMAT", "4 Sep 2026, 16:08"),
        ("en", "SHORT_DATE_FORMAT", "4 Sep 2026"),
        ("de", "DATETIME_FORMAT", "4. September 2026 16:08"),
        ("de", "SHORT_DATE_FORMAT", "04.09.2026"),
    ],
)
def test_each_language_has_one_way(language: str, shape: str, expected: str) -> None:
    with translation.override(language):
        assert Template("{{ at|date:shape }}").render(Context({"at": MOMENT, "shape": shape})) == expected


def test_a_moment_without_a_shape_is_written_the_same_way() -> None:
    with translation.override("en"):
        assert Template("{{ at }}").render(Context({"at": MOMENT})) == "4 September 2026, 16:08"
