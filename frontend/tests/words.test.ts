import { describe, expect, it } from 'vitest'
import { ENGLISH } from '../src/english'
import { PICKS } from '../src/home/pick'
import { put, say } from '../src/text'

const SCRIPTS = import.meta.glob<string>('../src/**/*.ts', { query: '?raw', import: 'default', eager: true })

function said(script: string): string[] {
  return [...script.matchAll(/\bsay\(\s*'([^']+)'/g)].map((hit) => hit[1] ?? '')
}

describe('words', () => {
  it('all have English', () => {
    const all = Object.values(SCRIPTS).flatMap(said)
    expect(all.length).toBeGreaterThan(40)
    expect(all.filter((words) => !(words in ENGLISH))).toEqual([])
  })
  it('of the choices have English', () => {
    expect(PICKS.flatMap(({ zh, most }) => [zh, most]).filter((words) => !(words in ENGLISH))).toEqual([])
  })
  it('keep their places in English', () => {
    const places = (text: string) => (text.match(/\{\d\}/g) ?? []).sort()
    for (const [zh, en] of Object.entries(ENGLISH)) expect(places(en), zh).toEqual(places(zh))
  })
  it('are Chinese where the page is', () => expect(say('预报')).toBe('预报'))
  it('are filled in', () => expect(put('{0} of {1}', [1, 'two'])).toBe('1 of two'))
})
