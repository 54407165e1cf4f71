import { beforeEach, expect, test } from "vitest"
import type { Unsent } from "./protocol"
import { storage } from "./loader-store"

const words = (id: string): Unsent => ({ id, as: "line", text: id, files: [], at: "" })
const ids = (): string[] => (storage("k").get().unsent ?? []).map((one) => one.id)
const token = (signedAt: string, who = "a"): string => `${who.repeat(32)}.1.a:${signedAt}`

beforeEach(() => localStorage.clear())

test("what waits to be sent in one tab outlasts what another tab keeps, until it was sent", () => {
  const [one, other] = [storage("k"), storage("k")]
  one.set({ token: token("1"), unsent: [words("tunnel")] })
  other.set({ token: token("2"), unsent: [], draft: "H" })
  other.set({ token: token("2"), unsent: [words("late")] })
  expect(ids()).toEqual(["tunnel", "late"])
  one.set({ token: token("3"), unsent: [] })
  expect(ids()).toEqual(["late"])
})

test("the next person at this browser inherits nothing", () => {
  const [one, other] = [storage("k"), storage("k")]
  one.set({ token: token("1"), unsent: [words("secret")] })
  other.set({ token: token("2", "b"), unsent: [] })
  expect(ids()).toEqual([])
  one.set({ token: token("1"), unsent: [words("secret")] })
  other.set({})
  expect(localStorage.getItem("k")).toBeNull()
})

test("something else in its place is nothing", () => {
  for (const text of ["null", "{", "undefined"]) {
    localStorage.setItem("k", text)
    expect(storage("k").get()).toEqual({})
  }
})
