"""Small real files for the demo's attachments: pictures, documents, tables and logs, made in code."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from random import Random

from tickets.attachments import File


def png(width: int, height: int, colour: Callable[[int, int], tuple[int, int, int]]) -> bytes:
    """A true-colour picture, one filterless row after the other (W3C PNG §11)."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes(colour(x, y))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(rows), 6)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pdf(title: str, lines: list[str]) -> bytes:
    """One page of plain text (ISO 32000-1, the standard Helvetica)."""
    shown = [f"BT /F1 18 Tf 60 780 Td ({_escaped(title)}) Tj ET"]
    shown += [f"BT /F1 11 Tf 60 {745 - 18 * n} Td ({_escaped(line)}) Tj ET" for n, line in enumerate(lines)]
    stream = "\n".join(shown).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


@cache
def picture(number: int) -> bytes:
    """A garden seen through a wet lens: sky above, green below, drops in front."""
    rng = Random(number)
    sky, horizon = rng.randint(150, 215), rng.randint(40, 70)
    drops = [(rng.randint(0, 159), rng.randint(0, 119), rng.randint(3, 9)) for _ in range(rng.randint(5, 14))]

    def colour(x: int, y: int) -> tuple[int, int, int]:
        wet = any((x - a) ** 2 + (y - b) ** 2 < r * r for a, b, r in drops)
        hill = horizon + 8 * math.sin(x / 23)
        if y < hill:
            base = (sky - 40 + y // 3, sky - 10 + y // 4, min(255, sky + 30))
        else:
            base = (60 + (x * y) % 17, 110 + (y - int(hill)) % 40, 58)
        return (min(255, base[0] + 35), min(255, base[1] + 35), min(255, base[2] + 35)) if wet else base

    return png(160, 120, colour)


def readings(rng: Random, day: datetime) -> bytes:
    rows = ["time,temperature_c,rain_mm,wind_kmh,soil_percent"]
    warmth, soil = rng.uniform(2, 17), rng.uniform(22, 60)
    for hour in range(48):
        moment = day - timedelta(hours=48 - hour)
        warm = warmth + 4 * math.sin((hour - 8) / 24 * math.tau)
        rain = max(0.0, rng.gauss(-0.4, 0.6))
        soil += rain * 0.4 - 0.1
        rows.append(f"{moment:%Y-%m-%dT%H:00Z},{warm:.1f},{rain:.1f},{abs(rng.gauss(9, 5)):.1f},{soil:.1f}")
    return "\n".join(rows).encode() + b"\n"


def log(rng: Random, day: datetime) -> bytes:
    moment, lines = day - timedelta(hours=7), []
    for _ in range(7):
        moment += timedelta(minutes=rng.randint(51, 64), seconds=rng.randint(0, 59))
        lines.append(f"{moment:%Y-%m-%d %H:%M:%S} nest[1] supply 4.{rng.randint(31, 42)} V")
        lines.append(f"{moment:%Y-%m-%d %H:%M:%S} nest[1] brownout, restarting")
        lines.append(f"{moment + timedelta(seconds=9):%Y-%m-%d %H:%M:%S} nest[1] radio up, {rng.randint(2, 6)} devices")
    return "\n".join(lines).encode() + b"\n"


def make(kind: str, rng: Random, day: datetime, number: str) -> File:
    """The file that a story calls `kind`; `number` is what its name carries."""
    if kind in ("photo", "photo2", "screenshot"):
        return File(f"{kind}-{day:%Y%m%d}-{rng.randint(1000, 9999)}.png", "image/png", picture(rng.randrange(8)))
    if kind == "readings":
        return File(f"readings-{day:%Y-%m-%d}.csv", "text/csv", readings(rng, day))
    if kind == "log":
        return File("nest.log.txt", "text/plain", log(rng, day))
    title, lines = DOCUMENTS[kind]
    return File(f"{kind}-{number}.pdf", "application/pdf", pdf(title, [number, f"{day:%d.%m.%Y}", "", *lines]))


DOCUMENTS: dict[str, tuple[str, list[str]]] = {
    "invoice": (
        "Invoice",
        ["1 × Heron weather station", "1 × Nest hub", "", "Payable within 14 days."],
    ),
    "label": ("Return label", ["Marshwren Returns", "Dock 3", "", "Stick this over the old label."]),
    "certificate": ("Confirmation", ["We confirm the transaction named above.", "", "Valid without a signature."]),
    "signed": ("Order, signed", ["The quote is accepted with its terms.", "", "(signature)"]),
    "drawing": ("Heron, dimensions", ["Height 620 mm", "Width of the arm 410 mm", "Weight 1.1 kg"]),
    "terms": ("Terms for dealers", ["From 20 pieces: 30 % off the list price", "Unsold goods returned within a year"]),
    "cv": ("Curriculum vitae", ["Firmware for small radios since 2016", "A rain gauge without moving parts"]),
}
