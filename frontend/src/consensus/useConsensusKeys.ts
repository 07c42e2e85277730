import { useCommand, useScope } from '../keys/useKeys'
import type { Edit } from './useEdit'
import { asksFinding, asksMasks, lastSettled } from './compare'
import { mayStaple } from './MaskFigures'
import type { MasksTaken, Sitting, Taken } from './useSitting'

export type Shown = 'both' | 'a' | 'b'

interface Doors {
  readonly remark: string
  readonly setShown: (shown: Shown) => void
  readonly togglePlane: () => void
  readonly toRemark: () => void
  readonly clearRemark: () => void
}

/** Binds the keys of the consensus screen to its acts. */
export function useConsensusKeys(sitting: Sitting, edit: Edit, doors: Doors): void {
  const { remark, setShown, togglePlane, toRemark, clearRemark } = doors
  const { active, consensus } = sitting
  const isOpen = sitting.mayDecide && active !== null && active.open
  const enabled = isOpen && edit.draft === null
  const ofFinding = enabled && asksFinding(active)
  const ofMasks = enabled && asksMasks(active)
  const take = (taken: Taken) => active && void sitting.settle(active, taken, { remark })
  const takeMask = (taken: MasksTaken) => active && void sitting.settleMasks(active, taken, remark)
  useScope('consensus')
  useCommand('consensus.takeA', () => (ofMasks ? takeMask('a') : take('a')), { enabled: ofMasks || (ofFinding && active?.a !== null) })
  useCommand('consensus.takeB', () => (ofMasks ? takeMask('b') : take('b')), { enabled: ofMasks || (ofFinding && active?.b !== null) })
  const hasMean = Boolean(active?.a?.six_points_mm && active.b?.six_points_mm)
  useCommand('consensus.mean', () => (ofMasks ? takeMask('fused') : take('mean')), { enabled: ofMasks || (ofFinding && hasMean) })
  useCommand('consensus.staple', () => takeMask('staple'), { enabled: ofMasks && mayStaple(active) })
  useCommand('consensus.edit', edit.start, { enabled: ofFinding })
  useCommand('consensus.defer', () => active && void sitting.defer(active), { enabled })
  const isReader = consensus.room.role === 'reader'
  const isUnsettled = sitting.takesPart && isReader && active !== null && active.open
  const turnToThird = () => {
    if (active === null) return
    if (active.asked !== null) return void sitting.takeBack(active)
    void sitting.ask(active, remark).then(clearRemark)
  }
  useCommand('consensus.ask', turnToThird, { enabled: isUnsettled && edit.draft === null })
  const isSettled = sitting.mayDecide && active !== null && lastSettled(active) !== null && edit.draft === null
  useCommand('consensus.reopen', () => active && void sitting.reopen(active), { enabled: isSettled })
  useCommand('consensus.remark', toRemark, { enabled: sitting.takesPart && active !== null && active.open })
  const { thresholds, isLooking, unlooked } = sitting
  const forThresholds = () => (isLooking ? unlooked === 0 && void sitting.confirmThresholds() : sitting.lookThrough())
  useCommand('consensus.thresholds', forThresholds, { enabled: sitting.mayDecide && thresholds.length > 0 })
  useCommand('consensus.pen', () => void sitting.movePen(), {
    enabled: sitting.takesPart && (consensus.room.pen === 'free' || sitting.mayHandOver),
  })
  useCommand('consensus.onlyA', () => setShown('a'), { release: () => setShown('both') })
  useCommand('consensus.onlyB', () => setShown('b'), { release: () => setShown('both') })
  useCommand('consensus.plane', togglePlane)
  useCommand('nextLevel', () => sitting.step(1))
  useCommand('previousLevel', () => sitting.step(-1))
  useCommand('submit', () => void sitting.settleCase(), { enabled: sitting.maySign && edit.draft === null })
  useCommand('nextCase', sitting.nextCase)
}
