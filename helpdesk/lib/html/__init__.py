"""HTML of strangers and of our own editor: made safe, made text, made from text. Pure and bounded in time."""

from .clean import clean_composer_html, clean_html, clean_note_html
from .mail import clean_mail_html, has_remote_images, needs_frame
from .mentions import Nameable, Named, name_people
from .tame import strip_tags, tame
from .text import html_to_text, spell_out_links, text_to_html

__all__ = [
    "Nameable",
    "Named",
    "clean_composer_html",
    "clean_html",
    "clean_mail_html",
    "clean_note_html",
    "has_remote_images",
    "html_to_text",
    "name_people",
    "needs_frame",
    "spell_out_links",
    "strip_tags",
    "tame",
    "text_to_html",
]
