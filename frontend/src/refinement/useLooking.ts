import type { SpineView } from '../viewer'
import { usePaneKeys } from './usePaneKeys'
import { useViewPrefs } from './useViewPrefs'
import type { Workplace } from './useWorkplace'

/** How much of the spine is in view after a jump. */
export const FIELD_MM = 190

/** Panes and their keys as this person likes them; returns what goes to a vertebra that is clicked. */
export function useLooking({ view, user, stats }: Workplace & { readonly view: SpineView }): (number: number) => void {
  useViewPrefs(view, user?.id)
  usePaneKeys(view)
  return (number) => {
    view.setActive(number)
    const middle = stats.get(number)?.middleMm
    if (middle) view.flyTo(middle, { fieldMm: FIELD_MM })
  }
}
