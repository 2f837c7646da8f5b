/** What the server tells the pages: the shapes of its answers, and how they are asked for. */

export type Colour = 'blue' | 'yellow' | 'orange' | 'red'
export type Bounds = [west: number, south: number, east: number, north: number]

export interface DistrictProperties {
  code: string
  zh: string
  en: string
  /** Where the name stands, degrees WGS-84. */
  lon: number
  lat: number
}

export interface Districts {
  districts: GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon, DistrictProperties>
  context: GeoJSON.FeatureCollection
  bounds: Bounds
}

export interface Frame {
  /** Valid time, ISO 8601 UTC. */
  time: string
  kind: 'radar' | 'nowcast'
  lead_min: number
  url: string
}

/** One class of the picture's colour table: values from `low` up to `high` (null: and more). */
export interface Swatch {
  low: number
  high: number | null
  colour: string
}

export interface Timeline {
  now: string
  at: string
  live: boolean
  exercise: boolean
  note: string
  bounds: Bounds
  frames: Frame[]
  run: string | null
  /** The colour table the pictures were drawn with. */
  legend?: { title: string; unit: string; swatches: Swatch[] }
}

export interface Station {
  id: string
  zh: string
  lon: number
  lat: number
  district: string
  national: boolean
  drill: boolean
  time: string | null
  age_min: number | null
  values: Record<string, number | null>
  /** Codes of core/flags.Flag by CF name. */
  flags: Record<string, number>
  rain_1h: number | null
}

export interface Stations {
  at: string
  version: number | string
  stations: Station[]
}

export interface Element {
  name: string
  zh: string
  en: string
  unit: string
  decimals: number
}

export interface Series {
  station: { id: string; zh: string }
  times: string[]
  elements: Record<string, { values: (number | null)[]; flags: number[] }>
}

export interface Warning {
  identifier: string
  event: string
  kind_zh: string
  colour: Colour
  action: string
  headline: string
  areas: string[]
  sent: string
  expires: string | null
  status: string
  url?: string
}

export interface Proposal {
  id: string | number
  kind_zh: string
  colour: Colour
  districts: { code: string; zh: string }[]
  since: string
  words: string
  state: string
  url?: string
}

export interface WarnState {
  in_force: Warning[]
  proposals: Proposal[]
}

/** The server refused or could not be reached; `status` is 0 when no answer came. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message)
  }
}

/** The session has ended: the answer is the log-in page, or 401/403. */
export class SessionOver extends ApiError {}

/** Write the address of a question; empty parameters are left out. */
export function address(path: string, query: Record<string, string | number | null> = {}): string {
  const asked = Object.entries(query).filter(([, value]) => value !== null && value !== '')
  const text = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString()
  return `/api/${path}${text ? `?${text}` : ''}`
}

/** Ask the server and give its JSON. */
export async function ask<T>(path: string, query: Record<string, string | number | null> = {}): Promise<T> {
  const url = address(path, query)
  let answer: Response
  try {
    answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
  } catch (error) {
    throw new ApiError(`${url}: ${String(error)}`, 0)
  }
  const json = (answer.headers.get('content-type') ?? '').includes('json')
  if (answer.status === 401 || answer.status === 403 || (answer.redirected && !json)) {
    throw new SessionOver(`${url}: ${answer.status}`, answer.status)
  }
  if (!answer.ok || !json) throw new ApiError(`${url}: ${answer.status}`, answer.status)
  return (await answer.json()) as T
}
