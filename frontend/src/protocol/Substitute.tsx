import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import type { Progress, Substituted } from '../api/types'
import { Notice } from '../shell/Notice'
import { useSubstitute } from './queries'

interface SubstituteProps {
  dataset: string
  reader: Progress['readers'][number]
  onClose: () => void
  onDone: (done: Substituted) => void
}

/** Takes a reader's open readings back, and gives the cases to others. */
export function Substitute({ dataset, reader, onClose, onDone }: SubstituteProps) {
  const { t } = useTranslation()
  const substitute = useSubstitute(dataset)
  const form = useForm({
    initialValues: { reason: '', give_on: true },
    validate: { reason: (reason) => (reason.trim() ? null : t('protocol.substitute.reason_missing')) },
  })
  const send = form.onSubmit(({ reason, give_on }) =>
    substitute.mutate({ reader: reader.key, reason: reason.trim(), give_on }, { onSuccess: onDone }))
  return (
    <Modal opened onClose={onClose} title={t('protocol.substitute.title', { name: reader.name })} centered>
      <form onSubmit={send}>
        <Stack gap="lg">
          {substitute.error && <Notice tone="bad" title={t('protocol.substitute.failed')}>{substitute.error.message}</Notice>}
          <Text>{t('protocol.substitute.text', { count: reader.open, name: reader.name })}</Text>
          <TextInput label={t('protocol.substitute.reason')} maxLength={200} data-autofocus {...form.getInputProps('reason')} />
          <Checkbox label={t('protocol.substitute.give_on')} {...form.getInputProps('give_on', { type: 'checkbox' })} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('shell.cancel')}</Button>
            <Button type="submit" loading={substitute.isPending}>{t('protocol.substitute.do', { count: reader.open })}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
