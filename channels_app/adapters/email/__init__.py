"""E-mail: bytes to `ParsedEmail` (parse), the content key of a delivery (content_key), and what we send (render)."""
