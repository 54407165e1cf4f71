"""The API's addresses for shops and back ends: orders and customer events."""
