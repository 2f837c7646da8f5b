/** The clock in the bar: the server's time carried on at the scenario's rate. Rate 0 stands until told otherwise. */

import { beijing } from './beijing'

/** A clock that was right at one moment and runs at a rate. */
export class Clock {
  constructor(
    private shown: number,
    readonly rate: number,
    private read: number,
  ) {}

  /** What it shows (ms since 1970) when the machine's steady counter stands at `steady` (ms). */
  at(steady: number): number {
    return this.shown + (steady - this.read) * this.rate
  }

  /** Set it to the server's time. */
  set(shown: number, steady: number): void {
    this.shown = shown
    this.read = steady
  }
}

/** Let the clock of the page tick; `xt:now` events (detail: ms) set it right. */
export function tick(root: ParentNode = document): void {
  const face = root.querySelector<HTMLElement>('[data-clock]')
  const words = face?.querySelector('[data-clock-words]')
  if (!face || !words) return
  const clock = new Clock(Date.parse(face.dataset.now ?? ''), Number(face.dataset.rate ?? 1), performance.now())
  const show = () => {
    words.textContent = beijing(clock.at(performance.now())).slice(5)
  }
  document.addEventListener('xt:now', (event) => {
    clock.set((event as CustomEvent<number>).detail, performance.now())
    show()
  })
  show()
  setInterval(show, clock.rate > 4 ? 250 : 1000)
}
