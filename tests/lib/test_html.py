"""Looks of a mail that stay, pictures that wait, and the way between HTML and text."""

import pytest

from helpdesk.lib.html import (
    clean_composer_html,
    clean_html,
    clean_mail_html,
    has_remote_images,
    html_to_text,
    needs_frame,
    spell_out_links,
    strip_tags,
    tame,
    text_to_html,
)
from helpdesk.lib.html.tame import is_bounded

REL = 'target="_blank" rel="noopener noreferrer nofollow"'


def test_simple_marks_stay_inline() -> None:
    html = "<p>Hello <b>bold</b> <em>and</em> <code>x</code></p><ul><li>one</li></ul><blockquote>quoted</blockquote>"
    assert clean_html(html) == html
    assert clean_html('<p dir="rtl" style="color:red" class="x">x</p>') == '<p dir="rtl">x</p>'
    assert (
        clean_html('<a href="https://a.example/?x=1&amp;y=2">x</a>')
        == f'<a href="https://a.example/?x=1&amp;y=2" {REL}>x</a>'
    )


def test_the_composer_keeps_what_its_buttons_make() -> None:
    html = '<p><b>a</b><i>b</i></p><ol><li>c</li></ol><pre>d</pre><a href="mailto:a@example.com">e</a>'
    assert clean_composer_html(html) == html.replace('">e', '" rel="noopener noreferrer nofollow">e')
    assert clean_composer_html("<h1>Big</h1><table><tr><td>cell</td></tr></table>") == "Bigcell"


def test_text_says_where_a_link_leads_once() -> None:
    html = clean_composer_html(
        '<p>Read <a href="https://a.example/?x=1&amp;y=2">this <b>page</b></a>, or'
        ' <a href="https://b.example/">https://b.example</a>, or ask'
        ' <a href="mailto:c@example.org">c@example.org</a>.</p>'
    )
    told = "Read this page <https://a.example/?x=1&y=2>, or https://b.example, or ask c@example.org."
    assert html_to_text(spell_out_links(html)) == told


def test_a_mail_keeps_its_harmless_looks() -> None:
    html = (
        '<table width="600" bgcolor="#eeeeee"><tbody><tr><td style="color:red;padding:3px">x</td></tr></tbody></table>'
    )
    assert clean_mail_html(html) == html
    assert clean_mail_html('<p style="mso-fareast-language:EN-US;color:rgb(1, 2, 3);x-apple-data:1">x</p>') == (
        '<p style="color:rgb(1, 2, 3)">x</p>'
    )
    assert clean_mail_html("<p style=\"font-family:'Segoe UI', Arial\">x</p>") == (
        "<p style=\"font-family:'Segoe UI', Arial\">x</p>"
    )


def test_pictures_of_the_mail_itself_are_mapped() -> None:
    html = '<img src="cid:a%40b" alt="A"><img src="cid:unknown"><p style="background:url(cid:a@b)">x</p>'
    assert clean_mail_html(html, cid_urls={"a@b": "/agent/attachments/7/a.png"}) == (
        '<img src="/agent/attachments/7/a.png" alt="A"><img>'
        "<p style=\"background:url('/agent/attachments/7/a.png')\">x</p>"
    )
    assert 'src="cid:a@b"' in clean_mail_html('<img src="cid:a@b">')


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://a.example/x.png" width="10" alt="Logo">',
        '<img src="//a.example/x.png">',
        '<table><tbody><tr><td background="http://a.example/x.png">x</td></tr></tbody></table>',
        '<p style="background:url(https://a.example/x.png)">x</p>',
    ],
)
def test_remote_pictures_wait_until_asked_for(html: str) -> None:
    stored = clean_mail_html(html, allow_remote_images=True)
    assert has_remote_images(stored)
    blocked = clean_mail_html(stored, cid_urls={})
    assert not has_remote_images(blocked)
    assert "a.example" not in blocked
    assert "a.example" in clean_mail_html(stored, cid_urls={}, allow_remote_images=True)


