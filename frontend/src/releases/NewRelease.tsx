import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { Notice } from '../shell/Notice'
import { useBuildRelease } from './queries'

const LICENCES = ['CC BY 4.0', 'CC BY-SA 4.0', 'CC BY-NC 4.0', 'CC BY-NC-SA 4.0', 'CC0 1.0']

interface NewReleaseProps {
  dataset: string
  onClose: () => void
  onMade: (id: string) => void
}

/** Asks for version and licence, then freezes the final cases. */
export function NewRelease({ dataset, onClose, onMade }: NewReleaseProps) {
  const { t } = useTranslation()
  const build = useBuildRelease(dataset)
  const form = useForm({
    initialValues: { version: '', licence: LICENCES[1] ?? '' },
    validate: { version: (version) => (version.trim() ? null : t('releases.version_missing')) },
  })
  return (
    <Modal opened onClose={onClose} title={t('releases.create_title')} centered>
      <form
        onSubmit={form.onSubmit(({ version, licence }) =>
          build.mutate({ version: version.trim(), licence }, { onSuccess: (made) => onMade(made.id) }),
        )}
        noValidate
      >
        <Stack gap="lg">
          <Text c="dimmed">{t('releases.create_text')}</Text>
          {build.error && (
            <Notice tone="bad" title={t('releases.not_created')}>
              {build.error.message}
            </Notice>
          )}
          <TextInput
            label={t('releases.version')}
            description={t('releases.version_hint')}
            data-autofocus
            {...form.getInputProps('version')}
          />
          <Select label={t('releases.licence')} data={LICENCES} allowDeselect={false} {...form.getInputProps('licence')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('shell.cancel')}
            </Button>
            <Button type="submit" loading={build.isPending}>
              {t('releases.build')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
