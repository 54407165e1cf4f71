import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press, serve } from "../testing/page"
import { Recipients } from "./recipients"

const ROWS = ["to", "cc", "bcc"]
  .map(
    (name) =>
      `<div data-recipients="${name}"><label for="r-${name}">${name}</label><input id="r-${name}" name="${name}"></div>`,
  )
  .join("")

let changes = 0

async function recipients(): Promise<Recipients> {
  page(`<details class="rcpts" data-usual-to="ada@x.org" data-usual-cc="ben@x.org" open><summary><span class="rsum"></span></summary>
    ${ROWS}<p class="rerr"></p></details>`)
  const made = new Recipients(one("details") as HTMLDetailsElement, "12", () => changes++, new AbortController().signal)
  made.set(null)
  await vi.waitFor(() => one("#r-cc[role=combobox]"))
  return made
}

function type(field: string, words: string): HTMLInputElement {
  const input = one<HTMLInputElement>(`#r-${field}`)
  input.focus()
  input.value = words
  return input
}

beforeEach(() => {
  changes = 0
  serve({ json: { results: [{ address: "cleo@x.org", name: "Cleo", why: "On this ticket" }] } })
})

test("the usual people are no choice of the writer's", async () => {
  const people = await recipients()
  expect(people.value).toBeNull()
  expect(one(".rsum").textContent).toBe("Toada@x.orgCcben@x.org")
})

test("what is typed becomes a chip, and the field that is posted holds it", async () => {
  const people = await recipients()
  press("Enter", type("cc", "Cleo <CLEO@x.org>; dan@x.org"))
  expect(people.value).toEqual({
    to: ["ada@x.org"],
    cc: ["ben@x.org", "cleo@x.org", "dan@x.org"],
    bcc: [],
    cc_seen: ["ben@x.org"],
  })
  expect(one<HTMLInputElement>("input[name=cc]").value).toBe("ben@x.org, cleo@x.org, dan@x.org")
  expect(changes).toBe(1)
})

test("what is no address stays in its field, and that is said there", async () => {
  const people = await recipients()
  const input = type("bcc", "nobody")
  press("Enter", input)
  expect(one(".rerr").textContent).toContain("“nobody” is no e-mail address")
  expect(input.getAttribute("aria-invalid")).toBe("true")
  expect(input.value).toBe("nobody")
  expect(people.value).toBeNull()
})

test("an address stands in one field only: where it was put last", async () => {
  const people = await recipients()
  press("Enter", type("bcc", "ben@x.org"))
  expect(people.value).toMatchObject({ cc: [], bcc: ["ben@x.org"] })
})

test("Backspace takes the last chip back into the field", async () => {
  const people = await recipients()
  const input = type("cc", "")
  press("Backspace", input)
  expect(people.value?.cc).toEqual([])
  expect(input.value).toBe("ben@x.org")
})

test("a suggestion is taken by the arrows and Enter", async () => {
  const people = await recipients()
  const input = type("cc", "cl")
  input.dispatchEvent(new Event("input"))
  await vi.waitFor(() => expect(one(".rlist [data-address='cleo@x.org']").textContent).toContain("Cleo"))
  press("Enter", input)
  expect(people.value?.cc).toEqual(["ben@x.org", "cleo@x.org"])
})
