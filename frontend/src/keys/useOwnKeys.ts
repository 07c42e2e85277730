/** The keys of the person who is signed in: fetched once, kept on the server when changed. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api } from '../api/client'
import { useSession } from '../api/queries'
import { type KeyMap, USUAL } from './keyMap'
import { chooseKeys } from './keyStore'

const PATH = '/session/keys/'

export function useOwnKeys() {
  const client = useQueryClient()
  const user = useSession().data?.user?.id ?? null
  const key = ['session-keys', user]
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<KeyMap>(PATH, signal),
    enabled: user !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const map = (user === null ? null : found.data) ?? USUAL
  useEffect(() => chooseKeys(map), [map])
  const keep = useMutation({
    mutationFn: (next: KeyMap) => api.put<KeyMap>(PATH, next),
    onMutate: (next) => {
      const before = map
      client.setQueryData(key, next)
      return { before }
    },
    onError: (_failure, _next, context) => client.setQueryData(key, context?.before ?? USUAL),
  })
  return { map, keep: (next: KeyMap) => keep.mutate(next), failure: keep.error?.message ?? null }
}
