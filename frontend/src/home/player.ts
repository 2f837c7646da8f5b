/** Playing: one step after the other, a rest at the end, then from the beginning. */

import type { View } from './view'

export const STEP_MS = 450
export const REST_MS = 1500

/** The next place when playing, and how long to stay there. */
export function next(place: number, count: number): { place: number; ms: number } {
  const to = place + 1 < count ? place + 1 : 0
  return { place: to, ms: to === count - 1 ? REST_MS : STEP_MS }
}

/** Turns the pages while playing. */
export class Player {
  private timer = 0

  constructor(
    private readonly to: (place: number) => void,
    private readonly view: () => Readonly<View>,
  ) {}

  /** Start or stop. */
  turn(on: boolean): void {
    clearTimeout(this.timer)
    if (on) this.timer = window.setTimeout(() => this.step(), STEP_MS)
  }

  private step(): void {
    const { place, line } = this.view()
    const turned = next(place, line.length)
    this.to(turned.place)
    this.timer = window.setTimeout(() => this.step(), turned.ms)
  }
}
