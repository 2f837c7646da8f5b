import { describe, expect, it } from 'vitest'
import { address } from '../src/api'
import { EVERY_MS, LONGEST_MS, pause } from '../src/home/feed'
import { next, REST_MS, STEP_MS } from '../src/home/player'
import { warnedDistricts } from '../src/home/scene'
import { moment, ticks } from '../src/home/timebar'
import { empty, Store } from '../src/home/view'
import { chosen } from '../src/theme'

describe('addresses', () => {
  it('carry what is asked', () => {
    expect(address('map/stations', { at: '2026-06-24T06:00:00Z' })).toBe(
      '/api/map/stations?at=2026-06-24T06%3A00%3A00Z',
    )
  })
  it('leave out what is not', () => expect(address('map/stations', { at: null })).toBe('/api/map/stations'))
})

describe('pauses between rounds', () => {
  it('are ten seconds when all is well', () => expect(pause(0)).toBe(EVERY_MS))
  it('double with each failure, up to two minutes', () => {
    expect([1, 2, 3, 4, 50].map(pause)).toEqual([20_000, 40_000, 80_000, LONGEST_MS, LONGEST_MS])
  })
})

describe('playing', () => {
  it('goes on', () => expect(next(0, 3)).toEqual({ place: 1, ms: STEP_MS }))
  it('rests at the end', () => expect(next(1, 3)).toEqual({ place: 2, ms: REST_MS }))
  it('begins again', () => expect(next(2, 3)).toEqual({ place: 0, ms: STEP_MS }))
})

describe('warned districts', () => {
  const warning = (colour: 'yellow' | 'red', areas: string[]) => ({
    identifier: colour,
    event: colour,
    kind_zh: '暴雨',
    colour,
    action: 'Alert',
    headline: '',
    areas,
    sent: '2026-06-24T06:00:00Z',
    expires: null,
    status: 'Exercise',
  })
  it('take the highest colour and name all', () => {
    const found = warnedDistricts({ in_force: [warning('red', ['a']), warning('yellow', ['a', 'b'])], proposals: [] })
    expect(found.get('a')).toEqual({ colour: 'red', words: '暴雨红色 暴雨黄色' })
    expect(found.get('b')?.colour).toBe('yellow')
  })
  it('are none without warnings', () => expect(warnedDistricts({ in_force: [], proposals: [] }).size).toBe(0))
})

describe('the moment in words', () => {
  const seen = { ms: 0, kind: 'radar' as const, lead: 0, url: null }
  it('tells seen, replayed and expected apart', () => {
    expect(moment(seen, true, false)).toEqual({ kind: '实况', words: '' })
    expect(moment(seen, false, false)).toEqual({ kind: '回放', words: '' })
    expect(moment(seen, true, true)).toEqual({ kind: '回放', words: '' })
    expect(moment({ ...seen, kind: 'nowcast', lead: 35 }, false, false)).toEqual({ kind: '预报', words: '+35分' })
  })
})

describe('times under the slider', () => {
  it('stand at each new half hour', () => {
    const line = [20, 25, 30, 35, 60].map((minute) => ({
      ms: minute * 60_000,
      kind: 'radar' as const,
      lead: 0,
      url: null,
    }))
    expect(ticks(line)).toEqual([2, 4])
  })
  it('are none on an empty line', () => expect(ticks([])).toEqual([]))
})

describe('the view', () => {
  it('tells only those who listen to what changed', () => {
    const store = new Store(empty())
    const heard: string[] = []
    store.on(['pick'], (view) => heard.push(view.pick))
    store.put({ pick: 'wind' })
    store.put({ pick: 'wind' })
    store.put({ playing: true })
    expect(heard).toEqual(['wind'])
  })
})

describe('the theme', () => {
  it('is what was chosen', () => expect(chosen('light', true)).toBe('light'))
  it('is else what the system prefers', () => {
    expect(chosen(null, true)).toBe('dark')
    expect(chosen('plaid', false)).toBe('light')
  })
})
