/** A station's readings or hours made ready for the chart: panels under one another, points, bars, doubts, barbs. */

import type { Series } from '../api'

export interface Hours {
  times: string[]
  elements: Record<string, Record<'mean' | 'min' | 'max' | 'sum' | 'n' | 'n_good', (number | null)[]>>
}

type Point = [ms: number, value: number | null]

export interface Curve {
  name: string
  zh: string
  colour: string
  thin: boolean
  points: Point[]
  /** Lowest and highest of each hour, where the curve shows means. */
  range: { low: Point[]; high: Point[] } | null
  doubts: { at: number; value: number; state: 'suspect' | 'wrong' }[]
}

export interface Barb {
  at: number
  speed: number
  from: number
}

export interface Panel {
  key: string
  unit: string
  bars: boolean
  floor: number | null
  ceiling: number | null
  curves: Curve[]
  /** Rain added up from the beginning. */
  total: Point[]
  barbs: Barb[]
}

interface Wanted {
  name: string
  zh: string
  colour: string
  thin?: boolean
}

interface Plan {
  key: string
  unit: string
  bars?: boolean
  floor?: number
  ceiling?: number
  /** Of the lines in one list the first that the station has is shown. */
  lines: Wanted[][]
}

const RAIN = '#3b82f6'

export const PLANS: Plan[] = [
  {
    key: 'temperature',
    unit: '℃',
    lines: [
      [{ name: 'air_temperature', zh: '气温', colour: '#e0662f' }],
      [{ name: 'dew_point_temperature', zh: '露点温度', colour: '#2f9e8f', thin: true }],
    ],
  },
  {
    key: 'rain',
    unit: 'mm',
    bars: true,
    floor: 0,
    lines: [
      [
        { name: 'precipitation_amount', zh: '雨量', colour: RAIN },
        { name: 'precipitation_amount_1h', zh: '小时雨量', colour: RAIN },
      ],
    ],
  },
  {
    key: 'wind',
    unit: 'm/s',
    floor: 0,
    lines: [
      [
        { name: 'wind_speed', zh: '风速', colour: '#4a9d4a' },
        { name: 'wind_speed_10min', zh: '风速', colour: '#4a9d4a' },
        { name: 'wind_speed_2min', zh: '风速', colour: '#4a9d4a' },
      ],
      [
        { name: 'wind_speed_of_gust', zh: '阵风', colour: '#9b6bd1', thin: true },
        { name: 'wind_speed_of_gust_1h', zh: '阵风', colour: '#9b6bd1', thin: true },
      ],
    ],
  },
  {
    key: 'humidity',
    unit: '%',
    floor: 0,
    ceiling: 100,
    lines: [[{ name: 'relative_humidity', zh: '湿度', colour: '#2b8cbe' }]],
  },
  {
    key: 'pressure',
    unit: 'hPa',
    lines: [
      [
        { name: 'air_pressure_at_mean_sea_level', zh: '海平面气压', colour: '#8b7ad6' },
        { name: 'surface_air_pressure', zh: '本站气压', colour: '#8b7ad6' },
      ],
    ],
  },
  {
    key: 'visibility',
    unit: 'm',
    floor: 0,
    lines: [[{ name: 'visibility_in_air', zh: '能见度', colour: '#7a8a2f' }]],
  },
]

/** One barb for so many minutes at least, for charts of single readings. */
const BARB_EVERY_MS = 3600_000

/** The panels of single readings. */
export function ofSeries(series: Series): Panel[] {
  const times = series.times.map((time) => Date.parse(time))
  const has = (name: string) => series.elements[name]?.values.some((value) => value !== null) ?? false
  return panels(has, (line) => readings(times, series, line)).map((panel) =>
    panel.key === 'wind' ? { ...panel, barbs: barbs(times, series, panel.curves[0]?.name ?? '') } : panel,
  )
}

/** The panels of hours: means with the range between the extremes, sums of rain. */
export function ofHours(hours: Hours): Panel[] {
  const times = hours.times.map((time) => Date.parse(time))
  const figure = (name: string) => (name.startsWith('precipitation') ? 'sum' : 'mean')
  const has = (name: string) => hours.elements[name]?.[figure(name)].some((value) => value !== null) ?? false
  return panels(has, (line) => {
    const told = hours.elements[line.name]
    const points = (of: 'mean' | 'min' | 'max' | 'sum'): Point[] => times.map((ms, i) => [ms, told?.[of][i] ?? null])
    const range = figure(line.name) === 'sum' || line.thin ? null : { low: points('min'), high: points('max') }
    return { ...line, thin: line.thin ?? false, points: points(figure(line.name)), range, doubts: [] }
  })
}

function panels(has: (name: string) => boolean, curve: (line: Wanted) => Curve): Panel[] {
  return PLANS.flatMap((plan) => {
    const chosen = plan.lines.flatMap((choice) => choice.find((line) => has(line.name)) ?? [])
    if (chosen.length === 0) return []
    const curves = chosen.map(curve)
    const { key, unit, bars = false, floor = null, ceiling = null } = plan
    return [{ key, unit, bars, floor, ceiling, curves, total: bars ? added(curves[0]?.points ?? []) : [], barbs: [] }]
  })
}

function readings(times: number[], series: Series, line: Wanted): Curve {
  const { values = [], flags = [] } = series.elements[line.name] ?? {}
  const points: Point[] = times.map((ms, i) => [ms, flags[i] === 2 ? null : (values[i] ?? null)])
  return { ...line, thin: line.thin ?? false, points, range: null, doubts: doubts(times, values, flags, points) }
}

function doubts(
  times: number[],
  values: (number | null)[],
  flags: (number | null)[],
  points: Point[],
): Curve['doubts'] {
  const kept = points.flatMap(([, value]) => (value === null ? [] : [value]))
  const [low, high] = kept.length > 0 ? [Math.min(...kept), Math.max(...kept)] : [-Infinity, Infinity]
  return times.flatMap((at, i) => {
    const value = values[i]
    if (value === null || value === undefined || (flags[i] !== 1 && flags[i] !== 2)) return []
    return [{ at, value: Math.min(high, Math.max(low, value)), state: flags[i] === 1 ? 'suspect' : ('wrong' as const) }]
  })
}

/** Add up amounts from the first one; what is missing adds nothing. */
export function added(points: Point[]): Point[] {
  let sum = 0
  return points.map(([ms, value]) => {
    sum += value ?? 0
    return [ms, Math.round(sum * 1000) / 1000]
  })
}

function barbs(times: number[], series: Series, speed: string): Barb[] {
  const pace = series.elements[speed]
  const way = series.elements.wind_from_direction
  if (!pace || !way) return []
  const found: Barb[] = []
  times.forEach((at, i) => {
    const [v, d] = [pace.values[i], way.values[i]]
    const refused = pace.flags[i] === 2 || way.flags[i] === 2
    if (v === null || v === undefined || d === null || d === undefined || refused) return
    if (at - (found.at(-1)?.at ?? -Infinity) >= BARB_EVERY_MS) found.push({ at, speed: v, from: d })
  })
  return found
}
