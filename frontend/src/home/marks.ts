/** Marks over the map that say what must not be overlooked: replay, late pictures, lost connection. */

import { beijing, clockTime, dayTime } from '../beijing'
import { fill, h } from '../dom'
import { say } from '../text'
import { LATE_MIN, lag } from './timeline'
import type { View } from './view'

/** Write the marks that hold now. */
export function marks(root: HTMLElement, view: Readonly<View>): void {
  const found = [session(view), exercise(view), stale(view), replay(view), late(view), picture(view), ahead(view)]
  const fresh = found.filter((one) => one !== null)
  const words = fresh.map((one) => one.textContent).join('|')
  if (root.dataset.words === words) return
  root.dataset.words = words
  fill(root, ...fresh)
}

function session(view: Readonly<View>): HTMLElement | null {
  if (view.trouble !== 'session') return null
  return h(
    'a',
    { class: 'mark wrong', href: `/login/?next=${encodeURIComponent(location.pathname)}` },
    say('登录已过期，请重新登录'),
  )
}

/** The page was opened before the exercise began, so that it has no band. */
function exercise(view: Readonly<View>): HTMLElement | null {
  if (!view.timeline?.exercise || document.querySelector('[data-exercise]')) return null
  return h('strong', { class: 'mark badge exercise-mark' }, say('【演练 EXERCISE】 正在演练'))
}

function stale(view: Readonly<View>): HTMLElement | null {
  if (view.trouble !== 'stale') return null
  const since = view.timeline === null ? '' : beijing(Date.parse(view.timeline.now)).slice(11)
  return h('span', { class: 'mark wrong' }, since ? say('连接中断，数据停在 {0}', since) : say('连接中断，正在重试'))
}

function replay(view: Readonly<View>): HTMLElement | null {
  if (view.anchor === null) return null
  return h('span', { class: 'mark replaying' }, say('回放：{0} 当时所知', dayTime(Date.parse(view.anchor))))
}

function late(view: Readonly<View>): HTMLElement | null {
  if (!view.timeline) return null
  const minutes = lag(view.line, view.timeline.at)
  if (minutes === null) return h('span', { class: 'mark' }, say('没有雷达图'))
  return minutes > LATE_MIN ? h('span', { class: 'mark suspect' }, say('雷达图迟到 {0} 分钟', minutes)) : null
}

function ahead(view: Readonly<View>): HTMLElement | null {
  const step = view.line[view.place]
  if (step?.kind !== 'nowcast' || !view.timeline) return null
  return h('span', { class: 'mark' }, say('站点值是 {0} 的实况', clockTime(Date.parse(view.timeline.at))))
}

function picture(view: Readonly<View>): HTMLElement | null {
  const step = view.line[view.place]
  if (!view.missingPicture || !step) return null
  return h('span', { class: 'mark suspect' }, say('{0} 的图取不到', clockTime(step.ms)))
}
