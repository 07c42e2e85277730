import { Button, Checkbox, Group, Modal, Stack, Textarea } from '@mantine/core'
import { IconMapPin, IconMessageQuestion } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pin } from '../api/types'
import { formatMoment } from '../domain/format'
import { KeyOf } from '../keys/KeysSheet'
import { LevelChip } from './LevelChip'
import { keepFocus } from './ToolRail'
import { letterOfPin, type Pins } from './usePins'

interface ListProps {
  readonly pins: Pins
  readonly levels: ReadonlyMap<number, string | null>
  readonly mayChange: boolean
  readonly onGo: (pin: Pin) => void
}

/** The pins of a case: open ones first, as they stand in the picture; a click goes there. */
export function PinsList({ pins, levels, mayChange, onGo }: ListProps) {
  const { t } = useTranslation()
  const done = pins.pins.filter((pin) => pin.resolved_at)
  if (pins.pins.length === 0) return null
  return (
    <section className="ws-pins" aria-label={t('refinement.pins')}>
      <h3>{t('refinement.pins')} <KeyOf command="flag" /></h3>
      {[...pins.open, ...done].map((pin, at) => (
        <div key={pin.id} className="ws-pin-row" data-resolved={Boolean(pin.resolved_at)}>
          <button type="button" className="ws-pin-go" onMouseDown={keepFocus} onClick={() => onGo(pin)}>
            <span className="ws-pin" data-tone="note">{pin.resolved_at ? <IconMapPin size={14} /> : letterOfPin(at)}</span>
            <span>
              {pin.number !== null && levels.get(pin.number) && <LevelChip level={levels.get(pin.number) as string} />}
              <span className="ws-pin-text">{pin.kind === 'ask' && <IconMessageQuestion size={15} aria-label={t('refinement.asksPin')} />} {pin.text}</span>
              <span className="ws-dim ws-small">{pin.resolved_at ? t('refinement.resolvedBy', { name: pin.resolved_by }) : t('refinement.pinBy', { name: pin.author, at: formatMoment(new Date(pin.created_at)) })}</span>
            </span>
          </button>
          {mayChange && (
            <Button size="compact-sm" variant="default" onClick={() => pins.resolve({ id: pin.id, resolved: !pin.resolved_at })}>
              {pin.resolved_at ? t('refinement.reopen') : t('refinement.resolve')}
            </Button>
          )}
        </div>
      ))}
    </section>
  )
}

interface DialogProps {
  readonly mayAsk: boolean
  readonly onClose: () => void
  readonly onDrop: (kind: Pin['kind'], text: string) => void
}

/** What a pin says; Ctrl Enter drops it. */
export function PinDialog({ mayAsk, onClose, onDrop }: DialogProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [isAsking, setAsking] = useState(false)
  const drop = (event: FormEvent) => {
    event.preventDefault()
    if (!text.trim()) return
    onDrop(isAsking ? 'ask' : 'note', text)
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={t('refinement.pinHere')} centered>
      <form onSubmit={drop} onKeyDown={(event) => event.key === 'Enter' && event.ctrlKey && drop(event)}>
        <Stack>
          <Textarea data-autofocus label={t('refinement.pinText')} autosize minRows={2} value={text} onChange={(event) => setText(event.currentTarget.value)} />
          {mayAsk && <Checkbox label={t('refinement.pinAsk')} checked={isAsking} onChange={(event) => setAsking(event.currentTarget.checked)} />}
          <Group justify="flex-end"><Button type="submit" disabled={!text.trim()}>{t('refinement.pinSave')}</Button></Group>
        </Stack>
      </form>
    </Modal>
  )
}
