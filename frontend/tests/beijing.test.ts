import { describe, expect, it } from 'vitest'
import { beijing, clockTime, dayTime, fromField, toField } from '../src/beijing'
import { Clock } from '../src/clock'

describe('Beijing time', () => {
  // The same moment stands in core/clock.py's doctest: 2026-07-01 16:05 UTC is 2026-07-02 00:05 in Beijing.
  const moment = Date.UTC(2026, 6, 1, 16, 5, 9)
  it('is eight hours ahead of UTC', () => expect(beijing(moment)).toBe('2026-07-02 00:05:09'))
  it('gives the time of day', () => expect(clockTime(moment)).toBe('00:05'))
  it('gives day and time', () => expect(dayTime(moment)).toBe('07-02 00:05'))
  it('goes over the year', () => expect(beijing(Date.UTC(2025, 11, 31, 16))).toBe('2026-01-01 00:00:00'))
})

describe('a date-time field', () => {
  it('is read as Beijing time', () => expect(fromField('2026-07-02T00:05')).toBe(Date.UTC(2026, 6, 1, 16, 5)))
  it('is nothing when empty', () => expect(fromField('')).toBeNull())
  it('is nothing when it is no time', () => expect(fromField('2026-13-40T99:99')).toBeNull())
  it('is written so that it reads back', () => expect(fromField(toField(1_800_000_000_000))).toBe(1_800_000_000_000))
})

describe('the clock', () => {
  it('runs at the rate of the exercise: 2 s at rate 8 are 16 s', () => {
    expect(new Clock(1000, 8, 500).at(2500)).toBe(1000 + 16_000)
  })
  it('stands at rate 0', () => expect(new Clock(1000, 0, 0).at(60_000)).toBe(1000))
  it('runs on from what it was set to', () => {
    const clock = new Clock(0, 1, 0)
    clock.set(5000, 100)
    expect(clock.at(400)).toBe(5300)
  })
})
