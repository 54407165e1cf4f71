import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press, serve } from "../testing/page"
import "./ot-conditions"

const FIELDS = [
  {
    key: "status",
    label: "Status",
    group: "Ticket",
    kind: "choice",
    operators: [
      { key: "is", label: "is", widget: "choice" },
      { key: "includes", label: "is one of", widget: "choices" },
    ],
    choices: [
      ["new", "New"],
      ["open", "Open"],
      ["solved", "Solved"],
    ],
  },
  {
    key: "current_tags",
    label: "Tags",
    group: "Ticket",
    kind: "tags",
    operators: [
      { key: "includes", label: "contains one of", widget: "tags" },
      { key: "present", label: "is there", widget: "none" },
    ],
    choices: [],
  },
  {
    key: "assignee_id",
    label: "Assignee",
    group: "People",
    kind: "reference",
    operators: [{ key: "is", label: "is", widget: "choice" }],
    choices: [
      ["", "nobody"],
      ["7", "Grace"],
    ],
  },
  {
    key: "requester_id",
    label: "Requester",
    group: "People",
    kind: "reference",
    operators: [
      { key: "is", label: "is", widget: "lookup:customer" },
      { key: "includes", label: "is one of", widget: "lookups:customer" },
    ],
    choices: [],
  },
  {
    key: "created_at",
    label: "Created",
    group: "Times",
    kind: "date",
    operators: [
      { key: "less_than", label: "is before", widget: "date" },
      { key: "within_previous_n_days", label: "is within the last … days", widget: "number" },
    ],
    choices: [],
  },
]

function build(tree: object = {}, problems: object[] = [], names: object = {}): void {
  const data = JSON.stringify({ fields: FIELDS, names })
  page(`<form id="f"><ot-conditions data-lookup-url="/lookup/">
    <textarea name="conditions">${JSON.stringify(tree)}</textarea>
    <script type="application/json" id="conditions-data">${data}</script>
    <script type="application/json" id="conditions-problems">${JSON.stringify(problems)}</script>
  </ot-conditions></form>`)
}

const sent = (): unknown => JSON.parse(one<HTMLTextAreaElement>("textarea").value)
const controls = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".cond select, .cond input")]
const selects = (): HTMLSelectElement[] => [...document.querySelectorAll<HTMLSelectElement>(".cond select")]

function choose(control: HTMLElement | undefined, value: string): void {
  ;(control as HTMLSelectElement).value = value
  control?.dispatchEvent(new Event("change", { bubbles: true }))
}

function type(control: HTMLElement | undefined, value: string): void {
  ;(control as HTMLInputElement).value = value
  control?.dispatchEvent(new Event("input", { bubbles: true }))
}

function click(label: string): void {
  const found = [...document.querySelectorAll<HTMLElement>("button")].find(
    (button) => (button.getAttribute("aria-label") ?? button.textContent?.trim()) === label,
  )
  if (!found) throw new Error(`no button ${label}`)
  found.click()
}

beforeEach(() => vi.useRealTimers())

test("any tree comes back with the same meaning", () => {
  const tree = {
    all: [{ field: "status", operator: "is", value: "open" }],
    any: [
      { field: "assignee_id", operator: "is", value: 7 },
      {
        all: [{ field: "current_tags", operator: "present" }],
        none: [{ none: [{ field: "status", operator: "is", value: "new" }] }],
      },
    ],
  }
  build(tree)
  choose(selects()[2], "solved") // a change, and back
  choose(selects()[2], "open")
  expect(sent()).toEqual(tree)
})

test("an empty tree says that every ticket is meant, and a condition is added by one button", () => {
  build()
  expect(one("ot-conditions").textContent).toContain("Every ticket")
  click("Add condition")
  expect(sent()).toEqual({ all: [{ field: "status", operator: "is", value: "new" }] })
  expect(document.activeElement).toBe(selects()[0])
})

test("another field brings its own operators and value, and keeps the focus where it is", () => {
  build({ all: [{ field: "status", operator: "is", value: "open" }] })
  selects()[0]?.focus()
  choose(selects()[0], "current_tags")
  expect(document.activeElement).toBe(selects()[0])
  type(controls()[2], "refund, vip big_order")
  expect(sent()).toEqual({
    all: [{ field: "current_tags", operator: "includes", value: ["refund", "vip", "big_order"] }],
  })
  choose(selects()[1], "present")
  expect(document.activeElement).toBe(selects()[1])
  expect(sent()).toEqual({ all: [{ field: "current_tags", operator: "present" }] })
})

test("several values are chips that can be added and taken away", () => {
  build({ all: [{ field: "status", operator: "is", value: "open" }] })
  choose(selects()[1], "includes")
  expect(sent()).toEqual({ all: [{ field: "status", operator: "includes", value: ["open"] }] })
  const adder = one<HTMLSelectElement>("select.adder")
  choose(adder, "=new")
  expect(sent()).toEqual({ all: [{ field: "status", operator: "includes", value: ["open", "new"] }] })
  click("Remove Open")
  expect(sent()).toEqual({ all: [{ field: "status", operator: "includes", value: ["new"] }] })
})

