"""Documents of TwiML: what a caller hears. Every word is text, whatever is in it."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from channels_app.base import HookAnswer
from channels_app.messaging.text import storable

LONGEST = 4096  # characters that Say takes


class Twiml:
    def __init__(self, language: str = "en-GB", voice: str = "") -> None:
        self.root = Element("Response")
        self.language, self.voice = language, voice

    def say(self, words: str, *, inside: Element | None = None) -> None:
        if not (spoken := spoken_words(words)):
            return
        verb = self.add("Say", inside=inside, language=self.language, voice=self.voice)
        verb.text = spoken

    def add(self, verb: str, text: str = "", *, inside: Element | None = None, **attributes: str) -> Element:
        """An attribute without a value is left out; a trailing _ keeps a name that Python has taken."""
        named = {name.rstrip("_"): value for name, value in attributes.items() if value != ""}
        element = SubElement(self.root if inside is None else inside, verb, named)
        element.text = text or None
        return element

    def answer(self) -> HookAnswer:
        body = tostring(self.root, encoding="utf-8", xml_declaration=True)
        return HookAnswer(body=body, content_type="text/xml; charset=utf-8")


def spoken_words(words: str) -> str:
    """Without characters that XML can't hold."""
    return "".join(char for char in storable(words, LONGEST) if char.isprintable() or char == "\n").strip()
