/* Files dragged over the composer: it shows that it takes them (class `drop`), and hands over what is let go. */

const KINDS = ["dragenter", "dragover", "dragleave", "drop"] as const

export function takeDrops(host: HTMLElement, take: (files: File[]) => void, signal: AbortSignal): void {
  const dragged = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    host.classList.toggle("drop", event.type === "dragenter" || event.type === "dragover")
    if (event.type !== "drop") return
    event.stopPropagation()
    take([...event.dataTransfer.files])
  }
  // Captured, because the editor would take the drop for its own.
  for (const kind of KINDS) host.addEventListener(kind, dragged, { signal, capture: true })
}
