import { expect, test } from "vitest"
import { due } from "./inviting"

const FACTS = { url: "https://shop.example/checkout/", seconds: 40, basket: 120, visits: 2, language: "en" }
const invitation = (conditions: object) => [{ id: 1, variant: "a", text: "Can we help?", conditions }]

test.each([
  [{}, true],
  [{ page: "/checkout" }, true],
  [{ page: "/basket" }, false],
  [{ seconds: 30, basket: 100, visits: 2 }, true],
  [{ seconds: 41 }, false],
  [{ basket: 121 }, false],
  [{ visits: 3 }, false],
  [{ languages: ["de"] }, false],
  [{ languages: ["de", "en"] }, true],
])("%o is due: %s", (conditions, is) => {
  expect(!!due(invitation(conditions), FACTS)).toBe(is)
})
