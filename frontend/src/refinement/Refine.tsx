import { EmptyState } from '../shell/EmptyState'

export function Refine() {
  return <EmptyState title="Refine" />
}
