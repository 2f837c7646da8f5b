/** The elements that can be chosen for the map, and how a station is shown under each. */

import type { Element, Station } from '../api'
import { colour, RAMPS, type Ramp } from '../colours'
import { type Condition, condition, sign } from '../condition'

export interface Pick {
  key: string
  zh: string
  /** The heading of the list of its most remarkable values. */
  most: string
  /** CF names, the first that a station has is shown. */
  names: string[]
  ramp: Ramp
  unit: string
  decimals: number
}

export const PICKS: Pick[] = [
  {
    key: 'rain',
    zh: '雨量',
    most: '小时雨量最大',
    names: ['precipitation_amount_1h'],
    ramp: RAMPS.rain,
    unit: 'mm',
    decimals: 1,
  },
  {
    key: 'temperature',
    zh: '气温',
    most: '气温最高',
    names: ['air_temperature'],
    ramp: RAMPS.temperature,
    unit: '℃',
    decimals: 1,
  },
  { key: 'wind', zh: '风', most: '风速最大', names: ['wind_speed'], ramp: RAMPS.wind, unit: 'm/s', decimals: 1 },
  {
    key: 'pressure',
    zh: '气压',
    most: '气压最高',
    names: ['air_pressure_at_mean_sea_level', 'surface_air_pressure'],
    ramp: RAMPS.pressure,
    unit: 'hPa',
    decimals: 1,
  },
  {
    key: 'humidity',
    zh: '湿度',
    most: '湿度最大',
    names: ['relative_humidity'],
    ramp: RAMPS.humidity,
    unit: '%',
    decimals: 0,
  },
  {
    key: 'visibility',
    zh: '能见度',
    most: '能见度最低',
    names: ['visibility_in_air'],
    ramp: RAMPS.visibility,
    unit: 'm',
    decimals: 0,
  },
]

export interface Shown {
  value: number | null
  state: Condition
  name: string
}

/** What a station shows under a pick; rain is the sum the server made over the last hour. */
export function shown(station: Station, pick: Pick): Shown {
  if (pick.key === 'rain') return rain(station)
  const name = pick.names.find((one) => one in station.values) ?? pick.names[0] ?? ''
  const value = station.values[name] ?? null
  return { value, state: condition(value, station.flags[name], station.age_min), name }
}

const MISSING = 8
const UNCHECKED = 9

function rain(station: Station): Shown {
  const told = station.flags.precipitation_amount_1h ?? station.flags.precipitation_amount
  const flag = told === MISSING && station.rain_1h !== null ? UNCHECKED : told
  const state = condition(station.rain_1h, flag, station.age_min)
  return { value: station.rain_1h, state, name: 'precipitation_amount_1h' }
}

/** Write a value as people read it; `–` where there is none. */
export function written(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined ? '–' : value.toFixed(decimals)
}

/** Write a CF unit as the screen shows it. */
export function unitWritten(unit: string): string {
  const known: Record<string, string> = { degC: '℃', 'm s-1': 'm/s', degree: '°', 'W m-2': 'W/m²' }
  return known[unit] ?? unit
}

/** Properties of a station's point on the map. */
export function point(station: Station, pick: Pick): Record<string, string | number | boolean> {
  const { value, state } = shown(station, pick)
  return {
    id: station.id,
    state,
    national: station.national,
    turn: station.values.wind_from_direction ?? 0,
    ...(value === null || state === 'missing' || state === 'no_task' ? absent(state) : present(value, state, pick)),
  }
}

const SMALL = { fill: '', label: '', size: 0, rank: 0, barb: '' }

function absent(state: Condition): typeof SMALL {
  return { ...SMALL, label: state === 'missing' ? '–' : '' }
}

/** A rain gauge with less than this is shown as dry, mm. */
const DRY_MM = 0.1

function present(value: number, state: Condition, pick: Pick): typeof SMALL {
  if (pick.key === 'rain' && value < DRY_MM) return SMALL
  return {
    fill: colour(pick.ramp, value) ?? '',
    label: label(value, pick, state),
    size: 1,
    rank: pick.key === 'visibility' ? value : -value,
    barb: pick.key === 'wind' && state !== 'wrong' ? barbName(value) : '',
  }
}

/** From force 6 on a wind sign is joined by its number, m/s. */
const STRONG = 10.8

function label(value: number, pick: Pick, state: Condition): string {
  if (pick.key === 'wind' && value < STRONG && state !== 'wrong') return sign(state)
  return `${written(value, pick.key === 'rain' && value >= 10 ? 0 : pick.decimals)}${sign(state)}`
}

/** The name of the wind sign for a speed in m/s. */
export function barbName(speed: number): string {
  return `barb-${Math.min(30, Math.ceil(Math.round(speed) / 2))}`
}

/** Find an element's entry, or make do with its name. */
export function entry(elements: Element[], name: string): Element {
  return elements.find((one) => one.name === name) ?? { name, zh: name, en: name, unit: '', decimals: 1 }
}
