/* One file as an element, by what it is. Whatever cannot be shown says so and offers itself for download. */
import { h, icon } from "../lib/dom"
import { text } from "../strings"

const MOST_TEXT = 200_000 // bytes; who wants more of a log downloads it

export function content(kind: string, url: string, name: string): HTMLElement {
  switch (kind) {
    case "image": {
      const image = h("img", { src: url, alt: name, decoding: "async" })
      image.addEventListener("error", () => image.replaceWith(failed(url)))
      return image
    }
    case "pdf":
      return navigator.pdfViewerEnabled === false
        ? failed(url, text("preview.no_pdf"))
        : h("iframe", { src: `${url}#navpanes=0`, title: name })
    case "video":
    case "audio": {
      const media = h(kind, { src: url, controls: true, preload: "metadata", "aria-label": name })
      media.addEventListener("error", () => media.replaceWith(failed(url)))
      return media
    }
    default:
      return words(url, name)
  }
}

/** The beginning of a text, read as UTF-8. */
function words(url: string, name: string): HTMLElement {
  const place = h("div.text", {}, h("pre", { tabindex: 0, "aria-label": name, dir: "auto" }))
  void fetch(url, { headers: { Range: `bytes=0-${MOST_TEXT - 1}` }, credentials: "same-origin" })
    .then(async (response) => {
      if (!response.ok || response.redirected) throw new Error(`${response.status}`)
      place.querySelector("pre")?.append(new TextDecoder().decode(await response.arrayBuffer()))
      const all = Number(response.headers.get("Content-Range")?.split("/")[1] ?? 0)
      if (all > MOST_TEXT) place.append(h("p.cut", {}, text("preview.cut")))
    })
    .catch((error: unknown) => {
      console.warn("the text did not load", error)
      place.replaceWith(failed(url))
    })
  return place
}

function failed(url: string, reason = text("preview.failed")): HTMLElement {
  const link = h("a.btn", { href: url, target: "_blank", rel: "noopener", download: "" }, text("preview.download"))
  link.prepend(icon("download", "sm"))
  return h("div.empty", {}, h("p", {}, reason), link)
}
