import { expect, test, vi } from "vitest"
import { one, page, serve } from "../testing/page"
import { guardSignOut } from "./sign-out"

function signOut(): { submitted: number } {
  page('<form data-sign-out="3"></form>')
  const form = one<HTMLFormElement>("form")
  guardSignOut(form)
  const seen = { submitted: 0 }
  form.addEventListener("submit", (event) => event.defaultPrevented || seen.submitted++)
  form.addEventListener("submit", (event) => event.preventDefault())
  form.requestSubmit()
  return seen
}

function browserWith(pushManager: unknown): void {
  const serviceWorker = { getRegistration: () => Promise.resolve({ pushManager }) }
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator), { serviceWorker }))
}

test("a browser that is told of notifications is told no more", async () => {
  const unsubscribe = vi.fn(() => Promise.resolve(true))
  browserWith({ getSubscription: () => Promise.resolve({ endpoint: "https://push.test/1", unsubscribe }) })
  const sent = serve({ status: 204 })
  const seen = signOut()
  await vi.waitFor(() => expect(seen.submitted).toBe(1))
  expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
    ["DELETE", "/agent/push/", '{"endpoint":"https://push.test/1"}'],
  ])
  expect(unsubscribe).toHaveBeenCalledOnce()
})

test("one that fails to answer keeps nobody signed in", async () => {
  browserWith({ getSubscription: () => Promise.reject(new Error("no push service")) })
  const seen = signOut()
  await vi.waitFor(() => expect(seen.submitted).toBe(1))
})

test("one without push signs out as it is", async () => {
  const sent = serve({ status: 204 })
  const seen = signOut()
  await vi.waitFor(() => expect(seen.submitted).toBe(1))
  expect(sent).toEqual([])
})
