import type { WorkRow } from '../api/types'

export const ORDERS = ['urgent', 'waiting', 'case'] as const
export type Order = (typeof ORDERS)[number]

const DAY_MS = 86_400_000

export const orderOf = (text: string | undefined): Order => ORDERS.find((order) => order === text) ?? 'urgent'

/** Days since a case began to wait; zero for a date that cannot be read. */
export function daysWaiting(row: Pick<WorkRow, 'waiting_since'>, now: Date): number {
  const since = Date.parse(row.waiting_since)
  return Number.isNaN(since) ? 0 : Math.max(0, (now.getTime() - since) / DAY_MS)
}

const byCode = (a: WorkRow, b: WorkRow) => a.code.localeCompare(b.code, 'en', { numeric: true })
const byWait = (a: WorkRow, b: WorkRow) => Date.parse(a.waiting_since) - Date.parse(b.waiting_since)

/** Rows in the order asked for; `urgent` is the server's order: returned, mine, ready. */
export function inOrder(rows: readonly WorkRow[], order: Order): WorkRow[] {
  if (order === 'urgent') return [...rows]
  return [...rows].sort(order === 'case' ? byCode : byWait)
}

/** Rows of which the name, title, levels or note contain every word of the search. */
export function matching(rows: readonly WorkRow[], search: string): WorkRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const textOf = (row: WorkRow) => `${row.code} ${row.title} ${row.levels} ${row.note} ${row.look_at}`.toLowerCase()
  return rows.filter((row) => words.every((word) => textOf(row).includes(word)))
}

/** The index `step` rows further, within the list. */
export const moved = (index: number, step: number, count: number) =>
  Math.min(Math.max(index + step, 0), Math.max(count - 1, 0))