test("nobody is a value like others", () => {
  build({ all: [{ field: "assignee_id", operator: "is", value: 7 }] })
  expect(selects()[2]?.value).toBe("7")
  choose(selects()[2], "")
  expect(sent()).toEqual({ all: [{ field: "assignee_id", operator: "is", value: "" }] })
})

test("groups go three levels deep and no deeper, and go away whole", () => {
  build({ all: [{ field: "status", operator: "is", value: "open" }] })
  click("Add group")
  const [, inner] = document.querySelectorAll<HTMLElement>(".cgroup")
  const nest = [...(inner?.querySelectorAll<HTMLElement>("button") ?? [])].find((b) => b.textContent === "Add group")
  nest?.click()
  expect(document.querySelectorAll(".cgroup")).toHaveLength(3)
  const deepest = [...document.querySelectorAll<HTMLElement>(".cgroup")].at(-1)
  expect(deepest?.textContent).not.toContain("Add group")
  expect(sent()).toEqual({
    all: [
      { field: "status", operator: "is", value: "open" },
      {
        any: [
          { field: "status", operator: "is", value: "new" },
          { all: [{ field: "status", operator: "is", value: "new" }] },
        ],
      },
    ],
  })
  click("Remove group")
  expect(sent()).toEqual({ all: [{ field: "status", operator: "is", value: "open" }] })
})

test("what the server refused stands under its row until the row is changed", () => {
  build({ all: [{ any: [{ field: "status", operator: "is", value: "hot" }] }] }, [
    { path: "all.0.any.0", field: "status", reason: "Status can't be hot." },
  ])
  expect(one(".cond .cerror").textContent).toContain("can't be hot")
  expect(selects()[2]?.selectedOptions[0]?.text).toBe("hot (no longer there)")
  choose(selects()[2], "new")
  expect(document.querySelector(".cerror")).toBeNull()
})

test("a removed row hands the focus to its neighbour, the last one to the button", () => {
  build({
    all: [
      { field: "status", operator: "is", value: "open" },
      { field: "current_tags", operator: "present" },
    ],
  })
  click("Remove condition")
  expect(document.activeElement).toBe(selects()[0])
  click("Remove condition")
  expect(sent()).toEqual({})
  expect(document.activeElement?.textContent).toBe("Add condition")
})

test("customers are looked up by name and shown by it", async () => {
  vi.useFakeTimers()
  const asked = serve({ json: { results: [{ value: "12", label: "Ada Lovelace" }] } })
  build({ all: [{ field: "requester_id", operator: "includes", value: [3] }] }, [], { requester_id: { 3: "Mary" } })
  expect(one(".multi").textContent).toContain("Mary")
  type(one("input.adder"), "lovel")
  await vi.advanceTimersByTimeAsync(400)
  expect(asked[0]?.url).toBe("/lookup/customer/?q=lovel")
  press("Enter", one("input.adder"))
  expect(sent()).toEqual({ all: [{ field: "requester_id", operator: "includes", value: ["3", "12"] }] })
  expect(one(".multi").textContent).toContain("Ada Lovelace")
})

test("a day has a name or comes from the calendar", () => {
  build()
  click("Add condition")
  choose(selects()[0], "created_at")
  expect(sent()).toEqual({ all: [{ field: "created_at", operator: "less_than", value: "today" }] })
  choose(selects()[2], "day")
  type(one("input[type=date]"), "2026-11-22")
  expect(sent()).toEqual({ all: [{ field: "created_at", operator: "less_than", value: "2026-11-22" }] })
  choose(selects()[1], "within_previous_n_days")
  type(one("input[type=number]"), "7")
  expect(sent()).toEqual({ all: [{ field: "created_at", operator: "within_previous_n_days", value: "7" }] })
})

test("the form hears of every change", () => {
  build()
  const heard: Event[] = []
  one("#f").addEventListener("change", (event) => heard.push(event))
  click("Add condition")
  expect(heard).not.toHaveLength(0)
})

test("what the server finds odd is said under its condition, in groups too", () => {
  const open = { field: "status", operator: "is", value: "open" }
  build({ all: [open, { any: [open, open] }] })
  const find = (path: string) =>
    document.dispatchEvent(
      new CustomEvent("ot:findings", { detail: { findings: [{ level: "warning", path, text: "Never true." }] } }),
    )
  find("all.1.any.1")
  expect(document.querySelector(".cfind")?.closest("[data-path]")?.getAttribute("data-path")).toBe("all.1.any.1")
  find("all.1")
  expect(document.querySelector(".cfind")?.parentElement?.classList.contains("cgroup")).toBe(true)
})
