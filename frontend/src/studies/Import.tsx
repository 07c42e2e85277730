import { EmptyState } from '../shell/EmptyState'

export function Import() {
  return <EmptyState title="Import" />
}
