/** What the server tells of an element on the map, and how it is asked for. The past never changes: it is asked once. */

import { address, ask, type Bounds } from '../api'

export type How = 'now' | 'max' | 'min' | 'mean' | 'change' | 'sum'

export interface Choice {
  name: string
  zh: string
  en: string
  unit: string
  decimals: number
  ways: How[]
  /** Whether values between the stations make sense. */
  field: boolean
}

/** One class of a scale: values from `low` up to `high` (null: and more). */
export interface Swatch {
  low: number
  high: number | null
  colour: string
  /** The class's name, where it has one. */
  words: string
}

export interface Spot {
  id: string
  zh: string
  lon: number
  lat: number
  alt: number
  district: string
  national: boolean
  value: number | null
  /** Code of core/flags.Flag; null: the station says nothing of this element. */
  flag: number | null
  time: string | null
  /** Readings used, and readings left out because they are doubted. */
  n: number
  doubted: number
  /** Newest good wind: m/s, and degrees it comes from. */
  speed: number | null
  turn: number | null
}

export interface Field {
  at: string
  live: boolean
  version: number
  element: string
  how: How
  hours: number
  swatches: Swatch[]
  stations: Spot[]
}

export interface Analysis {
  at: string
  version: number
  bounds: Bounds
  method: 'optimal' | 'barnes'
  radius_km: number
  stations: number
  /** Mean absolute leave-one-out error, and the same of the plain mean of the others. */
  mae: number
  plain_mae: number
  low: number | null
  high: number | null
  swatches: Swatch[]
  isolines: GeoJSON.FeatureCollection<GeoJSON.LineString, { value: number; label: string }>
  /** By station: its value less what the others say of its place. */
  left_out: Record<string, number>
}

/** What is wanted of the server. */
export interface Question {
  element: string
  how: How
  hours: number
  /** The moment as it was known, ISO 8601; null: now. */
  at: string | null
  fitted: boolean
  safe: boolean
}

export type Parameters = Record<string, string | number | null>

/** Write a question as parameters; what is usual is left out, so that equal questions have one address. */
export function parameters({ element, how, hours, at, fitted, safe }: Question): Parameters {
  const window = how === 'now' ? null : hours
  return { element, how, hours: window, at, fitted: fitted ? 'true' : null, safe: safe ? 'true' : null }
}

const KEPT = 80
const past = new Map<string, Promise<unknown>>()

async function told<T>(path: string, question: Question): Promise<T> {
  const asked = parameters(question)
  if (question.at === null) return ask<T>(path, asked)
  const url = address(path, asked)
  const kept = past.get(url) as Promise<T> | undefined
  if (kept) return kept
  const coming = ask<T>(path, asked)
  coming.catch(() => past.delete(url))
  past.set(url, coming)
  const oldest = past.keys().next().value
  if (past.size > KEPT && oldest !== undefined) past.delete(oldest)
  return coming
}

/** Give what the stations show. */
export const field = (question: Question): Promise<Field> => told<Field>('map/field', question)

/** Give the field between them. */
export const analysis = (question: Question): Promise<Analysis> => told<Analysis>('map/analysis', question)

/** Give the address of the field's picture; `version` keeps one lake's picture from being taken for another's. */
export function pictureOf(question: Question, { at, version }: Analysis): string {
  return address('map/analysis.png', { ...parameters(question), v: `${version}-${at.slice(0, 16)}` })
}
