import { Button, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
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

export const RETURN_REASONS = ['leak', 'missing_part', 'wrong_level', 'fused', 'artefact', 'other'] as const

/** Asks why a mask goes back to the student. */
export function ReturnDialog({ opened, onClose, onReturn }: { opened: boolean; onClose: () => void; onReturn: (reason: string, note: string) => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!reason) return
    onReturn(reason, note)
    onClose()
  }
  return (
    <Modal opened={opened} onClose={onClose} title={t('refinement.returnToStudent')} centered>
      <form onSubmit={send}>
        <Stack>
          <Select data-autofocus label={t('refinement.why')} data={RETURN_REASONS.map((value) => ({ value, label: t(`refinement.reason.${value}`) }))} value={reason} onChange={setReason} />
          <Textarea label={t('refinement.note')} autosize minRows={3} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Button type="submit" disabled={!reason}>{t('refinement.returnToStudent')}</Button>
        </Stack>
      </form>
    </Modal>
  )
}
