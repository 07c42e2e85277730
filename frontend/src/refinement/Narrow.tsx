import { Button } from '@mantine/core'
import { type ReactNode, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../shell/EmptyState'

const NARROWEST = 1024

/** The window's own width counts too: zooming a page in makes it narrower, but not its window. */
const width = (): number => Math.max(innerWidth, outerWidth)

function subscribe(listener: () => void): () => void {
  addEventListener('resize', listener)
  return () => removeEventListener('resize', listener)
}

/** The editor, where the window is wide enough for it; else the words that it is not. */
export function WideEnough({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const isWide = useSyncExternalStore(subscribe, () => width() >= NARROWEST)
  const [isOpened, setOpened] = useState(false)
  if (isWide || isOpened) return children
  return (
    <div className="lamina-dark ws-opening">
      <EmptyState title={t('refinement.narrow.title')} text={t('refinement.narrow.text')} act={<Button onClick={() => setOpened(true)}>{t('refinement.narrow.open')}</Button>} />
    </div>
  )
}
