import { Button, FileInput, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { Notice } from '../shell/Notice'
import { type Published, useImportPublished } from './queries'

interface Props {
  readonly dataset: string
  readonly onClose: () => void
  readonly onDone: (report: number) => void
}

/** Takes readings that experts have published, with their spacings, for a report of their own. */
export function PublishedDialog({ dataset, onClose, onDone }: Props) {
  const { t } = useTranslation()
  const send = useImportPublished(dataset)
  const missing = (value: unknown) => (value ? null : t('agreement.published.missing'))
  const form = useForm<Partial<Published>>({
    initialValues: { name: '', origin: '', readings: undefined, spacings: undefined },
    validate: { name: missing, origin: missing, readings: missing, spacings: missing },
  })
  const submit = (said: Partial<Published>) => send.mutate(said as Published, { onSuccess: (report) => onDone(report.id) })
  return (
    <Modal opened onClose={onClose} title={t('agreement.published.title')} centered>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap="lg">
          <Text c="dimmed">{t('agreement.published.text')}</Text>
          {send.error && <Notice tone="bad">{send.error.message}</Notice>}
          <FileInput label={t('agreement.published.readings')} accept="application/json,.json" data-autofocus {...form.getInputProps('readings')} />
          <FileInput
            label={t('agreement.published.spacings')}
            description={t('agreement.published.spacings_form')}
            accept="application/json,.json"
            {...form.getInputProps('spacings')}
          />
          <TextInput label={t('agreement.published.name')} maxLength={40} {...form.getInputProps('name')} />
          <TextInput label={t('agreement.published.origin')} maxLength={300} {...form.getInputProps('origin')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('shell.cancel')}</Button>
            <Button type="submit" loading={send.isPending}>{t('agreement.published.compute')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
