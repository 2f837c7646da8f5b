/** A station's day made ready for the chart: which panels it deserves, its points, its doubtful values. */

import type { Series } from '../api'

export interface Line {
  name: string
  zh: string
  colour: string
  thin?: boolean
}

export interface Panel {
  lines: Line[]
  unit: string
  bars: boolean
  /** Lowest value of the axis; null: fitted to the values. */
  floor: number | null
}

const ALL: Panel[] = [
  {
    lines: [
      { name: 'air_temperature', zh: '气温', colour: '#e0662f' },
      { name: 'dew_point_temperature', zh: '露点温度', colour: '#2f9e8f', thin: true },
    ],
    unit: '℃',
    bars: false,
    floor: null,
  },
  { lines: [{ name: 'precipitation_amount', zh: '雨量', colour: '#3b82f6' }], unit: 'mm', bars: true, floor: 0 },
  { lines: [{ name: 'precipitation_amount_1h', zh: '小时雨量', colour: '#3b82f6' }], unit: 'mm', bars: true, floor: 0 },
  {
    lines: [
      { name: 'wind_speed', zh: '风速', colour: '#4a9d4a' },
      { name: 'wind_speed_of_gust', zh: '阵风', colour: '#9b6bd1', thin: true },
    ],
    unit: 'm/s',
    bars: false,
    floor: 0,
  },
  {
    lines: [
      { name: 'air_pressure_at_mean_sea_level', zh: '海平面气压', colour: '#8b7ad6' },
      { name: 'surface_air_pressure', zh: '本站气压', colour: '#8b7ad6', thin: true },
    ],
    unit: 'hPa',
    bars: false,
    floor: null,
  },
]

/** The panels for which the station has values; rain since the last report wins over hourly sums. */
export function panels(series: Series): Panel[] {
  const found = ALL.map((panel) => ({ ...panel, lines: panel.lines.filter((line) => has(series, line.name)) }))
  const full = found.filter((panel) => panel.lines.length > 0)
  const rain = full.findIndex((panel) => panel.bars)
  return full.filter((panel, place) => !panel.bars || place === rain)
}

function has(series: Series, name: string): boolean {
  return series.elements[name]?.values.some((value) => value !== null) ?? false
}

/** Points (ms, value) of one element; a value judged wrong leaves a gap in the line. */
export function columns(series: Series, name: string): [number, number | null][] {
  const { values = [], flags = [] } = series.elements[name] ?? {}
  return series.times.map((time, place) => [Date.parse(time), flags[place] === 2 ? null : (values[place] ?? null)])
}

/** The doubtful values of one element; one that lies far outside is drawn at the edge of what the others span. */
export function doubts(series: Series, name: string): { at: number; value: number; state: 'suspect' | 'wrong' }[] {
  const { values = [], flags = [] } = series.elements[name] ?? {}
  const [low, high] = span(columns(series, name))
  return series.times.flatMap((time, place) => {
    const value = values[place]
    const flag = flags[place]
    if (value === null || value === undefined || (flag !== 1 && flag !== 2)) return []
    const state = flag === 1 ? ('suspect' as const) : ('wrong' as const)
    return [{ at: Date.parse(time), value: Math.min(high, Math.max(low, value)), state }]
  })
}

function span(points: [number, number | null][]): [number, number] {
  const kept = points.flatMap(([, value]) => (value === null ? [] : [value]))
  return kept.length > 0 ? [Math.min(...kept), Math.max(...kept)] : [-Infinity, Infinity]
}
