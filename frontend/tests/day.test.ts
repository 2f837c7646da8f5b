import { describe, expect, it } from 'vitest'
import type { Series } from '../src/api'
import { columns, doubts, panels } from '../src/home/day'

const TIMES = ['2026-06-24T06:00:00Z', '2026-06-24T06:05:00Z', '2026-06-24T06:10:00Z', '2026-06-24T06:15:00Z']

function series(elements: Series['elements']): Series {
  return { station: { id: '58349', zh: '苏州' }, times: TIMES, elements }
}

const WARM = series({ air_temperature: { values: [25, 99, null, 26], flags: [0, 2, 8, 1] } })

describe('the panels', () => {
  it('are those that have values', () => {
    expect(panels(WARM).map((panel) => panel.unit)).toEqual(['℃'])
  })
  it('show rain once, since the last report rather than by the hour', () => {
    const rain = { values: [0, 1, 2, 0], flags: [0, 0, 0, 0] }
    const found = panels(series({ precipitation_amount: rain, precipitation_amount_1h: rain }))
    expect(found.map((panel) => panel.lines[0]?.name)).toEqual(['precipitation_amount'])
    expect(panels(series({ precipitation_amount_1h: rain }))).toHaveLength(1)
  })
  it('are none where all is missing', () => {
    expect(panels(series({ air_temperature: { values: [null, null, null, null], flags: [8, 8, 8, 8] } }))).toEqual([])
    expect(panels(series({}))).toEqual([])
  })
})

describe('the curve', () => {
  it('has a gap where a value is wrong or missing', () => {
    expect(columns(WARM, 'air_temperature').map(([, value]) => value)).toEqual([25, null, null, 26])
  })
  it('of an element the station lacks is all gaps', () => {
    expect(columns(WARM, 'wind_speed').every(([, value]) => value === null)).toBe(true)
  })
})

describe('the marks', () => {
  it('stand at suspect and wrong values, the wild ones at the edge of the others (25 to 26)', () => {
    expect(doubts(WARM, 'air_temperature').map(({ value, state }) => [value, state])).toEqual([
      [26, 'wrong'],
      [26, 'suspect'],
    ])
  })
  it('are none for what the station lacks', () => expect(doubts(WARM, 'wind_speed')).toEqual([]))
})
