/** Acts on the names of vertebrae, from keys and menu; each is one step of undo. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api } from '../api/client'
import { Tool } from '../bridge'
import { ANOMALIES, type Anomaly } from '../domain/anomalies'
import { add, chainOf, insert, isRefused, type Outcome, type Refusal, relabel, remove, shift, type Spine, swap } from '../domain/levelActs'
import { toIjk } from '../domain/geometry'
import { useCommand } from '../keys/useKeys'
import { levelAct, type SpineView } from '../viewer'
import type { Workplace } from './useWorkplace'

export type Declared = Readonly<Record<Anomaly, boolean>>
export type ActDialog = 'insert' | 'relabel' | 'swap' | 'add' | 'anomalies'

/** Which anomalies are declared for the case, and the way to declare others. */
export function useAnomalies(caseId: string) {
  const client = useQueryClient()
  const key = ['anomalies', caseId]
  const path = `/cases/${caseId}/anomalies/`
  const found = useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<Declared>(path, signal), staleTime: Number.POSITIVE_INFINITY })
  const declaring = useMutation({
    mutationFn: (declared: Declared) => api.put<Declared>(path, declared),
    onSuccess: async (declared) => {
      client.setQueryData(key, declared)
      await client.invalidateQueries({ queryKey: ['problems', caseId] })
    },
  })
  const declared = found.data
  const anomalies = useMemo(() => ANOMALIES.filter((one) => declared?.[one]), [declared])
  return { anomalies, declare: declaring.mutate, isDeclaring: declaring.isPending, failure: declaring.error?.message ?? null }
}

type Place = Workplace & { readonly view: SpineView }

export function useVertebraActs(place: Place, active: number, mayPaint: boolean) {
  const { view, levels, stats, caseId } = place
  const anomalies = useAnomalies(caseId)
  const [dialog, setDialog] = useState<ActDialog | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const spine = useMemo((): Spine => {
    const placesFromTop = new Map([...stats].map(([number, { middleMm }]) => [number, toIjk(view.grid, middleMm)[1]]))
    return { chain: chainOf(levels, placesFromTop), anomalies: anomalies.anomalies }
  }, [levels, stats, view, anomalies.anomalies])

  const carryOut = (tool: Tool, number: number, outcome: Outcome): boolean => {
    setRefusal(isRefused(outcome) ? outcome : null)
    return !isRefused(outcome) && view.editor.commit(levelAct(tool, number, outcome.changes))
  }
  const acts = {
    shift: (steps: 1 | -1) => carryOut(Tool.shift, active, shift(spine, active, steps)),
    remove: () => carryOut(Tool.relabel, active, remove(spine, active)),
    insert: (level: string) => carryOut(Tool.insert, active, insert(spine, active, level)),
    relabel: (level: string) => carryOut(Tool.relabel, active, relabel(spine, active, level)),
    swap: (level: string) => carryOut(Tool.swap, active, swap(spine, active, numberOf(spine, level))),
    add: (level: string) => {
      const number = view.editor.nextNumber
      if (carryOut(Tool.add, number, add(spine, number, level))) view.setActive(number)
    },
  }
  /** What an act of the dialog would do. */
  const preview = (kind: Exclude<ActDialog, 'anomalies'>, level: string): Outcome => {
    if (kind === 'insert') return insert(spine, active, level)
    if (kind === 'relabel') return relabel(spine, active, level)
    if (kind === 'swap') return swap(spine, active, numberOf(spine, level))
    return add(spine, view.editor.nextNumber, level)
  }
  const ask = (kind: ActDialog) => () => {
    setRefusal(null)
    if (active > 0 || kind === 'add' || kind === 'anomalies') setDialog(kind)
  }
  const painting = { enabled: mayPaint }
  useCommand('mask.shiftUp', () => acts.shift(-1), painting)
  useCommand('mask.shiftDown', () => acts.shift(1), painting)
  useCommand('mask.removeLevel', acts.remove, painting)
  useCommand('mask.insertLevel', ask('insert'), painting)
  useCommand('mask.relabel', ask('relabel'), painting)
  useCommand('mask.swapLevels', ask('swap'), painting)
  useCommand('mask.addVertebra', ask('add'), painting)
  useCommand('mask.anomalies', ask('anomalies'), painting)
  return { acts, preview, ask, anomalies, dialog, close: () => setDialog(null), refusal, forget: () => setRefusal(null), spine }
}

export type VertebraActs = ReturnType<typeof useVertebraActs>

const numberOf = (spine: Spine, level: string): number => spine.chain.find((link) => link.level === level)?.number ?? 0
