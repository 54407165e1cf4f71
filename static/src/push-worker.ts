/* The service worker, served at /push-worker.js: shows what the server sends while no page of ours is in front, and
   leads to it. It keeps nothing and handles no requests. */

interface Told {
  title: string
  body: string
  url: string
  tag: string
}

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}

/* What a worker has, which the page's types do not know. */
const worker = self as unknown as {
  registration: { showNotification(title: string, options: NotificationOptions): Promise<void> }
  clients: {
    matchAll(
      options: object,
    ): Promise<{ focused: boolean; focus(): Promise<unknown>; navigate(url: string): Promise<unknown> }[]>
    openWindow(url: string): Promise<unknown>
  }
  addEventListener(kind: string, listener: (event: never) => void): void
}

const pages = () => worker.clients.matchAll({ type: "window", includeUncontrolled: true })

worker.addEventListener("push", (event: WorkerEvent & { data: { json(): Told } | null }) => {
  const told = event.data?.json()
  if (told) event.waitUntil(show(told))
})

async function show({ title, body, url, tag }: Told): Promise<void> {
  if ((await pages()).some(({ focused }) => focused)) return // its bell rings
  await worker.registration.showNotification(title, { body, tag, data: { url } })
}

worker.addEventListener("notificationclick", (event: WorkerEvent & { notification: Notification }) => {
  event.notification.close()
  event.waitUntil(go(String((event.notification.data as { url?: string } | null)?.url ?? "/agent/")))
})

async function go(url: string): Promise<void> {
  const [page] = await pages()
  if (!page) return void (await worker.clients.openWindow(url))
  await page.focus()
  await page.navigate(url)
}
