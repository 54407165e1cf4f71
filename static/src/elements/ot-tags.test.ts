import htmx from "htmx.org"
import { beforeEach, expect, test, vi } from "vitest"
import { one, page, press } from "../testing/page"
import { splitTags } from "./ot-tags"

let posted: unknown[] = []
const chips = () => [...document.querySelectorAll(".tag")].map((chip) => chip.textContent)

beforeEach(() => {
  posted = []
  vi.spyOn(htmx, "ajax").mockImplementation((_method, url, options) => {
    posted.push([url, (options as { values: object }).values])
    return Promise.resolve()
  })
  page('<ot-tags data-url="/tags/" data-target="#props"><form><input name="tags" value="refund, vip"></form></ot-tags>')
})

function add(words: string, key = "Enter"): void {
  one<HTMLInputElement>("input").value = words
  press(key, one("input"))
}

test("the server's tags are chips, the field is free", () => {
  expect(chips()).toEqual(["refund", "vip"])
  expect(one<HTMLInputElement>("input").value).toBe("")
})

test("Enter and comma add, and the whole list is posted", () => {
  add("Big Order")
  expect(posted).toEqual([["/tags/", { tags: "refund,vip,big_order", seen: "refund,vip" }]])
  add("late", ",")
  expect(chips()).toEqual(["refund", "vip", "big_order", "late"])
})

test("the same tag twice is once", () => {
  add("vip")
  expect(posted).toEqual([])
})

test("Backspace in the empty field and the cross take away", () => {
  press("Backspace", one("input"))
  one("[aria-label='Remove tag refund']").click()
  expect(posted.at(-1)).toEqual(["/tags/", { tags: "", seen: "refund,vip" }])
})

test("tags are lower case without spaces", () =>
  expect(splitTags(" Big  Order,VIP,, vip ")).toEqual(["big_order", "vip"]))
