/** The wind rose: how often the wind blew from each sector, by class of speed. */

import { say } from '../text'
import { token } from '../theme'
import { base, type Option } from './plot'
import type { Sheet } from './sheet'

export interface Rose {
  speed: string
  sectors: string[]
  edges: number[]
  counts: number[][]
  mean: (number | null)[]
  calm: number
  unknown: number
  total: number
  calm_share: number | null
  prevailing: string | null
}

const FORCES = ['#9fc5e8', '#5fa8d8', '#3b82c4', '#f2c230', '#ef7b26', '#c4222c']
const HALF_SECTOR = 11.25

/** Name a class of speed, `1.6–3.3`. */
export function classes(edges: number[]): string[] {
  return edges.map((low, i) => {
    const next = edges[i + 1]
    return next === undefined ? `≥ ${low}` : `${low}–${(next - 0.1).toFixed(1)}`
  })
}

/** Shares of all readings (calm ones too) by class and sector, percent. */
export function shares(rose: Rose): number[][] {
  const each = (sector: number, kind: number) => ((rose.counts[sector]?.[kind] ?? 0) / Math.max(1, rose.total)) * 100
  return rose.edges.map((_, kind) => rose.sectors.map((_, sector) => Math.round(each(sector, kind) * 10) / 10))
}

/** The drawing. */
export function option(rose: Rose): Option {
  const share = shares(rose)
  return {
    ...base(),
    tooltip: { ...(base().tooltip as object), trigger: 'item', axisPointer: { type: 'none' } },
    legend: { bottom: 0, textStyle: { color: token('muted'), fontSize: 11 }, itemWidth: 12, itemHeight: 10 },
    polar: { center: ['50%', '45%'], radius: '68%' },
    angleAxis: {
      type: 'category',
      data: rose.sectors,
      startAngle: 90 + HALF_SECTOR,
      axisLabel: { color: token('ink'), interval: (_: number, name: string) => name.length < 3 },
      axisLine: { lineStyle: { color: token('line-strong') } },
      axisTick: { show: false },
    },
    radiusAxis: {
      axisLabel: { color: token('muted'), fontSize: 10, formatter: '{value}%' },
      axisLine: { show: false },
      splitLine: { lineStyle: { color: token('line') } },
    },
    series: classes(rose.edges).map((name, kind) => ({
      name: `${name} m/s`,
      type: 'bar',
      coordinateSystem: 'polar',
      stack: 'rose',
      barCategoryGap: '8%',
      itemStyle: { color: FORCES[kind % FORCES.length] },
      data: share[kind],
    })),
  } as Option
}

/** The table behind it. */
export function sheet(rose: Rose): Sheet {
  const kinds = classes(rose.edges)
  const rows = rose.sectors.map((name, i) => [
    name,
    ...kinds.map((_, kind) => String(rose.counts[i]?.[kind] ?? 0)),
    rose.mean[i]?.toFixed(1) ?? '–',
  ])
  rows.push([say('静风'), ...kinds.map(() => ''), String(rose.calm)])
  return {
    caption: say('各风向的次数与平均风速'),
    columns: [say('风向'), ...kinds.map((kind) => `${kind} m/s`), say('平均风速 m/s')],
    rows,
  }
}

/** What it says in a sentence. */
export function words(rose: Rose): string {
  if (rose.total === 0) return say('这段时间没有风的数据')
  const calm = ((rose.calm_share ?? 0) * 100).toFixed(1)
  return say('{0} 次读数，静风 {1}%，最多风向 {2}', rose.total, calm, rose.prevailing ?? '–')
}
