/** How far stations stand from the first one. */

export interface Compared {
  stations: string[]
  element: string
  hourly: boolean
  step_min: number
  times: string[]
  values: (number | null)[][]
}

/** Differences from the first station. */
export function differences(compared: Compared): (number | null)[][] {
  const [first = [], ...rest] = compared.values
  return rest.map((row) =>
    row.map((value, i) => {
      const reference = first[i]
      return value === null || reference === null || reference === undefined
        ? null
        : Math.round((value - reference) * 100) / 100
    }),
  )
}
