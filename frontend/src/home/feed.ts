/** Asking again and again, kindly: a pause between rounds, longer pauses after failures, none while unseen. */

export const EVERY_MS = 10_000
export const LONGEST_MS = 120_000

/** The pause before the next round after so many failures in a row, ms. */
export function pause(failures: number): number {
  return Math.min(LONGEST_MS, EVERY_MS * 2 ** Math.min(failures, 10))
}

/** Runs a round now and then; one at a time. */
export class Feed {
  private failures = 0
  private timer = 0
  private running = false
  private again = false

  constructor(
    private readonly round: () => Promise<void>,
    /** Told after each round: null, or what went wrong. */
    private readonly told: (error: unknown) => void,
  ) {
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) void this.now()
    })
  }

  /** Do a round at once; a round under way is followed by another. */
  async now(): Promise<void> {
    if (this.running) {
      this.again = true
      return
    }
    clearTimeout(this.timer)
    this.running = true
    await this.once()
    this.running = false
    const soon = this.again
    this.again = false
    this.timer = window.setTimeout(() => this.next(), soon ? 0 : pause(this.failures))
  }

  private next(): void {
    if (!document.hidden) void this.now()
  }

  private async once(): Promise<void> {
    try {
      await this.round()
      this.failures = 0
      this.told(null)
    } catch (error) {
      this.failures += 1
      this.told(error)
    }
  }
}
