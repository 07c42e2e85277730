import { Button, Checkbox, Modal, Stack, Textarea } from '@mantine/core'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

export const RETURN_REASONS = ['leak', 'missing_part', 'wrong_level', 'fused', 'artefact', 'other'] as const

export interface Returning {
  readonly reason: string
  readonly note: string
  readonly withPin: boolean
}

interface Props {
  /** Name of the vertebra or place at which a pin would stand. */
  readonly place: string
  readonly onClose: () => void
  readonly onReturn: (said: Returning) => void
}

/** Asks why a mask goes back to the student: a digit chooses, words follow, Ctrl Enter sends. */
export function ReturnDialog({ place, onClose, onReturn }: Props) {
  const { t } = useTranslation()
  const [reason, setReason] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const [withPin, setWithPin] = useState(true)
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!reason) return
    onReturn({ reason, note, withPin })
    onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey) return send(event)
    const chosen = RETURN_REASONS[Number(event.key) - 1]
    if (!chosen || reason || event.ctrlKey) return
    event.preventDefault()
    setReason(chosen)
  }
  return (
    <Modal opened onClose={onClose} title={t('refinement.returnToStudent')} centered>
      <form onSubmit={send} onKeyDown={onKeyDown}>
        <Stack gap="sm">
          <div role="radiogroup" aria-label={t('refinement.why')} className="ws-reasons">
            {RETURN_REASONS.map((value, at) => (
              <button key={value} type="button" role="radio" aria-checked={reason === value} autoFocus={at === 0} data-autofocus={at === 0 || undefined} className="ws-reason" onClick={() => setReason(value)}>
                <kbd>{at + 1}</kbd> {t(`refinement.reason.${value}`)}
              </button>
            ))}
          </div>
          {!reason && <p className="ws-dim ws-small">{t('refinement.returnKeys')}</p>}
          {reason && <Textarea key={reason} autoFocus label={t('refinement.note')} autosize minRows={2} value={note} onChange={(event) => setNote(event.currentTarget.value)} />}
          <Checkbox label={t('refinement.withPin', { place })} checked={withPin} onChange={(event) => setWithPin(event.currentTarget.checked)} />
          <Button type="submit" disabled={!reason}>{t('refinement.returnToStudent')}</Button>
        </Stack>
      </form>
    </Modal>
  )
}
