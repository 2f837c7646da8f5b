/** The bar under the map: play, one slider from the past into the forecast, the moment in words, replay of a past hour. */

import { clockTime, dayTime, fromField, toField } from '../beijing'
import { fill, h } from '../dom'
import { say } from '../text'
import { present, type Step } from './timeline'
import type { View } from './view'

export interface TimebarSays {
  play(): void
  to(place: number): void
  now(): void
  replay(ms: number | null): void
}

/** The moment of a step in words: what kind it is, how far ahead, what time. */
export function moment(step: Step, atPresent: boolean, replayed: boolean): { kind: string; words: string } {
  if (step.kind === 'nowcast') return { kind: say('预报'), words: say('+{0}分', step.lead) }
  if (!atPresent) return { kind: say('回放'), words: '' }
  return { kind: replayed ? say('回放') : say('实况'), words: '' }
}

const HALF_HOUR_MS = 1800_000

/** Steps that get a time written under them: those that begin a new half hour. */
export function ticks(line: Step[]): number[] {
  return line.flatMap((step, place) => {
    const before = line[place - 1]
    const begins = before && Math.floor(step.ms / HALF_HOUR_MS) !== Math.floor(before.ms / HALF_HOUR_MS)
    return begins ? [place] : []
  })
}

/** Draws the bar and tells what the hand on it wants. */
export class Timebar {
  private readonly play = h('button', { class: 'btn primary play', type: 'button' })
  private readonly range = h('input', { type: 'range', min: 0, max: 0, step: 1, 'aria-label': say('时间') })
  private readonly track = h('div', { class: 'track', 'aria-hidden': 'true' })
  private readonly scale = h('div', { class: 'scale', 'aria-hidden': 'true' })
  private readonly face = h('output', { class: 'face' })
  private readonly back = h('button', { class: 'btn', type: 'button' }, say('现在'))
  private readonly field = h('input', { class: 'field', type: 'datetime-local', 'aria-label': say('回放到') })

  constructor(root: HTMLElement, says: TimebarSays) {
    this.play.addEventListener('click', () => says.play())
    this.range.addEventListener('input', () => says.to(Number(this.range.value)))
    this.back.addEventListener('click', () => says.now())
    this.field.addEventListener('change', () => says.replay(fromField(this.field.value)))
    const slider = h('div', { class: 'slider' }, this.track, this.range, this.scale)
    const replay = h('label', { class: 'replay' }, h('span', {}, say('回放到')), this.field)
    fill(root, this.play, slider, this.face, this.back, replay)
  }

  /** Draw the cells and the times under them. */
  line(line: Step[]): void {
    this.range.max = String(Math.max(0, line.length - 1))
    const now = present(line)
    const cells = line.map((step, place) => h('i', { class: `${step.kind}${place === now ? ' present' : ''}` }))
    fill(this.track, ...cells)
    const width = Math.max(1, line.length - 1)
    fill(this.scale, ...ticks(line).map((place) => this.tick(line, place, width)))
  }

  private tick(line: Step[], place: number, width: number): HTMLElement {
    const ms = line[place]?.ms ?? 0
    const hour = new Date(ms).getUTCMinutes() < 15
    const style = `left:${(100 * place) / width}%`
    return h('span', { style, class: hour ? 'hour' : 'half' }, clockTime(ms))
  }

  /** Show where the view stands. */
  show(view: Readonly<View>): void {
    const step = view.line[view.place]
    fill(this.play, view.playing ? '❚❚' : '▶', h('span', {}, view.playing ? say('暂停') : say('播放')))
    this.play.setAttribute('aria-pressed', String(view.playing))
    this.back.disabled = view.follow && view.anchor === null
    if (!step) return
    this.range.value = String(view.place)
    const { kind, words } = moment(step, view.place === present(view.line), view.anchor !== null)
    this.range.setAttribute('aria-valuetext', `${kind} ${words} ${dayTime(step.ms)}`)
    this.face.dataset.kind = step.kind === 'nowcast' ? 'ahead' : kind === say('回放') ? 'past' : 'now'
    fill(
      this.face,
      h('b', {}, kind),
      words ? h('em', {}, words) : null,
      h('time', { datetime: new Date(step.ms).toISOString() }, dayTime(step.ms)),
    )
    if (document.activeElement !== this.field) this.field.value = view.anchor ? toField(Date.parse(view.anchor)) : ''
  }
}
