/** The pictures of the time line: fetched and decoded once, held ready. */

import { ApiError } from '../api'

const KEPT = 90
const held = new Map<string, Promise<ImageBitmap>>()

/** Give a picture; one that could not be fetched is asked for again next time. */
export function picture(url: string): Promise<ImageBitmap> {
  const kept = held.get(url)
  if (kept) return kept
  const coming = fetched(url)
  coming.catch(() => held.delete(url))
  held.set(url, coming)
  const oldest = held.keys().next().value
  if (held.size > KEPT && oldest !== undefined) held.delete(oldest)
  return coming
}

async function fetched(url: string): Promise<ImageBitmap> {
  const answer = await fetch(url, { credentials: 'same-origin' })
  if (!answer.ok) throw new ApiError(`${url}: ${answer.status}`, answer.status)
  return createImageBitmap(await answer.blob())
}

/** Fetch pictures ahead of their use, two at a time; failures show when the picture is wanted. */
export async function prepare(urls: string[]): Promise<void> {
  for (let i = 0; i < urls.length; i += 2) {
    await Promise.allSettled(urls.slice(i, i + 2).map(picture))
  }
}
