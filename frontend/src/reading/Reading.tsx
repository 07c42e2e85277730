import { EmptyState } from '../shell/EmptyState'

export function Reading() {
  return <EmptyState title="Reading" />
}
