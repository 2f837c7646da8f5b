/** What the checks doubted, day by day and test by test; and the newest doubted values. */

import { dayTime } from '../beijing'
import { h } from '../dom'
import { named, say } from '../text'
import { token } from '../theme'
import { base, type Option, SERIES } from './plot'
import type { Sheet } from './sheet'

export interface Quality {
  days: string[]
  values: number[]
  flags: Record<string, number[]>
  tests: Record<string, { suspect: number[]; fail: number[] }>
  doubts: {
    time: string
    element: string
    value: number | null
    flag: number
    tests: Record<string, 'suspect' | 'fail'>
  }[]
}

type Named = { name: string; zh: string; en: string }

const TESTS: Record<string, string> = {
  limits: '界限值',
  range: '气候范围',
  step: '时间变化',
  step_60min: '小时变化',
  persistence: '持续性',
  internal: '内部一致性',
  neighbours: '邻站比较',
  spatial: '空间一致性',
  rain: '降水',
  gauge: '雨量筒',
}

/** Name a test. */
export function test(name: string): string {
  return TESTS[name] ? say(TESTS[name]) : name
}

/** Values each test doubted, day by day. */
export function doubted(quality: Quality): { name: string; counts: number[] }[] {
  return Object.entries(quality.tests).map(([name, { suspect, fail }]) => ({
    name,
    counts: quality.days.map((_, i) => (suspect[i] ?? 0) + (fail[i] ?? 0)),
  }))
}

/** The drawing. */
export function option(quality: Quality): Option {
  return {
    ...base(),
    legend: { top: 0, textStyle: { color: token('muted'), fontSize: 11 }, itemWidth: 12, itemHeight: 10 },
    grid: { left: 46, right: 14, top: 34, bottom: 24 },
    xAxis: {
      type: 'category',
      data: quality.days.map((day) => day.slice(5)),
      axisLabel: { color: token('muted') },
      axisLine: { lineStyle: { color: token('line-strong') } },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: token('muted'), fontSize: 11 },
      splitLine: { lineStyle: { color: token('line') } },
    },
    series: doubted(quality).map(({ name, counts }, i) => ({
      name: test(name),
      type: 'bar',
      stack: 'tests',
      barMaxWidth: 18,
      itemStyle: { color: SERIES[i % SERIES.length] },
      data: counts,
    })),
  } as Option
}

/** The table behind it. */
export function sheet(quality: Quality): Sheet {
  const tests = Object.entries(quality.tests)
  return {
    caption: say('各检查逐日的可疑数／错误数'),
    columns: [say('日期'), say('参检值'), say('可疑'), say('错误'), ...tests.map(([name]) => test(name))],
    rows: quality.days.map((day, i) => [
      day,
      String(quality.values[i] ?? 0),
      String(quality.flags['1']?.[i] ?? 0),
      String(quality.flags['2']?.[i] ?? 0),
      ...tests.map(([, { suspect, fail }]) => `${suspect[i] ?? 0} / ${fail[i] ?? 0}`),
    ]),
  }
}

/** The list of the newest doubted values. */
export function list(quality: Quality, elements: Named[], shown: number): HTMLElement {
  if (quality.doubts.length === 0) return h('p', { class: 'empty' }, say('这段时间没有可疑或错误的值'))
  const rows = quality.doubts.slice(0, shown).map((one) => {
    const element = elements.find(({ name }) => name === one.element)
    const badge =
      one.flag === 2
        ? h('span', { class: 'badge wrong' }, '✕ ', say('错误'))
        : h('span', { class: 'badge suspect' }, '? ', say('可疑'))
    const tests = Object.entries(one.tests).map(([name, said]) => `${test(name)}${said === 'fail' ? ' ✕' : ' ?'}`)
    return h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'nowrap' }, dayTime(Date.parse(one.time))),
      h('td', { class: 'nowrap' }, element ? named(element) : one.element),
      h('td', { class: 'num' }, one.value === null ? '–' : String(one.value)),
      h('td', {}, badge),
      h('td', {}, tests.join('、')),
    )
  })
  const head = [say('时间'), say('要素'), say('值'), say('质量'), say('哪些检查')]
  return h(
    'div',
    { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': say('最近的可疑与错误值') },
    h(
      'table',
      { class: 'table tight' },
      h('caption', { class: 'visually-hidden' }, say('最近的可疑与错误值')),
      h(
        'thead',
        {},
        h('tr', {}, ...head.map((words, i) => h('th', { scope: 'col', class: i === 2 ? 'num' : null }, words))),
      ),
      h('tbody', {}, ...rows),
    ),
  )
}
