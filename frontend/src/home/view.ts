/** What the person at the page has chosen, and what was last heard: one record, told to whoever listens. */

import type { Bounds, Element, Stations, Timeline, WarnState } from '../api'
import type { Step } from './timeline'

export interface View {
  line: Step[]
  timeline: Timeline | null
  stations: Stations | null
  warn: WarnState | null
  elements: Element[]
  bounds: Bounds | null
  place: number
  follow: boolean
  playing: boolean
  /** The moment a replay stands at (ISO UTC); null: live. */
  anchor: string | null
  pick: string
  station: string | null
  listed: boolean
  radar: boolean
  missingPicture: boolean
  trouble: 'none' | 'stale' | 'session'
}

type Listener = (view: Readonly<View>, changed: ReadonlySet<keyof View>) => void

/** Holds the view; listeners hear only of real changes. */
export class Store {
  private readonly listeners: Listener[] = []

  constructor(private view: View) {}

  get now(): Readonly<View> {
    return this.view
  }

  /** Change parts of the view. */
  put(parts: Partial<View>): void {
    const names = Object.keys(parts) as (keyof View)[]
    const changed = new Set(names.filter((name) => parts[name] !== this.view[name]))
    if (changed.size === 0) return
    this.view = { ...this.view, ...parts }
    for (const listener of this.listeners) listener(this.view, changed)
  }

  /** Listen to changes of some parts. */
  on(parts: (keyof View)[], heard: (view: Readonly<View>) => void): void {
    this.listeners.push((view, changed) => {
      if (parts.some((part) => changed.has(part))) heard(view)
    })
  }
}

/** The view before anything is known. */
export function empty(): View {
  return {
    line: [],
    timeline: null,
    stations: null,
    warn: null,
    elements: [],
    bounds: null,
    place: -1,
    follow: true,
    playing: false,
    anchor: null,
    pick: 'rain',
    station: null,
    listed: false,
    radar: true,
    missingPicture: false,
    trouble: 'none',
  }
}
