import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersionOut, SystemOut } from '../api/types'
import { Answer } from '../shell/Answer'
import { Notice } from '../shell/Notice'
import page from '../shell/page.module.css'
import { useChooseModel, useSystems } from './queries'

function Version({ version }: { version: ModelVersionOut }) {
  const { t } = useTranslation()
  const state = version.in_service ? t('rounds.is_in_service') : version.why_not
  return (
    <Radio
      value={version.id}
      disabled={version.in_service || version.why_not !== ''}
      label={t('rounds.model', { version: version.version })}
      description={[version.trained_on, state].filter(Boolean).join(' · ')}
    />
  )
}

function System({ system }: { system: SystemOut }) {
  const { t } = useTranslation()
  const remarks = [
    system.reads_radiographs ? t('rounds.choose.radiographs') : t('rounds.choose.cts'),
    ...(system.learns_in_rounds ? [] : [t('rounds.choose.no_rounds')]),
  ]
  return (
    <section aria-label={system.title}>
      <h3>{system.title}</h3>
      <p className={page.soft}>{[system.publication, ...remarks].join(' · ')}</p>
      {system.word && <Text size="sm">{system.word}</Text>}
      <Stack gap="xs" mt="xs">
        {system.versions.map((version) => (
          <Version key={version.id} version={version} />
        ))}
      </Stack>
    </section>
  )
}

interface ChooseModelProps {
  dataset: string
  onClose: () => void
}

/** Lets the manager say which system and version pre-annotates from now on, and why. */
export function ChooseModel({ dataset, onClose }: ChooseModelProps) {
  const { t } = useTranslation()
  const systems = useSystems(dataset)
  const choose = useChooseModel(dataset)
  const [model, setModel] = useState('')
  const [reason, setReason] = useState('')
  const submit = () => choose.mutate({ model, reason: reason.trim() }, { onSuccess: onClose })
  return (
    <Modal opened onClose={onClose} title={t('rounds.choose.title')} size="lg" centered>
      <Stack gap="lg">
        {choose.error && (
          <Notice tone="bad" title={t('rounds.choose.refused')}>
            {choose.error.message}
          </Notice>
        )}
        <Text>{t('rounds.choose.text')}</Text>
        <Answer query={systems} rows={4}>
          {(all) => (
            <Radio.Group value={model} onChange={setModel} aria-label={t('rounds.choose.title')}>
              <Stack gap="lg">
                {all.map((system) => (
                  <System key={system.name} system={system} />
                ))}
              </Stack>
            </Radio.Group>
          )}
        </Answer>
        <TextInput
          label={t('rounds.choose.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={200}
          required
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button onClick={submit} loading={choose.isPending} disabled={model === '' || reason.trim() === ''}>
            {t('rounds.choose.button')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
