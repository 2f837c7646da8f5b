/** The keys of the home page. */

import { forPage } from '../keys'
import type { CityMap } from '../map/citymap'
import { PICKS } from './pick'
import type { Store } from './view'

export interface Deeds {
  to(place: number): void
  now(): void
  play(): void
}

const PAN_PX = 90
const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-PAN_PX, 0],
  ArrowRight: [PAN_PX, 0],
  ArrowUp: [0, -PAN_PX],
  ArrowDown: [0, PAN_PX],
}

/** Listen to the keys of the page. */
export function keys(store: Store, deeds: Deeds, chart: CityMap | null): void {
  const acts: Record<string, () => void> = {
    ' ': deeds.play,
    n: deeds.now,
    ArrowLeft: () => deeds.to(store.now.place - 1),
    ArrowRight: () => deeds.to(store.now.place + 1),
    l: () => store.put({ listed: !store.now.listed }),
    Escape: () => store.put({ station: null }),
  }
  document.addEventListener('keydown', (event) => {
    if (!forPage(event)) return
    const act = moves(event, chart) ?? picks(event, store) ?? (ofField(event) ? undefined : acts[event.key])
    if (!act) return
    event.preventDefault()
    act()
  })
}

function moves(event: KeyboardEvent, chart: CityMap | null): (() => void) | undefined {
  const way = event.shiftKey ? WAYS[event.key] : undefined
  return way && chart ? () => chart.move(...way) : undefined
}

function picks(event: KeyboardEvent, store: Store): (() => void) | undefined {
  const pick = PICKS[Number(event.key) - 1]
  return pick ? () => store.put({ pick: pick.key }) : undefined
}

/** Arrows on a slider or a choice stay with it. */
function ofField(event: KeyboardEvent): boolean {
  return event.key.startsWith('Arrow') && event.target instanceof HTMLInputElement
}
