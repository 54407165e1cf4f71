/* What the palette offers without asking the server, in the order in which it is likely to be meant. */
import { commandsOnPage, runCommand, type CommandItem } from "../lib/commands"
import { matches } from "../lib/options"
import { text } from "../strings"
import { changesOf } from "./changes"
import { recentTickets } from "./recent"

export interface Entry {
  label: string
  /** More words, shown small and searched as well. */
  detail?: string
  group: string
  keys: string
  icon: string
  /** Where it leads, when it is a place: the same place is offered once. */
  url?: string
  run(newTab: boolean): void
}

/** Everything there is to choose from while the dialog is open; the page behind it stands still. */
export class LocalEntries {
  private readonly commands: Entry[]
  private readonly places: Entry[]

  constructor(private readonly palette: HTMLElement) {
    const found = nearestFirst(commandsOnPage()).filter(({ element }) => element.dataset["command"] !== "off")
    this.commands = found.map(commandEntry)
    this.places = [...palette.querySelectorAll<HTMLAnchorElement>("a[href]")].map(placeEntry)
  }

  matching(query: string): Entry[] {
    const fits = ({ label, group, detail = "" }: Entry) => matches(`${label} ${group} ${detail}`, query)
    const rest = [...this.recent(), ...this.places]
    if (!query) return [...this.commands, ...rest.filter(({ group }) => group === text("palette.recent"))]
    return [...this.byNumber(query), ...[...this.commands, ...changesOf(query)].filter(fits), ...rest.filter(fits)]
  }

  private byNumber(query: string): Entry[] {
    const number = /^#?(\d{1,9})$/.exec(query)?.[1]
    const url = number && this.ticketUrl(number)
    if (!url) return []
    const label = text("palette.open_ticket", { number })
    return [goTo({ label, group: text("palette.tickets"), icon: "ticket", url })]
  }

  private recent(): Entry[] {
    const open = document.querySelector<HTMLElement>("#conv[data-ticket]")?.dataset["ticket"]
    return recentTickets(this.palette.dataset["me"])
      .filter(({ number }) => number !== open)
      .map(({ number, subject }) =>
        goTo({
          label: subject,
          detail: `#${number}`,
          group: text("palette.recent"),
          icon: "history",
          url: this.ticketUrl(number),
        }),
      )
  }

  private ticketUrl(number: string): string {
    return (this.palette.dataset["ticketUrl"] ?? "").replace(/0(?=\/?$)/, number)
  }
}

export function goTo(place: Omit<Entry, "run" | "keys"> & { url: string }): Entry {
  return { ...place, keys: "", run: (newTab) => go(place.url, newTab) }
}

/** What can be done with the ticket or list at hand comes before the ways to other places. */
function nearestFirst(commands: CommandItem[]): CommandItem[] {
  const distance = ({ element }: CommandItem) => (element.closest("#ticket") ? 0 : element.closest("main") ? 1 : 2)
  return commands.sort((one, other) => distance(one) - distance(other))
}

function commandEntry({ label, group, keys, icon, element }: CommandItem): Entry {
  const url = element instanceof HTMLAnchorElement ? element.pathname + element.search : undefined
  const run = (newTab: boolean) => {
    if (newTab && element instanceof HTMLAnchorElement) go(element.href, true)
    else runCommand(element)
  }
  return { label, group: group || text("palette.commands"), keys, icon, run, ...(url !== undefined && { url }) }
}

function placeEntry(link: HTMLAnchorElement): Entry {
  const icon = link.querySelector("svg.i use")?.getAttribute("href")?.split("#")[1] ?? ""
  const group = link.closest<HTMLElement>("[data-key-group]")?.dataset["keyGroup"] ?? text("palette.commands")
  return goTo({ label: link.textContent?.trim() ?? "", group, icon, url: link.pathname + link.search })
}

function go(url: string, newTab: boolean): void {
  if (newTab) window.open(url, "_blank")
  else location.assign(url)
}
