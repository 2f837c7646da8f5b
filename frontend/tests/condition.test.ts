import { describe, expect, it } from 'vitest'
import { type Condition, condition, STALE_MIN, sign, tone, word } from '../src/condition'

// Codes of China's national information centre as listed in core/flags.py.
const CASES: [value: number | null, flag: number | undefined, age: number | null, said: Condition][] = [
  [1, 0, 0, 'good'],
  [1, 1, 0, 'suspect'],
  [1, 2, 0, 'wrong'],
  [1, 3, 0, 'corrected'],
  [1, 4, 0, 'corrected'],
  [null, 7, 0, 'no_task'],
  [null, 8, 0, 'missing'],
  [1, 8, 0, 'missing'],
  [1, 9, 0, 'unchecked'],
  [1, undefined, 0, 'unchecked'],
  [1, 5, 0, 'unchecked'],
  [null, 0, 0, 'missing'],
  [1, 0, null, 'missing'],
  [1, 0, STALE_MIN, 'good'],
  [1, 0, STALE_MIN + 1, 'stale'],
  [1, 2, STALE_MIN + 1, 'wrong'],
  [null, undefined, 0, 'no_task'],
  [null, undefined, null, 'missing'],
]

describe('condition', () => {
  it.each(CASES)('value %s, flag %s, age %s is %s', (value, flag, age, said) => {
    expect(condition(value, flag, age)).toBe(said)
  })
  it('is told without colour where it is doubtful', () => {
    expect([sign('suspect'), sign('wrong'), sign('stale')].every((text) => text.length === 1)).toBe(true)
    expect(sign('good')).toBe('')
  })
  it('has a word of its own for each', () => {
    const words = CASES.map(([, , , said]) => said)
    expect(new Set(words.map(word)).size).toBe(new Set(words).size)
  })
  it('never shows doubt in the tone of good', () => {
    expect([tone('suspect'), tone('wrong'), tone('stale'), tone('missing')]).not.toContain('good')
  })
})
