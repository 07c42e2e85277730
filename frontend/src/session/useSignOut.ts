import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../api/client'
import { sessionKey } from '../api/queries'
import type { Session } from '../api/types'

/** Ends the session; nothing of what was seen stays in this page's memory. */
export function useSignOut() {
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => api.delete('/session/'),
    onSuccess: async () => {
      client.setQueryData<Session>(sessionKey, { user: null, memberships: [] })
      await navigate({ to: '/signin', replace: true })
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] })
    },
  })
}
