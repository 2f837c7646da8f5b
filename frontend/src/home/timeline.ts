/** The one time line of the home page: from what was seen to what is expected. */

import type { Frame, Timeline } from '../api'

export interface Step {
  ms: number
  /** `radar` and `none` are past or present (`none` has no picture), `nowcast` lies ahead. */
  kind: 'radar' | 'nowcast' | 'none'
  /** Minutes ahead of the run's time; 0 for what was seen. */
  lead: number
  url: string | null
}

const REACH_MS = 3 * 3600_000
const BARE_STEP_MS = 10 * 60_000
/** A radar picture older than this is called late. */
export const LATE_MIN = 15

/** Line up the frames, one a moment: a seen one wins over an expected one. Without any, bare steps of 10 min. */
export function steps(timeline: Timeline): Step[] {
  const at = Date.parse(timeline.at)
  const byTime = new Map<number, Step>()
  for (const frame of timeline.frames) {
    const step = fromFrame(frame)
    if (step && (step.kind === 'radar' || !byTime.has(step.ms))) byTime.set(step.ms, step)
  }
  const found = [...byTime.values()].sort((a, b) => a.ms - b.ms)
  const seen = found.filter((step) => step.kind === 'radar')
  const last = seen.at(-1)
  const ahead = found.filter((step) => step.kind === 'nowcast' && step.ms > (last?.ms ?? at))
  return [...(seen.length > 0 ? seen : bare(at)), ...ahead]
}

function fromFrame(frame: Frame): Step | null {
  const ms = Date.parse(frame.time)
  return Number.isNaN(ms) ? null : { ms, kind: frame.kind, lead: frame.lead_min, url: frame.url }
}

function bare(at: number): Step[] {
  const count = REACH_MS / BARE_STEP_MS
  return Array.from({ length: count + 1 }, (_, i) => ({
    ms: at - (count - i) * BARE_STEP_MS,
    kind: 'none' as const,
    lead: 0,
    url: null,
  }))
}

/** The place of the present: the last step that is not ahead; -1 when there are no steps. */
export function present(line: Step[]): number {
  return line.findLastIndex((step) => step.kind !== 'nowcast')
}

/** The place nearest to a moment; -1 when there are no steps. */
export function nearest(line: Step[], ms: number): number {
  return line.reduce((best, step, place) => {
    const held = line[best]
    return !held || Math.abs(step.ms - ms) < Math.abs(held.ms - ms) ? place : best
  }, -1)
}

/** What the stations and warnings are asked as of: null for the present, else the step's moment. */
export function asOf(line: Step[], place: number, anchor: string | null): string | null {
  const step = line[place]
  if (!step || place >= present(line)) return anchor
  return new Date(step.ms).toISOString()
}

/** Where to stand after the line has changed: follow the present, or stay at the same moment. */
export function stay(old: Step[], place: number, fresh: Step[], follow: boolean): number {
  const held = old[place]
  return follow || !held ? present(fresh) : nearest(fresh, held.ms)
}

/** Minutes by which the last picture lags behind; null without pictures. */
export function lag(line: Step[], at: string): number | null {
  const step = line[present(line)]
  return step?.kind === 'radar' ? Math.round((Date.parse(at) - step.ms) / 60_000) : null
}
