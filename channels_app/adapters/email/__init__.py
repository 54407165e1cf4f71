"""E-mail in: bytes to `ParsedEmail` (parse), the content key of a delivery (content_key). Pure: no models, no network."""
