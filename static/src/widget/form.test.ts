import { beforeEach, expect, test } from "vitest"
import { one, page } from "../testing/page"
import { Form } from "./form"
import { speak } from "./words"

const question = (key: string, kind: string, field: string, more = ""): string =>
  `<div data-question="${key}" data-kind="${kind}" ${more}>${field}<p class="wrong"></p></div>`

const MARKUP = `<section>
  ${question("name", "name", '<input required id="name">')}
  ${question("email", "email", '<input type="email" id="email">')}
  ${question("late", "tick", '<input type="checkbox" id="late">')}
  ${question("order", "text", '<input required id="order">', 'data-when="late" data-is="yes"')}
  ${question("sizes", "several", '<input type="checkbox" value="s" id="s"><input type="checkbox" value="l">')}
</section>`

let form: Form

beforeEach(() => {
  speak({ "asked.empty": "Please fill this in.", "asked.email": "No address." }, "en")
  page(MARKUP)
  form = new Form(one("section"), { name: "", email: "ada@example.org" })
})

function fill(selector: string, value: string | boolean): void {
  const field = one<HTMLInputElement>(selector)
  if (typeof value === "string") field.value = value
  else field.checked = value
  field.dispatchEvent(new Event("input", { bubbles: true }))
}

test("only what was asked and answered is an answer", () => {
  fill("#order", "A-1")
  expect(form.answers).toEqual({ email: "ada@example.org" })
  fill("#late", true)
  fill("#s", true)
  expect(form.answers).toEqual({ email: "ada@example.org", late: true, order: "A-1", sizes: ["s"] })
})

test("a question that is not asked is not missed", () => {
  fill("#name", "Ada")
  expect(form.check()).toBe(true)
  fill("#late", true)
  expect(form.check()).toBe(false)
  expect(document.activeElement?.id).toBe("order")
})

test("what is missing is said at its place and leads there; what the server says as well", () => {
  expect(form.check()).toBe(false)
  expect(one("[data-question=name] .wrong").textContent).toBe("Please fill this in.")
  expect(one("#name").getAttribute("aria-invalid")).toBe("true")
  fill("#name", "Ada")
  form.complain({ email: "This address is not taken." })
  expect(one("[data-question=name] .wrong").textContent).toBe("")
  expect(document.activeElement?.id).toBe("email")
})
