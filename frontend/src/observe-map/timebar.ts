/** The bar under the map: play, a day in steps of ten minutes, the moment in words, replay of any past moment. */

import { clockTime, dayTime, fromField, toField } from '../beijing'
import { fill, h } from '../dom'
import { say } from '../text'
import type { Store, View } from './view'

export const STEP_MS = 600_000
export const STEPS = 144
const PLAY_MS = 700

/** The moment at a place of the slider; null at its live end. */
export function momentAt(place: number, end: number, live: boolean): string | null {
  if (place >= STEPS && live) return null
  return new Date(end - (STEPS - Math.min(STEPS, Math.max(0, place))) * STEP_MS).toISOString()
}

/** The place of a moment on the slider. */
export function placeOf(at: string | null, end: number): number {
  if (at === null) return STEPS
  return Math.min(STEPS, Math.max(0, STEPS - Math.round((end - Date.parse(at)) / STEP_MS)))
}

/** Give the last step of ten minutes that is over. */
export function floored(ms: number): number {
  return Math.floor(ms / STEP_MS) * STEP_MS
}

/** Draws the bar and moves the view through time. */
export class Timebar {
  private readonly play = h('button', { class: 'btn primary play', type: 'button' })
  private readonly range = h('input', { type: 'range', min: 0, max: STEPS, step: 1, 'aria-label': say('时间') })
  private readonly scale = h('div', { class: 'scale', 'aria-hidden': 'true' })
  private readonly face = h('output', { class: 'face' })
  private readonly back = h('button', { class: 'btn', type: 'button' }, say('现在'))
  private readonly field = h('input', { class: 'field', type: 'datetime-local', 'aria-label': say('回放到') })
  private live = true
  private timer = 0

  constructor(
    root: HTMLElement,
    private readonly store: Store<View>,
    private readonly now: () => number,
  ) {
    this.live = store.now.at === null
    this.play.addEventListener('click', () => this.turn())
    this.range.addEventListener('input', () => this.to(Number(this.range.value)))
    this.back.addEventListener('click', () => this.present())
    this.field.addEventListener('change', () => this.replay(fromField(this.field.value)))
    const track = h('div', { class: 'track', 'aria-hidden': 'true' }, h('i', { class: 'radar' }))
    const slider = h('div', { class: 'slider' }, track, this.range, this.scale)
    const replay = h('label', { class: 'replay' }, h('span', {}, say('回放到')), this.field)
    fill(root, this.play, slider, this.face, this.back, replay)
    store.on(['end'], () => this.ticks())
    store.on(['at', 'end', 'field', 'playing', 'loading'], () => this.show())
    this.ticks()
    this.show()
  }

  /** Go some steps forth or back. */
  step(by: number): void {
    this.to(placeOf(this.store.now.at, this.store.now.end) + by)
  }

  /** Go to the present. */
  present(): void {
    this.live = true
    this.store.put({ at: null, end: floored(this.now()), playing: false })
  }

  /** Begin or stop to play; at the end it begins anew six hours before. */
  turn(): void {
    const playing = !this.store.now.playing
    clearTimeout(this.timer)
    if (playing && placeOf(this.store.now.at, this.store.now.end) === STEPS) this.to(STEPS - 36)
    this.store.put({ playing })
    if (playing) this.timer = window.setTimeout(() => this.onward(), PLAY_MS)
  }

  private onward(): void {
    if (!this.store.now.playing) return
    if (!this.store.now.loading) this.step(1)
    const done = placeOf(this.store.now.at, this.store.now.end) >= STEPS
    this.store.put({ playing: !done })
    if (!done) this.timer = window.setTimeout(() => this.onward(), PLAY_MS)
  }

  private to(place: number): void {
    this.store.put({ at: momentAt(place, this.store.now.end, this.live) })
  }

  private replay(ms: number | null): void {
    if (ms === null || ms >= this.now()) {
      this.present()
      return
    }
    this.live = false
    this.store.put({ at: new Date(ms).toISOString(), end: ms, playing: false })
  }

  private ticks(): void {
    const { end } = this.store.now
    const first = Math.ceil((end - STEPS * STEP_MS) / (3 * 3600_000)) * 3 * 3600_000
    const marks = Array.from({ length: 9 }, (_, i) => first + i * 3 * 3600_000).filter((ms) => ms <= end)
    const left = (ms: number) => 100 - (100 * (end - ms)) / (STEPS * STEP_MS)
    fill(this.scale, ...marks.map((ms) => h('span', { class: 'hour', style: `left:${left(ms)}%` }, clockTime(ms))))
  }

  private show(): void {
    const { at, end, field, playing, loading } = this.store.now
    fill(this.play, playing ? '❚❚' : '▶', h('span', {}, playing ? say('暂停') : say('播放')))
    this.play.setAttribute('aria-pressed', String(playing))
    this.back.disabled = at === null
    this.range.value = String(placeOf(at, end))
    const ms = at === null ? Date.parse(field?.at ?? '') || end : Date.parse(at)
    const kind = at === null ? say('实况') : say('回放')
    this.range.setAttribute('aria-valuetext', `${kind} ${dayTime(ms)}`)
    this.face.dataset.kind = at === null ? 'now' : 'past'
    this.face.classList.toggle('waiting', loading)
    fill(this.face, h('b', {}, kind), h('time', { datetime: new Date(ms).toISOString() }, dayTime(ms)))
    if (document.activeElement !== this.field) this.field.value = at ? toField(Date.parse(at)) : ''
  }
}
