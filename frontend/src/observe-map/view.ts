/** What the person at the map has chosen and what was last heard; the address of the page tells it too. */

import type { Analysis, Choice, Field, How, Question } from './asking'

export interface Layers {
  numbers: boolean
  dots: boolean
  barbs: boolean
  shades: boolean
  lines: boolean
}

export interface View extends Question {
  layers: Layers
  /** Whether suspect and wrong values are left out of the map. */
  good: boolean
  listed: boolean
  station: string | null
  playing: boolean
  choices: Choice[]
  field: Field | null
  analysis: Analysis | null
  /** Why there is no field between the stations, in words; '' when there is one or none is wanted. */
  hindrance: string
  /** The end of the time slider, ms; it moves on while the page is live. */
  end: number
  trouble: 'none' | 'stale' | 'session'
  loading: boolean
}

type Listener<T> = (view: Readonly<T>) => void

/** Holds a view; listeners hear only of real changes to the parts they asked for. */
export class Store<T extends object> {
  private readonly listeners: { parts: (keyof T)[]; heard: Listener<T> }[] = []

  constructor(private view: T) {}

  get now(): Readonly<T> {
    return this.view
  }

  /** Change parts of the view. */
  put(parts: Partial<T>): void {
    const changed = (Object.keys(parts) as (keyof T)[]).filter((name) => parts[name] !== this.view[name])
    if (changed.length === 0) return
    this.view = { ...this.view, ...parts }
    for (const { parts: wanted, heard } of this.listeners) {
      if (wanted.some((part) => changed.includes(part))) heard(this.view)
    }
  }

  /** Listen to changes of some parts. */
  on(parts: (keyof T)[], heard: Listener<T>): void {
    this.listeners.push({ parts, heard })
  }
}

export const USUAL: Layers = { numbers: true, dots: true, barbs: false, shades: false, lines: false }
const NAMES = Object.keys(USUAL) as (keyof Layers)[]
const HOWS: How[] = ['now', 'max', 'min', 'mean', 'change', 'sum']
export const FIRST: Question = {
  element: 'air_temperature',
  how: 'now',
  hours: 1,
  at: null,
  fitted: false,
  safe: false,
}

/** Read what the page's address asks for; what can't be read is as usual. */
export function fromAddress(search: string): Pick<View, keyof Question | 'layers' | 'good' | 'station'> {
  const asked = new URLSearchParams(search)
  const hours = Number(asked.get('hours'))
  const at = Date.parse(asked.get('at') ?? '')
  const layers = asked.get('layers')?.split(',')
  return {
    element: asked.get('element') || FIRST.element,
    how: HOWS.find((how) => how === asked.get('how')) ?? FIRST.how,
    hours: hours > 0 ? hours : FIRST.hours,
    at: Number.isNaN(at) ? null : new Date(at).toISOString(),
    fitted: asked.get('fitted') === 'true',
    safe: asked.get('safe') === 'true',
    layers: layers
      ? (Object.fromEntries(NAMES.map((name) => [name, layers.includes(name)])) as unknown as Layers)
      : USUAL,
    good: asked.get('good') === 'true',
    station: asked.get('station'),
  }
}

/** Write the address that opens this view again. */
export function toAddress(view: Readonly<View>): string {
  const { element, how, hours, at, fitted, safe, layers, good, station } = view
  const asked: [string, string | null][] = [
    ['element', element],
    ['how', how],
    ['hours', how === 'now' ? null : String(hours)],
    ['at', at],
    ['fitted', fitted ? 'true' : null],
    ['safe', safe ? 'true' : null],
    ['layers', NAMES.filter((name) => layers[name]).join(',')],
    ['good', good ? 'true' : null],
    ['station', station],
  ]
  return `?${new URLSearchParams(asked.filter((pair): pair is [string, string] => pair[1] !== null))}`
}

/** Make a question fit its element: a way that the element knows, a window that is allowed. */
export function fitting(question: Question, choice: Choice | undefined): Pick<Question, 'how' | 'hours'> {
  const how = choice?.ways.includes(question.how) ? question.how : (choice?.ways[0] ?? 'now')
  const longest = how === 'change' ? 72 : 744
  return { how, hours: Math.min(longest, Math.max(0.1, question.hours)) }
}
