/** All that happens on the reading screen: what is said, where one looks, what can be undone. */
import { useCallback, useState } from 'react'
import { api } from '../api/client'
import type { Finding, ReadingOut } from '../api/types'
import { compareLevels } from '../domain/vertebrae'
import { type Change, othersNormal, withChange } from '../grading/findings'
import type { PlacedPoints } from '../viewer/sixPoints/origins'
import { measured } from './measured'
import { useDrafts } from './useDrafts'
import { usePoints } from './usePoints'

export type Desk = ReturnType<typeof useDesk>

/** What a reader says of the whole case. */
export type SaidOfCase = Partial<Pick<ReadingOut, 'levels_confirmed' | 'levels_counted_from' | 'anomalies'>>

const inOrder = (findings: readonly Finding[]) =>
  [...findings].sort((a, b) => compareLevels(a.level, b.level) || a.number - b.number)

export function useDesk(start: ReadingOut, isWithheld: boolean) {
  const [reading, setReading] = useState(start)
  const [findings, setFindings] = useState(() => inOrder(start.findings))
  const [activeNumber, setActive] = useState(() => firstToRead(inOrder(start.findings)))
  const [seen, setSeen] = useState<ReadonlySet<number>>(() => new Set())
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
  const show = (number: number, placed: PlacedPoints | null) => {
    const said = measured(placed, reading.convention, isWithheld)
    setFindings((all) => all.map((finding) => (finding.number === number ? { ...finding, ...said } : finding)))
  }
  const keep = (number: number, said: Change) => {
    setFindings((all) => withChange(all, number, {}))
    drafts.put(number, said)
  }
  const points = usePoints({ findings, isOpen, show, keep, select: setActive })
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
  const sayOfCase = async (said: SaidOfCase) =>
    setReading(await api.patch<ReadingOut>(`/readings/${start.id}/`, said))

  return {
    reading,
    findings,
    isOpen,
    active: findings.find((finding) => finding.number === activeNumber) ?? null,
    select: setActive,
    step,
    see,
    change,
    seen,
    points,
    drafts: state,
    fillNormal,
    submit,
    sayOfCase,
  }
}

function firstToRead(findings: readonly Finding[]): number | null {
  const open = findings.find((finding) => finding.grade_reader === null && finding.not_graded_reason === null)
  return (open ?? findings[0])?.number ?? null
}
