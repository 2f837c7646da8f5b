import { describe, expect, it } from 'vitest'
import type { Station } from '../src/api'
import { matching, ordered } from '../src/home/listing'
import { barbName, PICKS, type Pick, point, shown, written } from '../src/home/pick'
import { ranked } from '../src/home/side'
import { figures } from '../src/home/summary'

function station(id: string, parts: Partial<Station> = {}): Station {
  const none = { values: {}, flags: {}, rain_1h: null, age_min: 2, time: '2026-06-24T06:08:00Z' }
  return { id, zh: id, lon: 120.6, lat: 31.3, district: '320508', national: false, drill: false, ...none, ...parts }
}

function pick(key: string): Pick {
  return PICKS.find((one) => one.key === key) as Pick
}

const WET = station('wet', { rain_1h: 31.26, flags: { precipitation_amount: 0 } })
const DRY = station('dry', { rain_1h: 0, flags: { precipitation_amount: 0 } })
const SPIKE = station('spike', { rain_1h: 180, flags: { precipitation_amount: 2 } })
const SILENT = station('silent', { age_min: null, time: null })

describe('a station on the map', () => {
  it('is coloured and written when it rains', () => {
    expect(point(WET, pick('rain'))).toMatchObject({ label: '31', size: 1, state: 'good', fill: '#a10063' })
  })
  it('is small and unwritten when dry', () => expect(point(DRY, pick('rain'))).toMatchObject({ label: '', size: 0 }))
  it('carries a sign when judged wrong', () => {
    expect(point(SPIKE, pick('rain'))).toMatchObject({ label: '180✕', state: 'wrong' })
  })
  it('shows a dash when it never reported', () => {
    expect(point(SILENT, pick('rain'))).toMatchObject({ label: '–', fill: '', state: 'missing' })
  })
  it('with an hour’s sum but no last amount is unchecked, not missing', () => {
    const part = station('part', { rain_1h: 4, flags: { precipitation_amount: 8 } })
    expect(shown(part, pick('rain'))).toMatchObject({ value: 4, state: 'unchecked' })
  })
  it('shows station pressure where it has no sea-level pressure', () => {
    const low = station('low', { values: { surface_air_pressure: 1002.3 }, flags: { surface_air_pressure: 0 } })
    expect(shown(low, pick('pressure'))).toMatchObject({ value: 1002.3, name: 'surface_air_pressure' })
  })
  it('has no wind sign for a speed judged wrong', () => {
    const gale = station('gale', { values: { wind_speed: 60 }, flags: { wind_speed: 2 } })
    expect(point(gale, pick('wind')).barb).toBe('')
  })
})

describe('wind signs', () => {
  // Chinese surface charts: 1-2 m/s half a barb, 3-4 one barb, 5-6 one and a half, 19-20 a pennant (ten halves).
  it.each([
    [0, 'barb-0'],
    [0.4, 'barb-0'],
    [1, 'barb-1'],
    [2, 'barb-1'],
    [3, 'barb-2'],
    [4.4, 'barb-2'],
    [6, 'barb-3'],
    [20, 'barb-10'],
    [75, 'barb-30'],
  ])('%s m/s is %s', (speed, name) => expect(barbName(speed)).toBe(name))
})

describe('values in writing', () => {
  it('keep their decimals', () => expect(written(3, 1)).toBe('3.0'))
  it('are a dash where there is none', () => expect(written(null, 1)).toBe('–'))
})

describe('the four figures', () => {
  it('count, and leave wrong values out of the extremes', () => {
    const [here, rain, gust, doubt] = figures([WET, DRY, SPIKE, SILENT])
    expect(here).toMatchObject({ number: '3', unit: '/ 4', where: '75.0%' })
    expect(rain).toMatchObject({ number: '31.3', station: 'wet' })
    expect(gust).toMatchObject({ number: '–', station: null })
    expect(doubt).toMatchObject({ number: '1', station: 'spike' })
  })
  it('are empty without stations', () => {
    expect(figures([]).map((figure) => figure.number)).toEqual(['0', '–', '–', '0'])
  })
})

describe('the ranking', () => {
  it('leaves out dry, silent and doubtful stations', () => {
    expect(ranked([DRY, SPIKE, SILENT, WET], pick('rain'), 5).map((row) => row.station.id)).toEqual(['wet'])
  })
  it('puts the lowest visibility first', () => {
    const fog = (id: string, metres: number) =>
      station(id, { values: { visibility_in_air: metres }, flags: { visibility_in_air: 0 } })
    const rows = ranked([fog('clear', 20000), fog('fog', 180)], pick('visibility'), 2)
    expect(rows.map((row) => row.station.id)).toEqual(['fog', 'clear'])
  })
})

describe('the list', () => {
  it('is ordered with absent values last, either way', () => {
    const all = [SILENT, DRY, WET]
    expect(ordered(all, 'rain', false).map((one) => one.id)).toEqual(['wet', 'dry', 'silent'])
    expect(ordered(all, 'rain', true).map((one) => one.id)).toEqual(['dry', 'wet', 'silent'])
  })
  it('leaves the given order alone', () => {
    const all = [DRY, WET]
    ordered(all, 'rain', false)
    expect(all).toEqual([DRY, WET])
  })
  it('is searched by number, name and district', () => {
    const names = new Map([['320508', '姑苏区']])
    expect(matching([WET, DRY], 'WE', names)).toEqual([WET])
    expect(matching([WET, DRY], ' 姑苏 ', names)).toHaveLength(2)
    expect(matching([WET, DRY], 'nowhere', names)).toEqual([])
    expect(matching([WET, DRY], '', names)).toHaveLength(2)
  })
})
