import { describe, expect, it } from 'vitest'
import { blend, colour, RAIN_RATE, RAMPS } from '../src/colours'

describe('stepped ramps', () => {
  it('have no colour below the first step', () => expect(colour(RAMPS.rain, 0.05)).toBeNull())
  it('include the lower edge of a step', () => {
    expect(colour(RAMPS.rain, 0.1)).toBe(RAMPS.rain.colours[0])
    expect(colour(RAMPS.rain, 1.9)).toBe(RAMPS.rain.colours[0])
    expect(colour(RAMPS.rain, 2)).toBe(RAMPS.rain.colours[1])
  })
  it('keep the last colour above the last step', () => expect(colour(RAMPS.rain, 999)).toBe(RAMPS.rain.colours.at(-1)))
})

describe('blended ramps', () => {
  it('hold the ends', () => {
    expect(colour(RAMPS.temperature, -40)).toBe(RAMPS.temperature.colours[0])
    expect(colour(RAMPS.temperature, 45)).toBe(RAMPS.temperature.colours.at(-1))
  })
  it('mix half-way: 0x00 and 0xff give 0x80 (127.5 rounded up)', () => {
    expect(blend('#000000', '#ff00ff', 0.5)).toBe('#800080')
    expect(colour({ at: [0, 10], colours: ['#000000', '#ffffff'], stepped: false }, 5)).toBe('#808080')
  })
})

describe('every ramp', () => {
  it.each(Object.entries({ ...RAMPS, rate: RAIN_RATE }))('%s has a colour per edge, edges rising', (_, ramp) => {
    expect(ramp.colours).toHaveLength(ramp.at.length)
    expect([...ramp.at].sort((a, b) => a - b)).toEqual(ramp.at)
    expect(new Set(ramp.at).size).toBe(ramp.at.length)
  })
})
