import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { type Loading, NOTHING_LOADED, OpenVolume } from './openVolume'
import { SpineView } from './spineView'

const WAITING = createStore<Loading>(() => NOTHING_LOADED)

export interface VolumeOnScreen {
  readonly loading: Loading
  /** Null until the volume is described and its coarse picture is there. */
  readonly view: SpineView | null
}

/**
 * Opens a volume and a viewer for it while the calling component is shown. Pass null while the id is
 * not known yet.
 */
export function useVolume(volumeId: string | null): VolumeOnScreen {
  const [opened, setOpened] = useState<{ source: OpenVolume; view: SpineView | null } | null>(null)
  useEffect(() => {
    if (volumeId === null) return
    const source = new OpenVolume(volumeId)
    setOpened({ source, view: null })
    source.described.then(
      (described) => setOpened((now) => (now?.source === source ? { source, view: new SpineView(source, described) } : now)),
      () => undefined,
    )
    return () => {
      setOpened(null)
      source.close()
    }
  }, [volumeId])
  const loading = useStore(opened?.source.loading ?? WAITING)
  return { loading, view: opened?.view ?? null }
}
