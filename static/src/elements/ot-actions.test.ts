import { beforeEach, expect, test } from "vitest"
import { one, page, press } from "../testing/page"
import "./ot-actions"

const ACTIONS = {
  actions: [
    {
      key: "status",
      label: "Status",
      group: "Ticket",
      widget: "choice",
      choices: [
        ["open", "Open"],
        ["solved", "Solved"],
      ],
    },
    { key: "current_tags", label: "Add tags", group: "Ticket", widget: "tags" },
    {
      key: "notification_user",
      label: "Mail somebody",
      group: "Messages",
      widget: "parts",
      repeatable: true,
      parts: [
        { label: "To", widget: "choice", choices: [["requester_id", "Requester"]] },
        { label: "Subject", widget: "text" },
        { label: "Words", widget: "words" },
      ],
    },
    { key: "comment_mode_is_public", label: "To the customer", group: "Messages", widget: "flag" },
  ],
  placeholders: [["{{ticket.title}}", "Subject"]],
}

function build(actions: unknown, problems: unknown = []): void {
  page(`<ot-actions><textarea name="actions">${typeof actions === "string" ? actions : JSON.stringify(actions)}</textarea>
    <script type="application/json" id="actions-data">${JSON.stringify(ACTIONS)}</script>
    <script type="application/json" id="actions-problems">${JSON.stringify(problems)}</script></ot-actions>`)
}

const sent = (): unknown => JSON.parse(one<HTMLTextAreaElement>("textarea[name]").value)
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".act")]

function choose(select: HTMLSelectElement, value: string): void {
  select.value = value
  select.dispatchEvent(new Event("change", { bubbles: true }))
}

function write(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  field.value = value
  field.dispatchEvent(new Event("input", { bubbles: true }))
}

const STATUS = { field: "status", value: "solved" }
const TAGS = { field: "current_tags", value: "vip" }

beforeEach(() => document.body.replaceChildren())

test("a list is shown as it is stored, and changes are written down", () => {
  build([STATUS, TAGS])
  const [status, tags] = rows()
  expect(status?.querySelectorAll("select")[1]?.value).toBe("solved")
  choose(status?.querySelectorAll("select")[1] as HTMLSelectElement, "open")
  write(tags?.querySelector("input") as HTMLInputElement, "vip refund")
  expect(sent()).toEqual([
    { field: "status", value: "open" },
    { field: "current_tags", value: "vip refund" },
  ])
})

test("an action is offered once, except where more make sense; a new one has the focus", () => {
  build([STATUS])
  const add = (): void => one(".cadd button").click()
  add()
  expect(rows()).toHaveLength(2)
  expect(document.activeElement).toBe(rows()[1]?.querySelector("select"))
  const offered = [...(rows()[1]?.querySelectorAll("select")[0]?.options ?? [])].map(({ value }) => value)
  expect(offered).toEqual(["current_tags", "notification_user", "comment_mode_is_public"])
  choose(rows()[1]?.querySelector("select") as HTMLSelectElement, "notification_user")
  expect(sent()).toEqual([STATUS, { field: "notification_user", value: ["requester_id", "", ""] }])
  add()
  choose(rows()[2]?.querySelector("select") as HTMLSelectElement, "notification_user")
  expect(rows()).toHaveLength(3)
})

test("a value of parts is a list, and placeholders go where the cursor is", () => {
  build([{ field: "notification_user", value: ["requester_id", "Hello", "Dear , bye"] }])
  const area = rows()[0]?.querySelector("textarea") as HTMLTextAreaElement
  area.setSelectionRange(5, 5)
  choose(rows()[0]?.querySelector(".awords select") as HTMLSelectElement, "{{ticket.title}}")
  expect(sent()).toEqual([
    { field: "notification_user", value: ["requester_id", "Hello", "Dear {{ticket.title}}, bye"] },
  ])
})

test("Alt and an arrow, or a button, moves an action, and the focus stays in it", () => {
  build([STATUS, TAGS, { field: "comment_mode_is_public", value: false }])
  rows()[2]?.querySelectorAll("select")[0]?.focus()
  press("ArrowUp", document.activeElement ?? document.body, { altKey: true })
  expect((sent() as { field: string }[]).map(({ field }) => field)).toEqual([
    "status",
    "comment_mode_is_public",
    "current_tags",
  ])
  expect(rows()[1]?.contains(document.activeElement)).toBe(true)
  expect(one("#order-status").textContent).toBe("To the customer 2 of 3")
  rows()[0]?.querySelector<HTMLElement>("[data-step='1']")?.click()
  expect((sent() as { value: unknown }[])[0]?.value).toBe(false)
})

test("what was refused stands at its action until it is changed; what is unknown is kept", () => {
  build([STATUS, { field: "fly", value: [1] }], [{ path: "0", reason: "No such status." }])
  expect(rows()[0]?.querySelector("[role=alert]")?.textContent).toBe("No such status.")
  choose(rows()[0]?.querySelectorAll("select")[1] as HTMLSelectElement, "open")
  expect(rows()[0]?.querySelector("[role=alert]")).toBeNull()
  expect(sent()).toEqual([
    { field: "status", value: "open" },
    { field: "fly", value: [1] },
  ])
})

test("removing one gives the focus to the next; with none left, to the button that adds", () => {
  build([STATUS, TAGS])
  const remove = (): void => [...document.querySelectorAll<HTMLElement>("[aria-label^='Remove']")].at(0)?.click()
  remove()
  expect(sent()).toEqual([TAGS])
  expect(rows()[0]?.contains(document.activeElement)).toBe(true)
  remove()
  expect(document.activeElement?.textContent).toBe("Add action")
  build("[broken")
  expect(rows()).toHaveLength(0)
})

test("what the server finds odd is said at its place, until it looks again", () => {
  build([STATUS, TAGS])
  const find = (findings: unknown[]) => document.dispatchEvent(new CustomEvent("ot:findings", { detail: { findings } }))
  find([
    { level: "warning", path: "actions.1", text: "Undone by another rule." },
    { level: "hint", path: "", text: "About all of it." },
    { level: "error", path: "all.0", text: "A condition's." },
  ])
  expect(rows()[1]?.querySelector(".cfind")?.textContent).toBe("Undone by another rule.")
  expect(document.querySelectorAll(".cfind")).toHaveLength(1)
  find([])
  expect(document.querySelectorAll(".cfind")).toHaveLength(0)
})
