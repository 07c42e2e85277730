import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import type { Move } from '../api/types'
import { Notice } from '../shell/Notice'

interface ReasonDialogProps {
  code: string
  move: Move
  pending: boolean
  error: Error | null
  onClose: () => void
  onSay: (note: string) => void
}

/** Asks why a case leaves its way. */
export function ReasonDialog({ code, move, pending, error, onClose, onSay }: ReasonDialogProps) {
  const { t } = useTranslation()
  const form = useForm({
    initialValues: { note: '' },
    validate: { note: (note) => (note.trim() ? null : t('worklist.moves.note_missing')) },
  })
  const which = move === 'exclude' ? 'exclude' : 'return'
  return (
    <Modal opened onClose={onClose} title={t(`worklist.moves.${which}_title`, { code })} centered>
      <form onSubmit={form.onSubmit(({ note }) => onSay(note.trim()))}>
        <Stack gap="lg">
          <Text c="dimmed">{t(`worklist.moves.${which}_text`)}</Text>
          {error && <Notice tone="bad">{error.message}</Notice>}
          <Textarea label={t('worklist.moves.note')} rows={3} data-autofocus {...form.getInputProps('note')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('shell.cancel')}
            </Button>
            <Button type="submit" loading={pending}>
              {t(`worklist.moves.${move === 'exclude' ? 'exclude' : 'return_from_reading'}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
