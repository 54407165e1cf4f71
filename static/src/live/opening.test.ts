import { beforeEach, expect, test, vi } from "vitest"
import { announce } from "../lib/dom"
import { one, page } from "../testing/page"
import { showOpenings } from "./opening"

showOpenings()

const template = (name: string, inside: string) =>
  `<template id="${name}"><div class="cover ${name}">${inside}</div></template>`
const TEMPLATES =
  template("opening", "") +
  template("opening-failed", "<p data-reason></p><button data-again></button><button data-uncover></button>") +
  template("ticket-gone", "<a href='/agent/' data-back></a>") +
  '<template id="list-failed"><p data-reason></p><button data-list-again></button></template>'

const cover = () => document.querySelector(".cover")?.className
const tell = (name: string, ctx: object) => document.dispatchEvent(new CustomEvent(name, { detail: { ctx } }))
const asked = (response?: Response) => ({
  sourceElement: one("#row"),
  target: one("#ticket"),
  response: response && { raw: response },
})

beforeEach(() => {
  vi.useFakeTimers()
  page(
    `${TEMPLATES}<main class="sheet"><div id="tl"></div><li class="ti"><a id="row" href="#x"></a></li>
     <div id="ticket"><section id="conv"><p id="words">unsent</p></section></div></main>`,
  )
})

test("nothing before 300 ms, then the shape of what comes, until it is drawn", () => {
  const ctx = asked()
  tell("htmx:before:request", ctx)
  vi.advanceTimersByTime(299)
  expect(cover()).toBeUndefined()
  vi.advanceTimersByTime(1)
  expect(cover()).toBe("cover opening")
  tell("htmx:after:swap", ctx)
  expect(cover()).toBeUndefined()
})

test("a failure is said with its reference over what was there, and tried again", () => {
  const ctx = asked()
  tell("htmx:before:request", ctx)
  Object.assign(ctx, asked(new Response("", { status: 500, headers: { "X-Request-ID": "r-7" } })), {
    target: ctx.target,
  })
  tell("htmx:response:error", ctx)
  tell("htmx:after:swap", ctx)
  expect(cover()).toBe("cover opening-failed")
  expect(one("[data-reason]").textContent).toContain("Reference r-7")
  expect(one("#words").textContent).toBe("unsent")
  const clicked = vi.fn()
  one("#row").addEventListener("click", clicked)
  one("[data-again]").click()
  expect(clicked).toHaveBeenCalledOnce()
  expect(cover()).toBeUndefined()
})

test("a ticket walked past may fail unseen", () => {
  const [first, second] = [asked(), asked()]
  tell("htmx:before:request", first)
  tell("htmx:before:request", second)
  tell("htmx:error", first)
  expect(cover()).toBeUndefined()
  tell("htmx:error", second)
  expect(one("[data-reason]").textContent).toContain("No connection")
})

test("one that is not there, or went away while open, is said in its pane", () => {
  const ctx = asked()
  tell("htmx:before:request", ctx)
  tell("htmx:response:error", Object.assign(ctx, { response: { raw: new Response("", { status: 404 }) } }))
  expect(cover()).toBe("cover ticket-gone")
  announce("ot:closed", {})
  expect(cover()).toBeUndefined()
  announce("ot:stale", { id: "talk", failure: { kind: "gone" } })
  expect(one("#conv > .cover").className).toContain("ticket-gone")
})

test("a list that does not come says so in its place", () => {
  tell("htmx:error", { sourceElement: one("#tl"), target: one("#tl") })
  expect(one("#tl [data-reason]").textContent).toContain("No connection")
})
