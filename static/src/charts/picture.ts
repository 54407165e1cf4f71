/* A chart as a file: an SVG that stands by itself, with the colours of the page written into it, or a PNG of that. */

const SVG = "http://www.w3.org/2000/svg"
const TAKEN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
  "stroke-linejoin", "vector-effect", "font-family", "font-size", "text-anchor", "display", "opacity"] // prettier-ignore
const PAD = 16
const HEAD = 40

export interface Picture {
  source: string
  width: number
  height: number
}

export function pictureOf(plot: HTMLElement, title: string, legend: { name: string; colour: string }[]): Picture {
  const drawn = plot.querySelector("svg")
  if (!drawn) throw new Error("a chart without a picture")
  const { width, height } = drawn.getBoundingClientRect()
  const side = parseFloat(getComputedStyle(plot).marginInlineStart) || 0
  const all = { width: Math.ceil(width + side + 2 * PAD), height: Math.ceil(height + HEAD + 30 + 2 * PAD) }
  const page = getComputedStyle(plot.closest(".card") ?? document.body)
  const whole = element("svg", { xmlns: SVG, ...all, viewBox: `0 0 ${all.width} ${all.height}` })
  const paper = element("rect", { ...all, fill: page.backgroundColor })
  const copy = withStyles(drawn)
  for (const [name, value] of Object.entries({ x: PAD + side, y: PAD + HEAD, width, height, overflow: "visible" })) {
    copy.setAttribute(name, String(value))
  }
  whole.append(paper, heading(title, page), ...keys(legend, page, all.width), copy)
  return { source: new XMLSerializer().serializeToString(whole), ...all }
}

/** What the page's style sheet says of each part, on the part itself: a file has no style sheet. */
function withStyles(drawn: SVGSVGElement): SVGSVGElement {
  const copy = drawn.cloneNode(true) as SVGSVGElement
  const parts = copy.querySelectorAll<SVGElement>("*")
  drawn.querySelectorAll<SVGElement>("*").forEach((part, at) => {
    const style = getComputedStyle(part)
    for (const name of TAKEN) parts[at]?.setAttribute(name, style.getPropertyValue(name))
    parts[at]?.removeAttribute("class")
  })
  for (const mark of copy.querySelectorAll("[data-mark]")) mark.remove()
  return copy
}

function heading(title: string, page: CSSStyleDeclaration): SVGElement {
  return words(title, { x: PAD, y: PAD + 12, fill: page.color, "font-size": 15, "font-weight": 600 }, page)
}

function keys(legend: { name: string; colour: string }[], page: CSSStyleDeclaration, width: number): SVGElement[] {
  let x = PAD
  return legend.flatMap(({ name, colour }) => {
    const key = element("rect", { x, y: PAD + 20, width: 10, height: 10, rx: 2, fill: colour })
    const said = words(name, { x: x + 14, y: PAD + 29, fill: page.color, "font-size": 11 }, page)
    x += 30 + name.length * 6.5
    return x < width ? [key, said] : []
  })
}

function words(text: string, attributes: Record<string, string | number>, page: CSSStyleDeclaration): SVGElement {
  const said = element("text", { ...attributes, "font-family": page.fontFamily })
  said.textContent = text
  return said
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

/** Twice as large as on the screen, for slides. */
export async function pngOf({ source, width, height }: Picture): Promise<Blob> {
  const image = new Image()
  image.src = URL.createObjectURL(new Blob([source], { type: "image/svg+xml" }))
  await image.decode()
  URL.revokeObjectURL(image.src)
  const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 })
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture came of it"))), "image/png"),
  )
}

export function save(blob: Blob, name: string): void {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
