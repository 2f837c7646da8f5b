/** Building elements: a tag, its attributes, its children. Text is always text, never markup. */

type Attribute = string | number | boolean | null | undefined | ((event: Event) => void)
export type Child = Node | string | number | null | false

/** Make an element; `on…` attributes are listeners, `true` is an empty attribute, `false` and null are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...shown(children))
  return element
}

/** Replace all that an element holds; the focus stays on the part with the same `data-keep`. */
export function fill(element: Element, ...children: Child[]): void {
  const held = element.contains(document.activeElement) ? document.activeElement : null
  const kept = held instanceof HTMLElement ? held.dataset.keep : undefined
  element.replaceChildren(...shown(children))
  if (kept) element.querySelector<HTMLElement>(`[data-keep="${CSS.escape(kept)}"]`)?.focus({ preventScroll: true })
}

/** Find an element that must be there. */
export function find<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector)
  if (!found) throw new Error(`the page has no ${selector}`)
  return found
}

function shown(children: Child[]): (Node | string)[] {
  return children
    .filter((child): child is Node | string | number => child !== null && child !== false)
    .map((child) => (typeof child === 'number' ? String(child) : child))
}
