import { EmptyState } from '../shell/EmptyState'

export function Consensus() {
  return <EmptyState title="Consensus" />
}
