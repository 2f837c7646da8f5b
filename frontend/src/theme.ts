/** Light for the office, dark for the duty room; the choice is kept here and told to the server by a cookie. */

export type Theme = 'light' | 'dark'
const KEY = 'theme'
const YEAR_S = 365 * 24 * 3600

/** Choose: what was chosen before, else what the system prefers. */
export function chosen(stored: string | null, prefersDark: boolean): Theme {
  if (stored === 'light' || stored === 'dark') return stored
  return prefersDark ? 'dark' : 'light'
}

/** Give the theme the page is in. */
export function theme(): Theme {
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light'
}

function put(next: Theme): void {
  if (document.documentElement.dataset.theme === next) return
  document.documentElement.dataset.theme = next
  document.dispatchEvent(new CustomEvent('xt:theme', { detail: next }))
}

/** Dress the page and follow the system until somebody chooses. */
export function dress(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const told = document.documentElement.dataset.theme ?? null
  const settle = () => put(chosen(localStorage.getItem(KEY) ?? told, dark.matches))
  settle()
  dark.addEventListener('change', settle)
}

/** Change over and remember it. */
export function change(): void {
  const next: Theme = theme() === 'dark' ? 'light' : 'dark'
  localStorage.setItem(KEY, next)
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it, so that a page is dressed before it is shown
  document.cookie = `${KEY}=${next};path=/;max-age=${YEAR_S};samesite=lax`
  put(next)
}

/** Read a colour or measure of the present theme. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}
