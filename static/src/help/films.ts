/* A film plays where its card stood. Until then nothing is asked of the site it lies on (rendering.py). */
import { closest, h } from "../lib/dom"

export function playInPlace(): void {
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    const card = closest<HTMLAnchorElement>(event, "a.film[data-player]")
    const address = card?.dataset["player"]
    if (!card || !address) return
    event.preventDefault()
    const player = h("iframe", {
      class: "film",
      src: address,
      title: card.querySelector("b")?.textContent ?? "",
      allow: "autoplay; fullscreen; picture-in-picture",
      allowfullscreen: true,
      referrerpolicy: "strict-origin-when-cross-origin",
    })
    card.replaceWith(player)
    player.focus()
  })
}
