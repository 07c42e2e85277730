import { useTranslation } from 'react-i18next'
import type { Worklist } from '../api/types'

const NAMED = ['returned', 'mine', 'ready'] as const

/** The counts of the server in one line: "1 returned to you, 2 in progress, 41 ready to start". */
export function useSummary(list: Worklist | undefined, kind: 'work' | 'cases'): string {
  const { t } = useTranslation()
  if (!list) return '\u00a0'
  const parts = NAMED.filter((name) => (list.counts[name] ?? 0) > 0).map((name) =>
    t(`worklist.summary_${name}`, { count: list.counts[name] }),
  )
  if (kind === 'work') return parts.length > 0 ? parts.join(', ') : t('worklist.summary_nothing')
  return t('worklist.summary_cases', { count: list.stages.reduce((sum, one) => sum + one.n, 0) })
}
