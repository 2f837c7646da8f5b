import { describe, expect, it } from 'vitest'
import type { Series } from '../src/api'
import { type Climate, words as climateWords, years } from '../src/station/climate'
import { type Compared, differences } from '../src/station/differences'
import { added, type Hours, ofHours, ofSeries } from '../src/station/panels'
import { doubted, type Quality, sheet as qualitySheet } from '../src/station/quality'
import { classes, type Rose, sheet as roseSheet, words as roseWords, shares } from '../src/station/rose'

const BEGIN = Date.parse('2026-07-01T00:00:00Z')
const MINUTE = 60_000

function series(elements: Series['elements'], count: number, every = 5): Series {
  const times = Array.from({ length: count }, (_, i) => new Date(BEGIN + i * every * MINUTE).toISOString())
  return { station: { id: 'A', zh: '东山' }, times, elements }
}

import { written } from '../src/station/sheet'

describe('panels of readings', () => {
  it('stand only where the station has values', () => {
    const told = series(
      {
        air_temperature: { values: [20, null], flags: [0, 8] },
        wind_speed: { values: [null, null], flags: [8, 8] },
      },
      2,
    )
    expect(ofSeries(told).map((panel) => panel.key)).toEqual(['temperature'])
    expect(ofSeries(series({}, 0))).toEqual([])
  })
  it('leave wrong values out of the curve and mark them at its edge', () => {
    const told = series({ air_temperature: { values: [20, 99, 21, 22], flags: [0, 2, 1, 0] } }, 4)
    const curve = ofSeries(told)[0]?.curves[0]
    expect(curve?.points.map(([, value]) => value)).toEqual([20, null, 21, 22])
    expect(curve?.doubts).toEqual([
      { at: BEGIN + 5 * MINUTE, value: 22, state: 'wrong' },
      { at: BEGIN + 10 * MINUTE, value: 21, state: 'suspect' },
    ])
  })
  it('take rain since the last report before hourly sums, and add it up', () => {
    const told = series(
      {
        precipitation_amount: { values: [0.1, null, 0.2], flags: [0, 8, 0] },
        precipitation_amount_1h: { values: [5, 5, 5], flags: [0, 0, 0] },
      },
      3,
    )
    const [panel] = ofSeries(told)
    expect(panel?.curves.map((curve) => curve.name)).toEqual(['precipitation_amount'])
    expect(panel?.total.map(([, value]) => value)).toEqual([0.1, 0.1, 0.3]) // not 0.30000000000000004
  })
  it('carry one wind sign an hour, none where speed or direction is missing or wrong', () => {
    const told = series(
      {
        wind_speed: { values: [null, 3, 3, 3, 3], flags: [8, 2, 0, 0, 0] },
        wind_from_direction: { values: [90, 90, 90, 90, 180], flags: [0, 0, 0, 0, 0] },
      },
      5,
      30,
    )
    // the first has no speed, the second a wrong one; then one at 01:00 and the next an hour later
    expect(ofSeries(told)[0]?.barbs.map(({ at, from }) => [(at - BEGIN) / MINUTE, from])).toEqual([
      [60, 90],
      [120, 180],
    ])
  })
})

describe('panels of hours', () => {
  const none = [null, null]
  const hours: Hours = {
    times: ['2026-07-01T01:00:00Z', '2026-07-01T02:00:00Z'],
    elements: {
      air_temperature: { mean: [20, 21], min: [19, 20], max: [22, 23], sum: none, n: [60, 60], n_good: [60, 60] },
      precipitation_amount: { mean: [0.1, 0], min: [0, 0], max: [1, 0], sum: [6, 0.5], n: [60, 60], n_good: [60, 60] },
    },
  }
  it('show means between the extremes, and sums of rain', () => {
    const [temperature, rain] = ofHours(hours)
    expect(temperature?.curves[0]?.points.map(([, value]) => value)).toEqual([20, 21])
    expect(temperature?.curves[0]?.range?.high.map(([, value]) => value)).toEqual([22, 23])
    expect(rain?.curves[0]?.points.map(([, value]) => value)).toEqual([6, 0.5])
    expect(rain?.total.map(([, value]) => value)).toEqual([6, 6.5])
    expect(rain?.curves[0]?.range).toBeNull()
  })
})

