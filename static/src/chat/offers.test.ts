import { expect, test, vi } from "vitest"
import { heard, one, page, press, serve } from "../testing/page"
import { showOffers } from "./offers"

const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
const OFFER = `<section id="chat-offers" class="choffers" data-live-src="/agent/chats/offers/">
  <article class="choffer" data-offer="3" data-chat="12" data-since="${soon(-10)}" data-until="${soon(20)}">
    <b>Ada would like to chat</b><p class="said">It rattles.</p><span class="left"></span><progress max="100" value="100"></progress>
    <form method="post" action="/agent/chats/12/acceptance/" data-chat-act="12"><button class="btn primary">Accept</button></form>
  </article></section>`

test("what is offered is drawn with the time that is left, and Alt A accepts it", async () => {
  page("<ot-chats></ot-chats>")
  const sent = serve({ html: OFFER }, { json: { chat: 12 } })
  const accepted = heard("ot:chat-accepted")
  showOffers("")
  await vi.waitFor(() => expect(one(".choffer .left").textContent).toMatch(/^(19|20)s$/))
  expect(one<HTMLProgressElement>("progress").value).toBeLessThan(70)
  press("a", document.body, { altKey: true, code: "KeyA" })
  await vi.waitFor(() => expect(accepted).toEqual([{ chat: 12 }]))
  expect(sent[1]).toMatchObject({ url: expect.stringContaining("/agent/chats/12/acceptance/"), method: "POST" })
})
