import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { api, type Commands } from "./loader-api"
import { draw, type Look } from "./loader-look"

vi.mock("../../css/widget/loader.css", () => ({ default: "" }))

const known = window as unknown as { Onethread?: Record<string, unknown> & ((...call: unknown[]) => unknown) }
const CONFIG: Look["config"] = {
  key: "k", hue: 1, isAtStart: false, direction: "ltr", needsIdentity: false, asksConsent: false, isWatching: false,
  words: { open: "Chat", close: "Close", unread: "Chat, {count} unread", dismiss: "No", panel: "Shop" },
} // prettier-ignore

let did: unknown[][]
let commands: Commands
let root: ShadowRoot

beforeEach(() => {
  did = []
  const verbs = ["open", "close", "identify", "setAttributes", "consent", "goal", "shutdown"]
  const doing = Object.fromEntries(
    verbs.map((verb) => [verb, (...given: unknown[]) => void did.push([verb, ...given])]),
  )
  commands = api(doing as never)
  const attach = Element.prototype.attachShadow
  vi.spyOn(Element.prototype, "attachShadow").mockImplementation(function (this: Element, init) {
    expect(init.mode).toBe("closed")
    return (root = attach.call(this, { mode: "open" }))
  })
})

afterEach(() => delete known.Onethread)

test("what was called before it was there is done, in its order", () => {
  commands.take([["setAttributes", { basket: 3 }], ["open"]])
  expect(did).toEqual([["setAttributes", { basket: 3 }], ["open"]])
})

test("it is called as a function or by its methods, and says when there is no such thing", () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue()
  known.Onethread!("goal", "purchase", 12)
  ;(known.Onethread!["open"] as () => void)()
  known.Onethread!("constructor")
  expect(did).toEqual([["goal", "purchase", 12], ["open"]])
  expect(warned).toHaveBeenCalledOnce()
})

test("who listens hears until they stop; a mistake of theirs ends nothing", () => {
  const reported = vi.fn()
  vi.stubGlobal("reportError", reported)
  const heard: unknown[] = []
  known.Onethread!("on", "unread", () => {
    throw new Error("theirs")
  })
  const stop = known.Onethread!("on", "unread", (count: unknown) => heard.push(count)) as () => void
  commands.happened("unread", 2)
  stop()
  commands.happened("unread", 3)
  expect(heard).toEqual([2])
  expect(reported).toHaveBeenCalledTimes(2)
})

test("being ready is heard by who comes later as well", () => {
  commands.happened("ready")
  const heard = vi.fn()
  known.Onethread!("on", "ready", heard)
  expect(heard).toHaveBeenCalledOnce()
})

test("the button says what it does and how much is unread; closed, the panel is out of reach", () => {
  const look = draw(CONFIG, { toggle: () => undefined, wanted: () => undefined, peeked: () => undefined })
  const button = root.querySelector("button")!
  const panel = look.frame("about:blank")
  expect(panel.inert).toBe(true)
  look.badge(3)
  expect(button.ariaLabel).toBe("Chat, 3 unread")
  look.show(true)
  expect([button.ariaLabel, button.ariaExpanded, panel.inert]).toEqual(["Close", "true", false])
  look.badge(0)
  look.show(false)
  expect([button.ariaLabel, button.ariaExpanded, panel.inert]).toEqual(["Chat", "false", true])
  look.remove()
  expect(document.documentElement.lastElementChild).toBe(document.body)
})

test("an invitation is text, and is taken or declined", () => {
  const peeked = vi.fn()
  const look = draw(CONFIG, { toggle: () => undefined, wanted: () => undefined, peeked })
  look.peek("<b>Can we help?</b>", "Grace")
  expect(root.querySelector(".say")!.textContent).toBe("Grace<b>Can we help?</b>")
  root.querySelector<HTMLButtonElement>(".no")!.click()
  expect(peeked).toHaveBeenLastCalledWith(false)
  expect(root.querySelector(".peek")).toBeNull()
})
