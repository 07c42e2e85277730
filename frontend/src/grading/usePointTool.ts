/** How the hand works on the large picture: placing anew, and the snapping aid. */
import { useState } from 'react'

export interface PointTool {
  /** Vertebra whose points are being placed by two drags; null while none are. */
  readonly placing: number | null
  readonly place: (number: number | null) => void
  readonly snaps: boolean
  readonly toggleSnap: () => void
}

const REMEMBERED = 'lamina.snap'

export function usePointTool(): PointTool {
  const [placing, place] = useState<number | null>(null)
  const [snaps, setSnaps] = useState(() => localStorage.getItem(REMEMBERED) !== 'off')
  const toggleSnap = () => {
    localStorage.setItem(REMEMBERED, snaps ? 'off' : 'on')
    setSnaps(!snaps)
  }
  return { placing, place, snaps, toggleSnap }
}
