import { useCommand, useScope } from '../keys/useKeys'
import type { Edit } from './useEdit'
import type { Sitting, Taken } from './useSitting'

export type Shown = 'both' | 'a' | 'b'

interface Doors {
  readonly remark: string
  readonly setShown: (shown: Shown) => void
  readonly togglePlane: () => void
}

/** Binds the keys of the consensus screen to its acts. */
export function useConsensusKeys(sitting: Sitting, edit: Edit, { remark, setShown, togglePlane }: Doors): void {
  const { active } = sitting
  const isOpen = sitting.mayDecide && active !== null && active.settled === null
  const enabled = isOpen && edit.draft === null
  const take = (taken: Taken) => active && void sitting.settle(active, taken, { remark })
  useScope('consensus')
  useCommand('consensus.takeA', () => take('a'), { enabled: enabled && active?.a !== null })
  useCommand('consensus.takeB', () => take('b'), { enabled: enabled && active?.b !== null })
  const hasMean = Boolean(active?.a?.six_points_mm && active.b?.six_points_mm)
  useCommand('consensus.mean', () => take('mean'), { enabled: enabled && hasMean })
  useCommand('consensus.edit', edit.start, { enabled })
  useCommand('consensus.defer', () => active && sitting.defer(active), { enabled })
  useCommand('consensus.onlyA', () => setShown('a'), { release: () => setShown('both') })
  useCommand('consensus.onlyB', () => setShown('b'), { release: () => setShown('both') })
  useCommand('consensus.plane', togglePlane)
  useCommand('nextLevel', () => sitting.step(1))
  useCommand('previousLevel', () => sitting.step(-1))
  useCommand('undo', edit.undo, { enabled: edit.draft !== null })
  useCommand('submit', () => void sitting.settleCase(), { enabled: sitting.mayDecide && sitting.consensus.open === 0 })
  useCommand('nextCase', sitting.nextCase)
}
