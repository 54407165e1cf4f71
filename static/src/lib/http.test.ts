import { expect, test, vi } from "vitest"
import { page, serve } from "../testing/page"
import { isSignIn, renewToken, request, type Failure } from "./http"

async function failure(answer: Parameters<typeof serve>[0]): Promise<Failure> {
  serve(answer)
  const outcome = await request("/x/", { method: "POST" })
  if (outcome.ok) throw new Error("it went through")
  return outcome.failure
}

test("a write carries the token of the page", async () => {
  page('<input name="csrfmiddlewaretoken" value="secret">')
  const sent = serve({ status: 204 })
  await request("/x/", { method: "POST" })
  expect(sent[0]?.headers.get("X-CSRFToken")).toBe("secret")
})

test("after a new sign-in the token of the form gives way to the cookie's", () => {
  page('<form><input name="csrfmiddlewaretoken" value="old"></form>')
  document.cookie = "csrftoken=new; path=/"
  const form = new FormData(document.querySelector("form") ?? undefined)
  renewToken(form)
  expect(form.get("csrfmiddlewaretoken")).toBe("new")
  document.cookie = "csrftoken=; path=/; max-age=0"
})

test.each([
  [403, "forbidden"],
  [404, "gone"],
  [409, "conflict"],
  [413, "too_big"],
  [422, "refused"],
  [429, "rate"],
  [500, "server"],
  [503, "server"],
])("%i is told apart as %s", async (status, kind) => expect((await failure({ status, json: {} })).kind).toBe(kind))

test("401 means that the session has ended", async () =>
  expect(await failure({ status: 401 })).toEqual({ kind: "expired" }))

test("so does a redirect to the sign-in page, which fetch follows silently", () => {
  const response = new Response("sign in")
  vi.spyOn(response, "redirected", "get").mockReturnValue(true)
  vi.spyOn(response, "url", "get").mockReturnValue("http://desk/accounts/login/?next=/agent/")
  expect(isSignIn(response)).toBe(true)
})

test("the server's own sentence is what the reader sees", async () => {
  expect(await failure({ status: 422, json: { detail: "Write something." } })).toMatchObject({
    message: "Write something.",
  })
  expect(
    await failure({ status: 422, json: { errors: { body: ["Too short.", { message: "Too dull." }] } } }),
  ).toMatchObject({ message: "Too short. Too dull." })
})

test("of a page only its reason is shown, never the page", async () => {
  const html = "<title>No</title><nav>menu</nav><div class='fault'><p>Light agents write notes only.</p></div>"
  expect(await failure({ status: 403, html })).toMatchObject({ message: "Light agents write notes only." })
  expect(await failure({ status: 500, html: "<pre>Traceback: secret</pre>" })).not.toMatchObject({
    message: expect.stringContaining("secret") as string,
  })
})

test("a server error gives its reference, a limit its seconds", async () => {
  expect(await failure({ status: 500, headers: { "X-Request-ID": "7F3A" } })).toMatchObject({
    message: expect.stringContaining("7F3A") as string,
  })
  expect(await failure({ status: 429, headers: { "Retry-After": "20" } })).toMatchObject({
    message: expect.stringContaining("20 s") as string,
  })
})

test("no connection is no server error", async () =>
  expect(await failure(new TypeError("failed to fetch"))).toMatchObject({ kind: "offline" }))

test("an answer that breaks off in the middle is a lost connection", async () => {
  const broken = new ReadableStream({ pull: (stream) => stream.error(new TypeError("network error")) })
  vi.stubGlobal("fetch", async () => new Response(broken))
  const outcome = await request("/x/")
  expect(outcome.ok ? "" : outcome.failure.kind).toBe("offline")
})
