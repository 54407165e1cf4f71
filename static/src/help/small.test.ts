import { beforeEach, expect, test } from "vitest"
import { followContents } from "./contents"
import { playInPlace } from "./films"
import { chooseTheme, closeDrops, keepLanguage } from "./small"

chooseTheme()
closeDrops()
keepLanguage()
playInPlace()

beforeEach(() => {
  document.body.replaceChildren()
  for (const name of ["theme", "help_language"]) document.cookie = `${name}=; Max-Age=0; Path=/`
})

function show(html: string): void {
  document.body.innerHTML = html
}

function click(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click()
}

test("a choice of colours is kept for the next page and shown on this one", () => {
  show(`<button data-theme-set="auto" aria-pressed="true"></button><button data-theme-set="dark"></button>`)
  click("[data-theme-set=dark]")
  expect(document.documentElement.dataset["theme"]).toBe("dark")
  expect(document.cookie).toContain("theme=dark")
  expect(document.querySelector("[aria-pressed=true]")?.getAttribute("data-theme-set")).toBe("dark")
})

test("a page that is kept for many shows which colours this reader has chosen", () => {
  show(`<button data-theme-set="auto" aria-pressed="true"></button><button data-theme-set="dark"></button>`)
  document.documentElement.dataset["theme"] = "dark"
  chooseTheme()
  expect(document.querySelector("[aria-pressed=true]")?.getAttribute("data-theme-set")).toBe("dark")
})

test("a menu of languages closes by Escape and by a click elsewhere, and the choice is kept", () => {
  show(`<details class="drop" open><summary></summary><a hreflang="de" href="#de"></a></details><p></p>`)
  const drop = document.querySelector("details") as HTMLDetailsElement
  click("a")
  expect(document.cookie).toContain("help_language=de")
  expect(drop.open).toBe(true)
  click("p")
  expect(drop.open).toBe(false)
  drop.open = true
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))
  expect(drop.open).toBe(false)
})

test("a film plays where its card stood, unless another tab was asked for", () => {
  show(`<a class="film" href="https://vimeo.com/9" data-player="about:blank"><b>Watch</b></a>`)
  const card = document.querySelector("a") as HTMLAnchorElement
  const elsewhere = new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true })
  card.dispatchEvent(elsewhere)
  expect(elsewhere.defaultPrevented).toBe(false)
  card.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }))
  const player = document.querySelector("iframe")
  expect(player?.getAttribute("src")).toBe("about:blank")
  expect(player?.title).toBe("Watch")
  expect(document.querySelector("a")).toBeNull()
})

test("the contents mark the last heading above the line", () => {
  show(
    `<nav class="onpage"><a href="#in"></a><a href="#%C3%BCber"></a><a href="#out"></a></nav>` +
      `<h2 id="in"></h2><h2 id="über"></h2><h2 id="out"></h2>`,
  )
  const tops = { in: -400, über: 80, out: 900 }
  for (const [id, top] of Object.entries(tops)) {
    const heading = document.getElementById(id) as HTMLElement
    heading.getBoundingClientRect = () => ({ top }) as DOMRect
  }
  followContents()
  expect(document.querySelector("[aria-current=location]")?.getAttribute("href")).toBe("#%C3%BCber")
})
