/** Lists by keyboard: j and k go down and up among the links marked `data-row`; Enter is the browser's own. */

/** Give the place in a list of `count` one step from `from` (-1: none yet); it stops at both ends. */
export function step(from: number, by: 1 | -1, count: number): number {
  if (from < 0) return by > 0 ? 0 : count - 1
  return Math.min(Math.max(from + by, 0), count - 1)
}

/** Go one link down or up. */
export function walk(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const from = links.findIndex((link) => link === document.activeElement)
  links[step(from, by, links.length)]?.focus()
}
