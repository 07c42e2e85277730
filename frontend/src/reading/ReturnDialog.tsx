import { Button, Group, Modal, Radio, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

export const RETURN_REASONS = ['leak', 'missing_part', 'wrong_level', 'fused', 'artefact', 'other'] as const

interface Props {
  readonly opened: boolean
  readonly close: () => void
  readonly sendBack: (reason: string, note: string) => Promise<void>
}

/** Asks why a case goes back to refinement. */
export function ReturnDialog({ opened, close, sendBack }: Props) {
  const { t } = useTranslation()
  const [reason, setReason] = useState<string>('wrong_level')
  const [note, setNote] = useState('')
  return (
    <Modal opened={opened} onClose={close} title={t('reading.return.title')} centered>
      <Stack>
        <Radio.Group label={t('reading.return.reason')} value={reason} onChange={setReason}>
          <Stack gap={6} mt={6}>
            {RETURN_REASONS.map((name) => (
              <Radio key={name} value={name} label={t(`reading.return.reasons.${name}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label={t('reading.return.note')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          autosize
          minRows={2}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('reading.return.keep')}
          </Button>
          <Button onClick={() => void sendBack(reason, note).then(close)}>{t('reading.return.act')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