it('adding up nothing gives nothing', () => expect(added([])).toEqual([]))

it('a table is saved with a mark, quotes doubled', () => {
  const sheet = { caption: 'x', columns: ['风向', 'n'], rows: [['N "北"', '1,5']] }
  expect(written(sheet)).toBe('\uFEFF"风向","n"\r\n"N ""北""","1,5"\r\n')
})

describe('wind rose', () => {
  const counts = Array.from({ length: 16 }, () => [0, 0])
  counts[4] = [2, 1]
  const rose: Rose = {
    speed: 'wind_speed',
    sectors: Array.from({ length: 16 }, (_, i) => `S${i}`),
    edges: [0.3, 1.6],
    counts,
    mean: Array.from({ length: 16 }, (_, i) => (i === 4 ? 1.25 : null)),
    calm: 1,
    unknown: 3,
    total: 4,
    calm_share: 0.25,
    prevailing: 'S4',
  }
  it('names its classes', () => expect(classes([0.3, 1.6, 3.4])).toEqual(['0.3–1.5', '1.6–3.3', '≥ 3.4']))
  it('counts shares of all readings, calm ones too', () => {
    expect(shares(rose).map((row) => row[4])).toEqual([50, 25])
    expect(roseWords(rose)).toContain('25.0%')
  })
  it('has a table with the calm', () => {
    const { rows } = roseSheet(rose)
    expect(rows[4]).toEqual(['S4', '2', '1', '1.3'])
    expect(rows.at(-1)?.at(-1)).toBe('1')
  })
  it('says when there is no wind', () => expect(roseWords({ ...rose, total: 0 })).toBe('这段时间没有风的数据'))
})

describe('quality', () => {
  const quality: Quality = {
    days: ['2026-06-30', '2026-07-01'],
    values: [10, 20],
    flags: { '1': [1, 0], '0': [9, 20] },
    tests: { step: { suspect: [1, 0], fail: [0, 2] } },
    doubts: [],
  }
  it('adds suspect and failed up', () => expect(doubted(quality)).toEqual([{ name: 'step', counts: [1, 2] }]))
  it('tells them apart in the table', () => {
    expect(qualitySheet(quality).rows).toEqual([
      ['2026-06-30', '10', '1', '0', '1 / 0'],
      ['2026-07-01', '20', '0', '0', '0 / 2'],
    ])
  })
})

describe('climate', () => {
  const row = [1]
  const climate: Climate = {
    element: 'air_temperature',
    figure: 'mean',
    first: '2015-01-01',
    days: ['2026-07-01'],
    value: row,
    min: row,
    max: row,
    low: row,
    p10: row,
    p50: row,
    p90: row,
    high: row,
    years: [9],
  }
  it('warns below ten years', () => {
    expect(years(climate)).toBe(9)
    expect(climateWords(climate)).toContain('不足 10 年')
    expect(climateWords({ ...climate, years: [10] })).not.toContain('不足')
  })
  it('says when there is nothing to compare with', () => {
    expect(climateWords({ ...climate, first: null })).toBe('本站还没有历史资料')
    expect(climateWords({ ...climate, years: [0] })).toContain('还没有往年同期')
  })
})

it('differences are from the first station, and none where one of the two is missing', () => {
  const compared: Compared = {
    stations: ['A', 'B'],
    element: 'air_temperature',
    hourly: false,
    step_min: 5,
    times: ['a', 'b', 'c'],
    values: [
      [20.1, null, 22],
      [20.4, 21, null],
    ],
  }
  expect(differences(compared)).toEqual([[0.3, null, null]])
})
