import type { Role } from '../api/types'

export interface PageOf {
  to: '/d/$dataset/worklist' | '/d/$dataset/cases' | '/d/$dataset/import' | '/d/$dataset/protocol' | '/d/$dataset/rounds' | '/d/$dataset/agreement' | '/d/$dataset/qualification' | '/d/$dataset/releases'
  name: 'worklist' | 'cases' | 'import' | 'protocol' | 'rounds' | 'agreement' | 'qualification' | 'releases'
}

const WORKLIST: PageOf = { to: '/d/$dataset/worklist', name: 'worklist' }
const AGREEMENT: PageOf = { to: '/d/$dataset/agreement', name: 'agreement' }
const MANAGING: readonly PageOf[] = [
  { to: '/d/$dataset/cases', name: 'cases' },
  { to: '/d/$dataset/import', name: 'import' },
  { to: '/d/$dataset/protocol', name: 'protocol' },
  { to: '/d/$dataset/rounds', name: 'rounds' },
  AGREEMENT,
  { to: '/d/$dataset/qualification', name: 'qualification' },
  { to: '/d/$dataset/releases', name: 'releases' },
]

/** Whether cases can wait for somebody with these roles. */
export const doesWork = (roles: readonly Role[]) => roles.some((role) => role === 'student' || role === 'reader')

/** The pages of the bar for these roles; the server decides again what each page may show. */
export function pagesFor(roles: readonly Role[]): PageOf[] {
  const isManager = roles.includes('manager')
  const others = isManager ? MANAGING : roles.includes('reader') ? [AGREEMENT] : []
  return [...(doesWork(roles) || !isManager ? [WORKLIST] : []), ...others]
}
