/** What every page has: the look, htmx, the theme, the clock, the keys. */

import './style/tokens.css'
import './style/page.css'
import './style/parts.css'
import './style/desk.css'
import './style/assess.css'
import './style/station.css'
import htmx from 'htmx.org'
import { tick } from './clock'
import { forPage, help } from './keys'
import { walk } from './rows'
import { say } from './text'
import { change, dress } from './theme'

dress()
htmx.config.allowEval = false
htmx.config.includeIndicatorStyles = false

function complain(words: string): void {
  const place = document.querySelector('[data-messages]')
  const line = document.createElement('li')
  line.className = 'notice error'
  line.textContent = words
  place?.replaceChildren(line)
}

document.addEventListener('htmx:responseError', (event) => {
  const { status } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr
  complain(status === 403 ? say('没有权限做这件事') : `${say('这一步没有完成，请稍后再试')} (${status})`)
})
document.addEventListener('htmx:sendError', () => complain(say('连不上服务器，请检查网络后再试')))

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest('[data-theme-switch]')) change()
  if (target?.closest('[data-keys]')) help()
})
document.addEventListener('keydown', (event) => {
  if (!forPage(event)) return
  if (event.key === '?') help()
  if (event.key === 't') change()
  if (event.key === 'j') walk(1)
  if (event.key === 'k') walk(-1)
})
tick()
