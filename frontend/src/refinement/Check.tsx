import { EmptyState } from '../shell/EmptyState'

export function Check() {
  return <EmptyState title="Check" />
}
