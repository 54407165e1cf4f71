import { beforeEach, expect, test, vi } from "vitest"
import { one, page, serve } from "../testing/page"
import "./ot-vote"

beforeEach(() => {
  page(`<ot-vote><form method="post" action="/hc/en/articles/3/vote/">
    <button name="helpful" value="1">Yes</button><button name="helpful" value="0">No</button></form></ot-vote>`)
})

test("the answer takes the place of the question and the focus", async () => {
  const sent = serve({ html: `<p role="status">Thank you.</p>` })
  one<HTMLButtonElement>("[value='0']").click()
  await vi.waitFor(() => expect(one("ot-vote").textContent).toBe("Thank you."))
  expect(document.activeElement).toBe(one("ot-vote"))
  expect(sent[0]?.url).toContain("/hc/en/articles/3/vote/")
})

test("when it can't be sent so, the browser sends it as any form", async () => {
  serve({ html: "", status: 500 })
  const asked = vi.spyOn(HTMLFormElement.prototype, "requestSubmit").mockImplementation(() => undefined)
  one<HTMLButtonElement>("[value='1']").click()
  await vi.waitFor(() => expect(asked).toHaveBeenCalledWith(one("[value='1']")))
  asked.mockRestore()
})
