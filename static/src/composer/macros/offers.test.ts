import { expect, test } from "vitest"
import { serve } from "../../testing/page"
import { offersFor, rank, type Offer } from "./offers"

function offer(title: string, more: Partial<Offer> = {}): Offer {
  const plain = { folder: "", shortcut: "", description: "", language: "", whose: "", uses: 0, own: 0 }
  return { id: title.length, title, ...plain, ...more }
}

const REFUND = offer("Refund granted", { folder: "Billing › Refunds", shortcut: "ref" })
const GERMAN = offer("Erstattung bestätigt", { language: "de", shortcut: "erst" })
const CLOSE = offer("Close as spam", { uses: 40 })
const ALL = [REFUND, GERMAN, CLOSE]
const titles = (found: Offer[]) => found.map(({ title }) => title)

test("without words the customer's language comes first, then what is used most", () => {
  expect(titles(rank(ALL, "", "de"))).toEqual(["Erstattung bestätigt", "Close as spam", "Refund granted"])
  expect(titles(rank(ALL, ""))).toEqual(["Close as spam", "Erstattung bestätigt", "Refund granted"])
})

test("a shortcut, the beginning of a word, a folder, and letters in order all find it; accents don't matter", () => {
  for (const query of ["ref", "grant", "billing ref", "rfd", "REFUND"]) expect(rank(ALL, query)[0]).toBe(REFUND)
  expect(rank(ALL, "bestatigt")[0]).toBe(GERMAN)
  expect(rank(ALL, "xyz")).toEqual([])
})

test("the list is asked for once a minute, and again after a failure", async () => {
  const sent = serve({ json: { macros: ALL } })
  await offersFor("1", 0)
  await offersFor("1", 59_000)
  expect(sent).toHaveLength(1)
  await offersFor("1", 61_000)
  expect(sent).toHaveLength(2)
  const failing = serve({ status: 500 })
  expect(await offersFor("2", 0)).toEqual([])
  await offersFor("2", 0)
  expect(failing).toHaveLength(2)
})
