import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { KeyOf } from '../keys/KeysSheet'
import type { SpineView } from './spineView'

/** Ways to look at a radiograph: bright and dark exchanged, local contrast. Nothing for a CT. */
export function FilmOptions({ view }: { view: SpineView }) {
  const { t } = useTranslation()
  const isInverted = useStore(view.state, (state) => state.isInverted)
  const isEqualised = useStore(view.state, (state) => state.isEqualised)
  if (!view.isFlat) return null
  return (
    <>
      <button type="button" className="ws-toggle" aria-pressed={isInverted} onMouseDown={(event) => event.preventDefault()} onClick={() => view.toggleInvert()}>
        {t('radiograph.invert')} <KeyOf command="mask.invert" />
      </button>
      <button type="button" className="ws-toggle" aria-pressed={isEqualised} onMouseDown={(event) => event.preventDefault()} onClick={() => view.toggleEqualised()}>
        {t('radiograph.equalise')} <KeyOf command="mask.equalise" />
      </button>
    </>
  )
}
