/** Words in the reader's language. Chinese is the source; English is looked up in the catalogue. */

import { ENGLISH } from './english'

export type Language = 'zh' | 'en'

/** Give the language the page was written in. */
export function language(): Language {
  return typeof document !== 'undefined' && document.documentElement.lang.startsWith('en') ? 'en' : 'zh'
}

/** Say something: `{0}`, `{1}`… are filled in. A sentence the catalogue lacks is said in Chinese. */
export function say(zh: string, ...parts: (string | number)[]): string {
  return put(language() === 'en' ? (ENGLISH[zh] ?? zh) : zh, parts)
}

/** Fill the places of a sentence. */
export function put(sentence: string, parts: (string | number)[]): string {
  return sentence.replace(/\{(\d)\}/g, (_, place: string) => String(parts[Number(place)] ?? ''))
}

/** Choose a thing's own name in the reader's language. */
export function named(thing: { zh: string; en: string }): string {
  return language() === 'en' ? thing.en || thing.zh : thing.zh
}
