import { expect, test } from "vitest"
import { one, page } from "../testing/page"
import { keyOf, meantKey } from "./keys"

const pressed = (key: string, shiftKey = false) => new KeyboardEvent("keydown", { key, shiftKey })

function mine(keys: Record<string, string>): void {
  page("<ot-keys></ot-keys>")
  one("ot-keys").dataset["keys"] = JSON.stringify(keys)
}

test("without keys of one's own a press means what it says", () => {
  page("<ot-keys></ot-keys>")
  expect([meantKey(pressed("j")), meantKey(pressed("J", true)), meantKey(pressed("Enter"))]).toEqual([
    "j",
    "J",
    "Enter",
  ])
  expect(keyOf("j")).toBe("j")
})

test("a moved key means its command, and its old place nothing", () => {
  mine({ j: "w", x: "" })
  expect(meantKey(pressed("w"))).toBe("j")
  expect(meantKey(pressed("W", true))).toBe("J")
  expect(meantKey(pressed("j"))).toBe("")
  expect(meantKey(pressed("x"))).toBe("")
  expect(keyOf("x")).toBe("")
})

test("two swapped keys mean each other", () => {
  mine({ j: "k", k: "j" })
  expect([meantKey(pressed("j")), meantKey(pressed("k"))]).toEqual(["k", "j"])
})
