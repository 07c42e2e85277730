import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useDataset, worklistOptions } from '../api/queries'
import { Notice } from '../shell/Notice'
import { useStartRound } from './queries'

/** Number of cases that are final now, or undefined while it is asked. */
export function useFinalCases(dataset: string): number | undefined {
  const stages = useQuery(worklistOptions(dataset, 'all')).data?.stages
  return stages && (stages.find((one) => one.stage === 'final')?.n ?? 0)
}

interface StartRoundProps {
  dataset: string
  onClose: () => void
  onStarted: (id: string) => void
}

/** Says what a round does before it starts. */
export function StartRound({ dataset, onClose, onStarted }: StartRoundProps) {
  const { t } = useTranslation()
  const start = useStartRound(dataset)
  const final = useFinalCases(dataset)
  const parent = useDataset(dataset).data?.model?.version ?? ''
  const begin = () => start.mutate(undefined, { onSuccess: (round) => onStarted(round.id) })
  return (
    <Modal opened onClose={onClose} title={t('rounds.start_title')} centered>
      <Stack gap="lg">
        {start.error && (
          <Notice tone="bad" title={t('rounds.not_started')}>
            {start.error.message}
          </Notice>
        )}
        <Text>{t('rounds.start_text', { parent })}</Text>
        {final !== undefined && (
          <Text c="dimmed">{final > 0 ? t('rounds.final_now', { count: final }) : t('rounds.start_none')}</Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button onClick={begin} loading={start.isPending} disabled={final === 0} data-autofocus>
            {t('rounds.start')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
