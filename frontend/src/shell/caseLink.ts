import type { WorkRow } from '../api/types'

const SCREENS = {
  refine: '/c/$case/refine',
  check: '/c/$case/check',
  read: '/c/$case/read',
  settle: '/c/$case/consensus',
} as const

/** Where a case opens: at the work that waits for the person, else at its history. */
export function caseLink(row: Pick<WorkRow, 'case' | 'work'>) {
  return { to: row.work ? SCREENS[row.work] : ('/c/$case/history' as const), params: { case: row.case } }
}
