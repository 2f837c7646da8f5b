/** The city in four figures: stations that reported, the wettest, the windiest, doubtful values. */

import type { Station } from '../api'
import { condition, STALE_MIN } from '../condition'
import { say } from '../text'
import { written } from './pick'

export interface Figure {
  words: string
  number: string
  unit: string
  where: string
  station: string | null
}

/** Count and find. Values judged wrong or suspect take no part in the extremes. */
export function figures(stations: Station[]): Figure[] {
  const here = stations.filter((station) => station.age_min !== null && station.age_min <= STALE_MIN)
  const doubted = here.filter((station) => Object.values(station.flags).some((flag) => flag === 1 || flag === 2))
  return [
    {
      words: say('到报站'),
      number: String(here.length),
      unit: `/ ${stations.length}`,
      where: share(here.length, stations.length),
      station: null,
    },
    top(here, say('最大小时雨量'), 'mm', rainOf),
    top(here, say('最大阵风'), 'm/s', gustOf),
    {
      words: say('有疑问的站'),
      number: String(doubted.length),
      unit: '',
      where: doubted[0]?.zh ?? '',
      station: doubted[0]?.id ?? null,
    },
  ]
}

function share(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)}%` : ''
}

function trusted(value: number | null | undefined, flag: number | undefined, age: number | null): number | null {
  return ['good', 'corrected', 'unchecked'].includes(condition(value, flag, age)) ? (value ?? null) : null
}

function rainOf({ rain_1h, flags, age_min }: Station): number | null {
  return trusted(rain_1h, flags.precipitation_amount_1h ?? flags.precipitation_amount, age_min)
}

function gustOf({ values, flags, age_min }: Station): number | null {
  const gust = trusted(values.wind_speed_of_gust, flags.wind_speed_of_gust, age_min)
  return gust ?? trusted(values.wind_speed, flags.wind_speed, age_min)
}

function top(stations: Station[], words: string, unit: string, of: (station: Station) => number | null): Figure {
  let best: { station: Station; value: number } | null = null
  for (const station of stations) {
    const value = of(station)
    if (value !== null && value > (best?.value ?? 0)) best = { station, value }
  }
  return {
    words,
    number: best ? written(best.value, 1) : '–',
    unit,
    where: best?.station.zh ?? '',
    station: best?.station.id ?? null,
  }
}
