import { TextInput } from '@mantine/core'
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { parseLevel } from '../domain/vertebrae'

/** `G`, then a name: typing goes on without a pause, so the field has the focus at once. */
export function GoToLevel({ onClose, onGo }: { onClose: () => void; onGo: (level: string) => boolean }) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const [error, setError] = useState<string | null>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const go = (event: FormEvent) => {
    event.preventDefault()
    const level = parseLevel(typed)
    if (level && onGo(level)) onClose()
    else setError(t('refinement.noSuchLevel', { typed }))
  }
  return (
    <form className="ws-goto" role="dialog" aria-modal="true" aria-label={t('command.goToLevel')} onSubmit={go} onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <TextInput ref={field} label={t('command.goToLevel')} placeholder="L2" value={typed} error={error} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={onClose} />
    </form>
  )
}