def test_a_blocked_picture_leaves_its_place() -> None:
    blocked = clean_mail_html('<img src="https://a.example/x.png" width="10" alt="Logo">', cid_urls={})
    assert blocked in ('<img width="10" alt="Logo">', '<img alt="Logo" width="10">')
    assert not has_remote_images('<a href="https://a.example/x.png">url(x)</a><img src="/agent/attachments/1/x">')


@pytest.mark.parametrize(
    ("html", "framed"),
    [
        ("<p>words</p>", False),
        ('<div dir="ltr"><p style="font-family:Calibri;font-size:11pt;margin:0;color:black">words</p></div>', False),
        ("<table><tr><td>x</td></tr></table>", True),
        ('<img src="cid:x">', True),
        ('<p style="color:red">x</p>', True),
        ('<p style="background-color:#ff0">x</p>', True),
        ('<font color="red">x</font>', True),
    ],
)
def test_a_frame_only_where_something_would_be_lost(html: str, framed: bool) -> None:
    assert needs_frame(clean_mail_html(html)) is framed


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<ul><li>a</li><li>b</li></ul>", "  * a\n  * b"),
        ("<style>p{}</style><script>x</script><title>t</title>words", "words"),
        ("a &amp; b &lt;c&gt;&nbsp;d", "a & b <c> d"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("", ""),
        ("<img src=x>", ""),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_hopeless_depth_still_has_its_words() -> None:
    html = "<div>" * 3_000 + "deep words" + "</div>" * 3_000
    assert "deep words" in html_to_text(html)
    assert "deep words" in clean_html(html)
    assert "deep words" in clean_mail_html(html)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 500,
        "".join(f"<b a={index}>" for index in range(100)),
        "<p>" + "".join(f"<b a={index}>" for index in range(50)) + "</p>" + "<p>x</p>" * 8_000,
        "<a " + " ".join(f"a{index}=1" for index in range(10_000)) + ">",
        '<a ="><div>' * 500,
        "<div><!--</div>-->" * 500,
        "<div><title></div></title>" * 500,
        "<div><script></div></script>" * 500,
        "<div x='</div>'>" * 500,
        "<div><?</div?>" * 500,
        "<svg><![CDATA[>" + "</div>" * 500 + "]]></svg>" + "<div>" * 500,
    ],
)
def test_no_disguise_hides_a_bomb(html: str) -> None:
    assert tame(html).startswith("<pre>")


def test_a_big_honest_mail_is_no_bomb() -> None:
    row = '<tr><td style="color:red">cell<br></td><td><a href="https://a.example"><b>x</b></a><p>one<p>two</td></tr>'
    html = f"<!doctype html><html><head><title>x</title></head><body><table>{row * 2_000}</table></body></html>"
    assert is_bounded(html)


def test_text_to_html() -> None:
    assert text_to_html("one\ntwo\n\n<three> & 'four'\n  five") == (
        "<p>one<br>two</p><p>&lt;three&gt; &amp; 'four'<br>\xa0\xa0five</p>"
    )
    assert text_to_html("") == ""


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://a.example/x?y=1&z=2.", "https://a.example/x?y=1&amp;z=2"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("<https://a.example>", "https://a.example"),
        ("www.a.example/x, or", "https://www.a.example/x"),
    ],
)
def test_links_in_text(text: str, url: str) -> None:
    assert f'<a href="{url}" {REL}>' in text_to_html(text)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "ada@www.example.com", "http:/x", "xhttps//a", "www.", 'https:"x"']
)
def test_no_link_where_none_is_meant(text: str) -> None:
    assert "<a " not in text_to_html(text)


def test_a_quote_cannot_leave_a_link() -> None:
    html = text_to_html('https://a.example/"onmouseover="alert(1)')
    assert html.startswith(f'<p><a href="https://a.example/" {REL}>https://a.example/</a>"onmouseover')


def test_bare_text_of_broken_markup() -> None:
    assert strip_tags("a <b>c</b> 1 < 2 <script>x</script><p>d<!-- e --> &lt;") == "a c 1 < 2 \nd &lt;".replace(
        "&lt;", "<"
    )
