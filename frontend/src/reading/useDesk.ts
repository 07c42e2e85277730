/** All that happens on the reading screen: what is said, where one looks, what can be undone. */
import { useCallback, useRef, useState } from 'react'
import { api } from '../api/client'
import type { Finding, ReadingOut } from '../api/types'
import { compareLevels } from '../domain/vertebrae'
import { type Change, othersNormal, withChange } from '../grading/findings'
import type { SixPoints } from '../viewer/sixPoints/plane'
import { measured } from './measured'
import { NO_MOVES, type PointHistory, type PointMove, redone, remembered, undone } from './pointHistory'
import { useDrafts } from './useDrafts'

export type Desk = ReturnType<typeof useDesk>

const inOrder = (findings: readonly Finding[]) =>
  [...findings].sort((a, b) => compareLevels(a.level, b.level) || a.number - b.number)

export function useDesk(start: ReadingOut, isWithheld: boolean) {
  const [reading, setReading] = useState(start)
  const [findings, setFindings] = useState(() => inOrder(start.findings))
  const [activeNumber, setActive] = useState(() => firstToRead(inOrder(start.findings)))
  const [seen, setSeen] = useState<ReadonlySet<number>>(() => new Set())
  const [history, setHistory] = useState<PointHistory>(NO_MOVES)
  const before = useRef<SixPoints | null | undefined>(undefined)
  const isOpen = reading.status === 'open'

  const take = useCallback((finding: Finding) => {
    setFindings((all) => all.map((other) => (other.number === finding.number ? finding : other)))
  }, [])
  const reload = useCallback(async () => {
    const fresh = await api.post<ReadingOut>(`/cases/${start.case}/reading/`)
    setReading(fresh)
    setFindings(inOrder(fresh.findings))
  }, [start.case])
  const { drafts, state } = useDrafts(start.id, { stored: take, rejected: () => void reload() })

  const change = (number: number, said: Change | null) => {
    if (!isOpen || said === null) return
    setFindings((all) => withChange(all, number, said))
    drafts.put(number, said)
  }
  const show = (number: number, points: SixPoints | null) =>
    setFindings((all) => withChange(all, number, measured(points, reading.convention, isWithheld)))

  const movePoints = (number: number, points: SixPoints, phase: 'drag' | 'end') => {
    if (!isOpen) return
    if (before.current === undefined) {
      before.current = findings.find((finding) => finding.number === number)?.six_points_mm ?? null
    }
    show(number, points)
    if (phase === 'drag') return
    setHistory(remembered(history, { number, before: before.current, after: points }))
    before.current = undefined
    drafts.put(number, { six_points_mm: points })
  }
  const replay = (step: { history: PointHistory; move: PointMove } | null, side: 'before' | 'after') => {
    if (!isOpen || step === null) return
    setHistory(step.history)
    setActive(step.move.number)
    show(step.move.number, step.move[side])
    drafts.put(step.move.number, { six_points_mm: step.move[side] })
  }
  const see = useCallback((numbers: readonly number[]) => {
    setSeen((before) => (numbers.every((n) => before.has(n)) ? before : new Set([...before, ...numbers])))
  }, [])
  const step = (by: 1 | -1) => {
    const at = findings.findIndex((finding) => finding.number === activeNumber)
    const next = findings[Math.min(Math.max(at + by, 0), findings.length - 1)]
    if (next) setActive(next.number)
  }
  /** Sets 0 for all others that were on screen; tells how many, and which were not. */
  const fillNormal = async () => {
    const { numbers, unseen } = othersNormal(findings, seen)
    if (isOpen && numbers.length > 0) {
      await drafts.settled()
      setFindings(inOrder((await api.post<ReadingOut>(`/readings/${start.id}/others_normal/`, { numbers })).findings))
    }
    return { numbers, unseen }
  }
  const submit = async () => {
    await drafts.settled()
    const done = await api.post<ReadingOut>(`/readings/${start.id}/submit/`)
    setReading(done)
    setFindings(inOrder(done.findings))
  }
  const confirmLevels = async () =>
    setReading(await api.patch<ReadingOut>(`/readings/${start.id}/`, { levels_confirmed: true }))

  return {
    reading,
    findings,
    isOpen,
    active: findings.find((finding) => finding.number === activeNumber) ?? null,
    select: setActive,
    step,
    see,
    change,
    movePoints,
    undo: () => replay(undone(history), 'before'),
    redo: () => replay(redone(history), 'after'),
    drafts: state,
    fillNormal,
    submit,
    confirmLevels,
  }
}

function firstToRead(findings: readonly Finding[]): number | null {
  const open = findings.find((finding) => finding.grade_reader === null && finding.not_graded_reason === null)
  return (open ?? findings[0])?.number ?? null
}
