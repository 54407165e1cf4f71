/* What a chart says at each place: read from the table that every chart brings along. */

export interface Line {
  name: string
  text: string
  link: string
}

export interface Reading {
  title: string
  lines: Line[]
  /* where it stands in the plot, in per cent of it */
  x: number
  y: number
  width: number
  height: number
}

export interface Readings {
  all: Reading[]
  /* how many stand beside each other in a row: keys go up and down by as many */
  across: number
}

/** Of lines and bars one for each row of the table, over the whole height (of lying bars width); of a heat map one for each cell. */
export function readingsOf(table: HTMLTableElement, kind: string): Readings {
  const names = words(cells(table.querySelector("thead tr")).slice(1))
  const rows = [...table.querySelectorAll("tbody tr")]
  if (kind === "heat")
    return { all: rows.flatMap((row, at) => cellsOf(row, at, rows.length, names)), across: names.length }
  const part = 100 / Math.max(1, rows.length)
  const lies = kind === "rows"
  const all = rows.map((row, at) => ({
    title: text(cells(row)[0]),
    lines: names.map((name, column) => lineOf(name, cells(row)[column + 1])),
    x: lies ? 0 : at * part,
    y: lies ? at * part : 0,
    width: lies ? 100 : part,
    height: lies ? part : 100,
  }))
  return { all, across: lies ? 1 : all.length }
}

function cellsOf(row: Element, at: number, rows: number, names: string[]): Reading[] {
  return names.map((name, column) => ({
    title: text(cells(row)[0]),
    lines: [lineOf(name, cells(row)[column + 1])],
    x: (column * 100) / names.length,
    y: (at * 100) / rows,
    width: 100 / names.length,
    height: 100 / rows,
  }))
}

function lineOf(name: string, cell: HTMLElement | undefined): Line {
  return { name, text: text(cell), link: cell?.querySelector("a")?.href ?? "" }
}

function cells(row: Element | null): HTMLElement[] {
  return [...(row?.querySelectorAll<HTMLElement>("th, td") ?? [])]
}

function words(all: Element[]): string[] {
  return all.map(text)
}

function text(element: Element | undefined): string {
  return element?.textContent?.trim() ?? ""
}

/** The number of the reading at `x`, `y` (per cent of the plot), or -1. */
export function readingAt({ all, across }: Readings, x: number, y: number): number {
  const rows = Math.ceil(all.length / Math.max(1, across))
  const within = (part: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor((part / 100) * count)))
  const at = within(y, rows) * across + within(x, across)
  return at < all.length ? at : -1
}

/** The table for spreadsheets: bare numbers, and a mark that tells them the encoding. */
export function csvOf(table: HTMLTableElement): string {
  const rows = [...table.querySelectorAll("tr")].map((row) =>
    cells(row)
      .map((cell) => quoted(cell.dataset["value"] ?? bare(cell)))
      .join(","),
  )
  return `\uFEFF${rows.join("\r\n")}\r\n`
}

/** A cell's words without the buttons and remarks in it. */
function bare(cell: HTMLElement): string {
  const copy = cell.cloneNode(true) as HTMLElement
  for (const more of copy.querySelectorAll("ot-filter, small")) more.remove()
  return text(copy)
}

function quoted(value: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(value) ? `'${value}` : value // no formula for whoever opens it
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
