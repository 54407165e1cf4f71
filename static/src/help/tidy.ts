/* "?s=" says which search an article was opened from. The server has read it by now; whoever shares the address need not. */
export function tidyAddress(): void {
  const address = new URL(location.href)
  if (!address.searchParams.has("s") || !document.querySelector("article")) return
  address.searchParams.delete("s")
  history.replaceState(history.state, "", address)
}
