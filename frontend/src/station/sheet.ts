/** The table behind a chart: made when somebody opens it, so that a thousand rows cost nothing unseen. */

import { h } from '../dom'
import { say } from '../text'

export interface Sheet {
  caption: string
  columns: string[]
  /** Text of each cell; the first of a row is its heading. */
  rows: string[][]
}

const MOST_ROWS = 1500

/**
 * Put a fold with the table of a chart into a place; `sheet` is asked when it is opened. While the table of the same
 * question (`csv`) stands open it is left as it is, so that nobody loses the line being read.
 */
export function fold(place: HTMLElement, sheet: () => Sheet, csv: string | null): void {
  const old = place.querySelector<HTMLDetailsElement>('details.datasheet')
  if (old?.open && csv !== null && place.dataset.csv === csv) return
  place.dataset.csv = csv ?? ''
  const body = h('div', { class: 'sheetbody' })
  const details = h('details', { class: 'datasheet' }, h('summary', {}, say('数据表')), body)
  details.addEventListener('toggle', () => {
    if (details.open) body.replaceChildren(table(sheet()))
  })
  const link = csv === null ? saver(sheet) : h('a', { class: 'btn quiet', href: csv, download: true }, 'CSV')
  place.replaceChildren(details, link)
  if (old?.open) details.open = true
}

function table(sheet: Sheet): HTMLElement {
  const head = h(
    'tr',
    {},
    ...sheet.columns.map((words, i) => h('th', { scope: 'col', class: i ? 'num' : null }, words)),
  )
  const rows = sheet.rows
    .slice(0, MOST_ROWS)
    .map(([first = '', ...rest]) =>
      h('tr', {}, h('th', { scope: 'row' }, first), ...rest.map((cell) => h('td', { class: 'num' }, cell))),
    )
  const more = sheet.rows.length - rows.length
  const caption = h(
    'caption',
    {},
    more > 0 ? `${sheet.caption} · ${say('只列出前 {0} 行，其余见 CSV', MOST_ROWS)}` : sheet.caption,
  )
  return h(
    'div',
    { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': sheet.caption },
    h('table', { class: 'table tight' }, caption, h('thead', {}, head), h('tbody', {}, ...rows)),
  )
}

/** Write a table as a spreadsheet of the office reads it: UTF-8 with a mark, every cell in quotes. */
export function written(sheet: Sheet): string {
  const row = (cells: string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')
  return `\uFEFF${[sheet.columns, ...sheet.rows].map(row).join('\r\n')}\r\n`
}

/** A button that saves the table of a chart for which the server has no file of its own. */
function saver(sheet: () => Sheet): HTMLElement {
  const save = () => {
    const told = sheet()
    const url = URL.createObjectURL(new Blob([written(told)], { type: 'text/csv;charset=utf-8' }))
    h('a', { href: url, download: `${told.caption}.csv` }).click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
  return h('button', { class: 'btn quiet', type: 'button', onclick: save }, 'CSV')
}
