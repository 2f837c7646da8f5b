/** The keys of the map. */

import { forPage } from '../keys'
import type { CityMap } from '../map/citymap'
import { choose, QUICK, turn, widen } from './choosing'
import type { Timebar } from './timebar'
import type { Layers, Store, View } from './view'

const PAN_PX = 90
const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-PAN_PX, 0],
  ArrowRight: [PAN_PX, 0],
  ArrowUp: [0, -PAN_PX],
  ArrowDown: [0, PAN_PX],
}

/** Listen to the keys of the page. */
export function keys(store: Store<View>, bar: Timebar, take: () => void, city: CityMap | null): void {
  const flip = (name: keyof Layers) => () =>
    store.put({ layers: { ...store.now.layers, [name]: !store.now.layers[name] } })
  const acts: Record<string, () => void> = {
    ' ': () => bar.turn(),
    n: () => bar.present(),
    ArrowLeft: () => bar.step(-1),
    ArrowRight: () => bar.step(1),
    PageUp: () => bar.step(-6),
    PageDown: () => bar.step(6),
    '[': () => turn(store, -1),
    ']': () => turn(store, 1),
    '-': () => widen(store, -1),
    '+': () => widen(store, 1),
    '=': () => widen(store, 1),
    b: flip('barbs'),
    s: flip('shades'),
    i: flip('lines'),
    g: () => store.put({ good: !store.now.good }),
    l: () => store.put({ listed: !store.now.listed }),
    e: take,
    Escape: () => store.put({ station: null }),
  }
  document.addEventListener('keydown', (event) => {
    if (!forPage(event)) return
    const way = event.shiftKey ? WAYS[event.key] : undefined
    const quick = QUICK[Number(event.key) - 1]
    const act = way ? () => city?.move(...way) : quick ? () => choose(store, quick.name, quick.how) : acts[event.key]
    if (!act || (ofField(event) && !quick)) return
    event.preventDefault()
    act()
  })
}

/** Arrows on a slider or a choice stay with it. */
function ofField(event: KeyboardEvent): boolean {
  return event.key.startsWith('Arrow') && event.target instanceof HTMLInputElement
}
