import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press, serve } from "../testing/page"
import "./ot-palette"

const { posted } = vi.hoisted(() => ({ posted: [] as unknown[] }))
vi.mock("htmx.org", () => ({
  default: { ajax: (_verb: string, url: string, { values }: { values: unknown }) => posted.push([url, values]) },
}))

const clicked: string[] = []
const options = () => [...document.querySelectorAll("#palette-list span.clip")].map((option) => option.textContent)
const marked = () => document.querySelector("#palette-list [aria-selected=true] .clip")?.textContent
const field = () => one<HTMLInputElement>("dialog input")
const suggest = (...labels: string[]) => ({
  json: {
    results: labels.map((label) => ({
      label,
      detail: "",
      url: `/agent/tickets/${label.length}/`,
      icon: "ticket",
      group: "Found",
    })),
  },
})

function find(query: string): void {
  field().value = query
  field().dispatchEvent(new Event("input"))
}

async function open(): Promise<void> {
  press("k", document.body, { ctrlKey: true })
  await vi.waitFor(() => one("dialog [role=option], dialog .grp"))
}

beforeEach(async () => {
  clicked.length = posted.length = 0
  localStorage.clear()
  localStorage.setItem(
    "ot:recent:5",
    '[{"number":"77","subject":"Refund for shoes"},{"number":"12","subject":"Open one"}]',
  )
  page(`<ot-palette data-ticket-url="/agent/tickets/0/" data-suggest-url="/s/" data-me="5"><nav hidden data-key-group="Go to"><a href="/settings/staff/">Settings: staff</a></nav></ot-palette>
    <section id="conv" data-ticket="12"><h1>Open one</h1><div data-key-group="Ticket"><button data-key="e">Solve</button>
    <button data-command>Change the type</button><button data-key="x" data-command="off">Hidden</button></div></section>
    <div id="props"><ot-pick data-url="/a/" data-name="assignee" data-target="#props"><li role="option" data-value="3" data-words="alan@example.org" aria-selected="false"><span aria-hidden="true">AT</span>Alan Turing</li><li role="option" data-value="4" aria-selected="true">Grace Hopper</li></ot-pick>
    <ot-tags data-url="/t/"><input name="tags" value="vip, refund"></ot-tags></div>`)
  one("[data-key-group=Ticket]").addEventListener("click", (event) =>
    clicked.push((event.target as HTMLElement).textContent ?? ""),
  )
  serve(suggest())
  await open()
})

test("offers the page's commands and the tickets opened last, but not the one that is open", () => {
  expect(options()).toEqual(["Solve", "Change the type", "Refund for shoes"])
  expect(one("dialog .grp").textContent).toBe("Ticket")
})

test("typing narrows, Enter runs the first, and the palette is gone", () => {
  find("typ")
  expect(options()).toEqual(["Change the type"])
  press("Enter", field())
  expect(clicked).toEqual(["Change the type"])
  expect(document.querySelector("dialog")).toBeNull()
})

test("arrows move and tell which option is active", () => {
  const before = field().getAttribute("aria-activedescendant")
  press("ArrowDown", field())
  expect(field().getAttribute("aria-activedescendant")).not.toBe(before)
  expect(document.querySelectorAll("#palette-list [aria-selected=true]")).toHaveLength(1)
})

test("a number offers that ticket", () => {
  find("#1042")
  expect(options()).toEqual(["Open ticket 1042"])
  const assign = vi.spyOn(location, "assign").mockImplementation(() => undefined)
  press("Enter", field())
  expect(assign).toHaveBeenCalledWith("/agent/tickets/1042/")
})

test("the open ticket is changed from here: assigned by name or address, tagged, untagged", () => {
  find("assign alan@ex")
  expect(options()).toEqual(["Assign to Alan Turing"])
  press("Enter", field())
  expect(posted).toEqual([["/a/", { assignee: "3" }]])
})

test.each([
  ["tag urgent case", "Add tag urgent_case", "vip,refund,urgent_case"],
  ["remove vip", "Remove tag vip", "refund"],
])("%s", (query, label, tags) => {
  find(query)
  expect(options()[0]).toBe(label)
  press("Enter", field())
  expect(posted).toEqual([["/t/", { tags }]])
})

test("other places are found by their names", () => {
  find("staff")
  expect(options()).toEqual(["Settings: staff"])
})

test("suggestions come after what is there, and the marked entry stays marked", async () => {
  serve(suggest("Solved long ago", "Another"))
  find("sol")
  expect(options()).toEqual(["Solve"])
  await vi.waitFor(() => expect(options()).toEqual(["Solve", "Solved long ago", "Another"]))
  expect(marked()).toBe("Solve")
  press("ArrowDown", field())
  document.dispatchEvent(new Event("x"))
  expect(marked()).toBe("Solved long ago")
})

test("while more is asked for, what was found stays; only the last question counts", async () => {
  const sent = serve(suggest("Shoes one"), suggest("Shoes two"))
  find("sho")
  await vi.waitFor(() => expect(options()).toContain("Shoes one"))
  find("shoe")
  expect(options()).toContain("Shoes one")
  await vi.waitFor(() => expect(options()).toContain("Shoes two"))
  expect(sent.map(({ url }) => url)).toEqual(["/s/?q=sho", "/s/?q=shoe"])
})

test("offline it offers what the page knows, and says so", async () => {
  serve(new TypeError("offline"))
  find("sol")
  await vi.waitFor(() => expect(one("#palette-list").textContent).toContain("No connection"))
  expect(options()).toEqual(["Solve"])
})

test("an address from elsewhere is not offered", async () => {
  const sent = serve({
    json: {
      results: [
        { label: "Evil", url: "//evil.example/", group: "x" },
        { label: "Script", url: "javascript:1", group: "x" },
      ],
    },
  })
  find("ev")
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  expect(one("#palette-list").textContent).toBe("Nothing matches.")
})

test("says when nothing matches", () => {
  find("z")
  expect(one("#palette-list").textContent).toBe("Nothing matches.")
})
