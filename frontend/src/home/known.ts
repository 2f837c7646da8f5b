/** What was known at a moment: stations and warnings. The past never changes, so it is asked once. */

import { ask, type Stations, type WarnState } from '../api'

export interface Known {
  stations: Stations
  warn: WarnState
}

const KEPT = 64
const past = new Map<string, Known>()

/** Give what was known (null: now). */
export async function known(at: string | null): Promise<Known> {
  const kept = at === null ? undefined : past.get(at)
  if (kept) return kept
  const [stations, warn] = await Promise.all([
    ask<Stations>('map/stations', { at }),
    ask<WarnState>('warn/state', { at }),
  ])
  const fresh = { stations, warn }
  if (at !== null) keep(at, fresh)
  return fresh
}

function keep(at: string, what: Known): void {
  past.set(at, what)
  const oldest = past.keys().next().value
  if (past.size > KEPT && oldest !== undefined) past.delete(oldest)
}
