/** What is to be thought of a value: the quality code (core/flags.Flag), absence and age in one word. */

import { say } from './text'

export type Condition = 'good' | 'corrected' | 'unchecked' | 'suspect' | 'wrong' | 'stale' | 'missing' | 'no_task'

/** A reading older than this says nothing of the present, minutes. */
export const STALE_MIN = 15

const OF_FLAG: Record<number, Condition> = {
  0: 'good',
  1: 'suspect',
  2: 'wrong',
  3: 'corrected',
  4: 'corrected',
  7: 'no_task',
  8: 'missing',
  9: 'unchecked',
}

/** Judge a value by its flag and age (minutes; null: never reported); a report without value and flag has no such task. */
export function condition(value: number | null | undefined, flag: number | undefined, age: number | null): Condition {
  if (flag === undefined && age !== null && (value === null || value === undefined)) return 'no_task'
  const said = OF_FLAG[flag ?? 9] ?? 'unchecked'
  if (said === 'no_task') return said
  if (value === null || value === undefined || age === null || said === 'missing') return 'missing'
  if (said === 'wrong' || said === 'suspect') return said
  return age > STALE_MIN ? 'stale' : said
}

/** The sign written beside a doubtful number, so that colour is never the only one to tell. */
export function sign(state: Condition): string {
  return { suspect: '?', wrong: '✕', stale: '…' }[state as string] ?? ''
}

/** The word for it. */
export function word(state: Condition): string {
  const words: Record<Condition, string> = {
    good: say('正确'),
    corrected: say('订正'),
    unchecked: say('未质控'),
    suspect: say('可疑'),
    wrong: say('错误'),
    stale: say('过时'),
    missing: say('缺测'),
    no_task: say('无任务'),
  }
  return words[state]
}

/** The tone a badge of it has. */
export function tone(state: Condition): string {
  if (state === 'good' || state === 'corrected') return 'good'
  if (state === 'suspect' || state === 'stale') return 'suspect'
  return state === 'wrong' ? 'wrong' : 'absent'
}
