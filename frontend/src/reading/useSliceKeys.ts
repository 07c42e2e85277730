import { useTranslation } from 'react-i18next'
import { mayHaveSlices, sliceChange } from '../grading/findings'
import { useCommand } from '../keys/useKeys'
import type { Acts } from './useActs'
import type { Desk } from './useDesk'
import type { LargePicture } from './usePictures'

interface Doors {
  readonly large: LargePicture
  readonly showOriginal: () => void
  readonly name: string
}

/** Binds the keys that leaf through slices and set the ends of a fracture. */
export function useSliceKeys(desk: Desk, acts: Acts, { large, showOriginal, name }: Doors): void {
  const { t } = useTranslation()
  const { active } = desk
  const { k, count } = large
  const isLeafing = k !== null && count > 1
  const enabled = desk.isOpen && active !== null && mayHaveSlices(active) && count > 1
  const set = (end: 'first' | 'last') => {
    if (active === null) return
    if (k === null) {
      showOriginal()
      return acts.tell(t('reading.slices.onOriginal'))
    }
    const columns = desk.reading.columns[active.number]
    if (columns === undefined || k < columns[0] || k > columns[1]) {
      return acts.tell(t('reading.slices.outside', { k, level: name }))
    }
    acts.forget()
    desk.change(active.number, sliceChange(active, end, k))
  }
  useCommand('reading.sliceBefore', () => large.leaf(-1), { enabled: isLeafing })
  useCommand('reading.sliceAfter', () => large.leaf(1), { enabled: isLeafing })
  useCommand('reading.fractureFirst', () => set('first'), { enabled })
  useCommand('reading.fractureLast', () => set('last'), { enabled })
}
