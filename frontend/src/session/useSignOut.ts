import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../api/client'

/** Ends the session; nothing of what was seen stays in this page's memory. */
export function useSignOut() {
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => api.delete('/session/'),
    onSuccess: async () => {
      await navigate({ to: '/signin', replace: true })
      client.clear()
    },
  })
}
