import { EmptyState } from '../shell/EmptyState'

export function Releases() {
  return <EmptyState title="Releases" />
}
