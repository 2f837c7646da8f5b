/** Keys: whether a stroke is meant for the page, and the sheet that tells what strokes do. */

const TYPING = new Set(['INPUT', 'TEXTAREA', 'SELECT'])

/** Tell whether a stroke belongs to the page and not to a field, a button or the browser. */
export function forPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false
  const target = event.target instanceof HTMLElement ? event.target : null
  if (!target) return true
  if (TYPING.has(target.tagName) && !target.matches('input[type=range], input[type=radio]')) return false
  if (target.isContentEditable || target.closest('dialog[open]')) return false
  return !(event.key === ' ' && target.closest('button, a, summary, input[type=radio]'))
}

/** Open the sheet with the keys of this page. */
export function help(): void {
  const sheet = document.querySelector<HTMLDialogElement>('#keys')
  if (sheet && !sheet.open) sheet.showModal()
}
