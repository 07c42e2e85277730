import { EmptyState } from '../shell/EmptyState'

export function Cases() {
  return <EmptyState title="Cases" />
}
