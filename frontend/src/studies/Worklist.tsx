import { EmptyState } from '../shell/EmptyState'

export function Worklist() {
  return <EmptyState title="Worklist" />
}
