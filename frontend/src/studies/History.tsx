import { EmptyState } from '../shell/EmptyState'

export function History() {
  return <EmptyState title="History" />
}
