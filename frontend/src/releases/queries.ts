import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, type ApiError } from '../api/client'
import type { ReleaseOut } from '../api/types'

const POLL_MS = 2_000
const releasesKey = (dataset: string) => ['releases', dataset] as const
const isUnderWay = (release: ReleaseOut) => release.state === 'queued' || release.state === 'running'

/** The releases of a data set, newest first; asked again while one is being built. */
export const useReleases = (dataset: string) =>
  useQuery({
    queryKey: releasesKey(dataset),
    queryFn: async ({ signal }) => {
      const releases = await api.get<ReleaseOut[]>(`/datasets/${dataset}/releases/`, signal)
      return [...releases].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
    },
    refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? POLL_MS : false),
  })

export function useBuildRelease(dataset: string) {
  const client = useQueryClient()
  return useMutation<ReleaseOut, ApiError, { version: string; licence: string }>({
    mutationFn: (given) => api.post<ReleaseOut>(`/datasets/${dataset}/releases/`, given),
    onSuccess: () => void client.invalidateQueries({ queryKey: releasesKey(dataset) }),
  })
}
