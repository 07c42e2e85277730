import { useEffect, useMemo, useRef, useState } from 'react'
import type { Problem } from '../api/types'
import { useCommand } from '../keys/useKeys'
import { digitsTyped, type LevelRow, levelRows, neighbour, type Order, vertebraeNow } from './levels'
import { FIELD_MM } from './useLooking'
import { likeOrder, orderLiked } from './useViewPrefs'
import { useLevelsDone } from './useLevelsDone'
import type { Workplace } from './useWorkplace'


/** The level strip: rows, order, the level in hand, and the keys that move along it. */
export function useLevels(place: Workplace, active: number, problems: readonly Problem[]) {
  const { view, detail, stats, levels } = place
  const user = place.user?.id
  const [chosen, setChosen] = useState<Order | null>(null)
  // Who looks may be known later than what is looked at.
  const liked = useMemo(() => orderLiked(user), [user])
  const order = chosen ?? liked
  const setOrder = (next: Order) => {
    setChosen(next)
    likeOrder(user, next)
  }
  const { done, change } = useLevelsDone(place.home, String(place.user?.id ?? ''), view, () => (place.outbox ? place.outbox.next - 1 : 0))
  const rows = useMemo(
    () => levelRows({ vertebrae: vertebraeNow(detail?.vertebrae ?? [], levels, stats), problems, done, stats }, order),
    [detail, levels, stats, problems, done, order],
  )
  const choose = (row: LevelRow | null) => {
    if (!row || !view) return
    view.setActive(row.number)
    view.state.setState({ lockNeighbours: true })
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
  useCommand('mask.levelOpen', () => change(active, false), { enabled: done.has(active) })
  const digits = useRef(digitsTyped())
  useCommand('mask.nthLevel', (digit) => {
    const at = digits.current(digit, performance.now())
    choose(rows[at] ?? rows[Number(digit) - 1] ?? null)
  })
  useCommand('mask.order', () => setOrder(order === 'worst' ? 'anatomy' : 'worst'))
  const goTo = (level: string): boolean => {
    const row = rows.find((one) => one.level === level)
    if (row) choose(row)
    return row !== undefined
  }
  return { rows, order, setOrder, choose, goTo, done }
}
