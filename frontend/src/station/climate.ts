/** The last days of a station beside the band in which its earlier years lay. */

import { say } from '../text'
import { token } from '../theme'
import { base, type Option, valueAxis } from './plot'
import type { Sheet } from './sheet'

type Row = (number | null)[]

export interface Climate {
  element: string
  figure: 'mean' | 'sum'
  first: string | null
  days: string[]
  value: Row
  min: Row
  max: Row
  low: Row
  p10: Row
  p50: Row
  p90: Row
  high: Row
  years: number[]
}

/** Fewer years are only a hint. */
export const FEW_YEARS = 10

/** Most years that speak for any of the days. */
export function years(climate: Climate): number {
  return Math.max(0, ...climate.years)
}

/** The drawing; `unit` is written above the axis. */
export function option(climate: Climate, unit: string): Option {
  const bars = climate.figure === 'sum'
  const colour = bars ? '#3b82f6' : '#e0662f'
  return {
    ...base(),
    legend: {
      top: 0,
      right: 10,
      textStyle: { color: token('muted'), fontSize: 11 },
      itemWidth: 14,
      data: [say('本站'), say('历年中位'), say('历年 10%–90%'), say('历年极值')],
    },
    grid: { left: 46, right: 14, top: 34, bottom: 24 },
    xAxis: {
      type: 'category',
      boundaryGap: bars,
      data: climate.days.map((day) => day.slice(5)),
      axisLabel: { color: token('muted') },
      axisLine: { lineStyle: { color: token('line-strong') } },
    },
    yAxis: valueAxis(0, unit, bars ? 0 : null),
    series: [
      ...band(say('历年极值'), climate.low, climate.high, 0.1),
      ...band(say('历年 10%–90%'), climate.p10, climate.p90, 0.22),
      line(say('历年中位'), climate.p50, token('muted'), 'dashed'),
      bars
        ? { name: say('本站'), type: 'bar', data: climate.value, barMaxWidth: 14, itemStyle: { color: colour } }
        : line(say('本站'), climate.value, colour, 'solid'),
    ],
  } as Option
}

function line(name: string, data: Row, colour: string, type: 'dashed' | 'solid') {
  const width = type === 'solid' ? 2.2 : 1.2
  return {
    name,
    type: 'line',
    data,
    showSymbol: type === 'solid',
    symbolSize: 4,
    lineStyle: { color: colour, type, width },
    itemStyle: { color: colour },
  }
}

function band(name: string, low: Row, high: Row, opacity: number) {
  const gap = high.map((value, i) => {
    const under = low[i]
    return value === null || under === null || under === undefined ? null : Math.round((value - under) * 100) / 100
  })
  const quiet = {
    type: 'line',
    showSymbol: false,
    silent: true,
    tooltip: { show: false },
    stack: name,
    stackStrategy: 'all',
  }
  const colour = token('accent')
  return [
    { ...quiet, data: low, lineStyle: { opacity: 0 } },
    {
      ...quiet,
      name,
      data: gap,
      lineStyle: { opacity: 0 },
      itemStyle: { color: colour },
      areaStyle: { color: colour, opacity },
    },
  ]
}

/** The table behind it. */
export function sheet(climate: Climate): Sheet {
  const write = (value: number | null | undefined) => (value === null || value === undefined ? '–' : String(value))
  return {
    caption: say('逐日值与历年同期'),
    columns: [
      say('气候日'),
      say('本站'),
      say('最低'),
      say('最高'),
      say('历年最低'),
      '10%',
      '50%',
      '90%',
      say('历年最高'),
      say('年数'),
    ],
    rows: climate.days.map((day, i) => [
      day,
      ...[
        climate.value,
        climate.min,
        climate.max,
        climate.low,
        climate.p10,
        climate.p50,
        climate.p90,
        climate.high,
      ].map((row) => write(row[i])),
      String(climate.years[i] ?? 0),
    ]),
  }
}

/** What is to be known before it is read. */
export function words(climate: Climate): string {
  if (climate.first === null) return say('本站还没有历史资料')
  const most = years(climate)
  if (most === 0) return say('历史资料自 {0} 起，还没有往年同期可比', climate.first)
  const hint = most < FEW_YEARS ? say('不足 10 年，仅供参考') : ''
  return `${say('与 {0} 年同期（前后各 7 天）比较，历史自 {1} 起', most, climate.first)} ${hint}`.trim()
}
