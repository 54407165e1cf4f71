import { expect, test } from "vitest"
import { one, page } from "../testing/page"
import "./ot-chat-look"

function build(): void {
  page(`
    <form id="w">
      <input name="hue" value="276"><input type="checkbox" name="is_at_start">
      <input name="title_en" data-text="title" data-language="en" dir="ltr" placeholder="Chat with us" value="">
      <input name="title_he" data-text="title" data-language="he" dir="rtl" placeholder="Chat with us" value="שלום">
    </form>
    <ot-chat-look data-form="w" data-language="en">
      <div data-window><b data-shows="title">as saved</b></div><div data-window data-corner></div>
    </ot-chat-look>`)
}

function type(selector: string, value: string): void {
  const field = one<HTMLInputElement>(selector)
  field.value = value
  field.dispatchEvent(new Event("input", { bubbles: true }))
}

test("an empty field shows what visitors read instead", () => {
  build()
  expect(one("b").textContent).toBe("Chat with us")
  type("[name=title_en]", "Ask the shop")
  expect(one("b").textContent).toBe("Ask the shop")
})

test("the colour and the side follow", () => {
  build()
  type("[name=hue]", "120")
  one<HTMLInputElement>("[name=is_at_start]").click()
  expect(one("[data-window]").style.getPropertyValue("--hue")).toBe("120")
  expect(one("ot-chat-look").classList.contains("start")).toBe(true)
})

test("whoever types in another language sees that language, from its side", () => {
  build()
  type("[name=title_he]", "שלום לכם")
  expect(one("b").textContent).toBe("שלום לכם")
  expect(one("[data-window]").dir).toBe("rtl")
})
