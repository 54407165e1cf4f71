/*
 * "Share this feedback" under a message takes the words that are selected in that message along; without a selection the
 * form offers all of them. Loaded with the first selection on a page that has such a link.
 */
const LONGEST = 2000

/** The selected words when they stand in the message to which the link belongs, in the page or in the frame of a mail. */
export function selectedBeside(link: Element): string {
  const message = link.closest(".msg, .tkt li")
  if (!message) return ""
  const inPage = document.getSelection()
  if (inPage && !inPage.isCollapsed && inPage.anchorNode && message.contains(inPage.anchorNode))
    return inPage.toString()
  const frame = message.querySelector<HTMLIFrameElement>("ot-mail-frame iframe")
  return frame?.contentDocument?.getSelection()?.toString() ?? ""
}

export function withWords(address: string, words: string): string {
  const url = new URL(address, location.href)
  if (words.trim()) url.searchParams.set("words", words.trim().slice(0, LONGEST))
  return url.pathname + url.search
}

/** The selection is gone once the link is followed, so it is read when it is pressed. */
export function followShares(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-share]") : null
    if (link) link.href = withWords(link.href, selectedBeside(link))
  })
}
