import { EmptyState } from '../shell/EmptyState'

export function SignIn() {
  return <EmptyState title="Sign in" />
}
