import { useEffect, useMemo, useState } from 'react'
import type { Problem } from '../api/types'
import { useCommand } from '../keys/useKeys'
import { type LevelRow, levelRows, neighbour, type Order, vertebraeNow } from './levels'
import type { Workplace } from './useWorkplace'

const FIELD_MM = 190

/** Which levels a person has looked through; kept in this browser. */
function useDone(caseId: string) {
  const key = `lamina.done/1.${caseId}`
  const [done, setDone] = useState<ReadonlySet<number>>(() => new Set(JSON.parse(localStorage.getItem(key) ?? '[]') as number[]))
  const change = (number: number, isDone: boolean) => {
    const next = new Set(done)
    if (isDone) next.add(number)
    else next.delete(number)
    setDone(next)
    localStorage.setItem(key, JSON.stringify([...next]))
  }
  return { done, change }
}

/** The level strip: rows, order, the level in hand, and the keys that move along it. */
export function useLevels(place: Workplace, active: number, problems: readonly Problem[]) {
  const { view, detail, stats, levels } = place
  const [order, setOrder] = useState<Order>('worst')
  const { done, change } = useDone(place.caseId)
  const middles = useMemo(() => new Map([...stats].map(([number, { middleMm }]) => [number, middleMm])), [stats])
  const rows = useMemo(
    () => levelRows(vertebraeNow(detail?.vertebrae ?? [], levels, stats), problems, done, middles, order),
    [detail, levels, stats, problems, done, middles, order],
  )
  const choose = (row: LevelRow | null) => {
    if (!row || !view) return
    view.setActive(row.number)
    if (row.middleMm) view.flyTo(row.middleMm, { fieldMm: FIELD_MM })
  }
  const isReady = view !== null && stats.size > 0
  useEffect(() => {
    if (isReady && active === 0) choose(rows[0] ?? null)
    // The first level is chosen once, when its place is known.
  }, [isReady, active])
  const finish = () => {
    if (active === 0) return
    change(active, true)
    choose(neighbour(rows, active, 1))
  }
  useCommand('nextLevel', () => choose(neighbour(rows, active, 1)))
  useCommand('previousLevel', () => choose(neighbour(rows, active, -1)))
  useCommand('levelDone', finish)
  const goTo = (level: string): boolean => {
    const row = rows.find((one) => one.level === level)
    if (row) choose(row)
    return row !== undefined
  }
  return { rows, order, setOrder, choose, goTo, done }
}
