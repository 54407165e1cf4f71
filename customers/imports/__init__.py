"""Customers and organisations from CSV and XLSX: read, mapped, checked, then written in chunks by a worker."""
