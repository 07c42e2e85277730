import { EmptyState } from '../shell/EmptyState'

export function Rounds() {
  return <EmptyState title="Rounds" />
}
