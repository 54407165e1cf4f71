import { expect, test } from "vitest"
import { linkAddress } from "./toolbar"

test.each([
  ["https://example.com/a?b=c", "https://example.com/a?b=c"],
  ["example.com", "https://example.com"],
  ["www.example.co.uk/help#top", "https://www.example.co.uk/help#top"],
  ["ada@example.com", "mailto:ada@example.com"],
  ["tel:+44770090", "tel:+44770090"],
  ["", ""],
])("%s becomes %s", (typed, address) => expect(linkAddress(typed)).toBe(address))

test.each(["javascript:alert(1)", "data:text/html,x", "just words", "file:///etc/passwd", "localhost"])(
  "%s is no address",
  (typed) => expect(linkAddress(typed)).toBeUndefined(),
)
