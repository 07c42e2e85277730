import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface Props {
  readonly opened: boolean
  readonly close: () => void
  readonly amend: (reason: string) => Promise<void>
}

/** Asks why a submitted reading is amended; Ctrl and Enter begins. */
export function AmendDialog({ opened, close, amend }: Props) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const isEmpty = reason.trim() === ''
  const begin = () => {
    if (!isEmpty) void amend(reason).then(close)
  }
  const send = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) begin()
  }
  return (
    <Modal opened={opened} onClose={close} title={t('reading.amend.title')} centered>
      <Stack>
        <Text size="sm">{t('reading.amend.text')}</Text>
        <Textarea
          data-autofocus
          label={t('reading.amend.reason')}
          placeholder={t('reading.amend.reasonPlaceholder')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={send}
          autosize
          minRows={2}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('reading.amend.keep')}
          </Button>
          <Button disabled={isEmpty} onClick={begin}>
            {t('reading.amend.act')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
