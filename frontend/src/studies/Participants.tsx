import { Button, FileButton } from '@mantine/core'
import { IconTable } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, type ApiError } from '../api/client'
import { Notice } from '../shell/Notice'
import page from '../shell/page.module.css'

interface Taken {
  updated: number
  problems: string[]
}

function Outcome({ taken }: { taken: Taken }) {
  const { t } = useTranslation()
  return (
    <>
      {taken.updated > 0 && <Notice tone="ok">{t('imports.participants_updated', { count: taken.updated })}</Notice>}
      {taken.problems.length > 0 && (
        <Notice tone="warn" title={t('imports.participants_problems', { count: taken.problems.length })}>
          <ul style={{ margin: 0, paddingLeft: 18 }}>
            {taken.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  )
}

/** Takes a table of sex, age, scanner and contrast. */
export function Participants({ dataset }: { dataset: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const send = useMutation<Taken, ApiError, File>({
    mutationFn: (file) => {
      const body = new FormData()
      body.append('file', file)
      return api.post<Taken>(`/datasets/${dataset}/participants/`, body)
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: ['case'] }),
  })
  return (
    <section className={`${page.panel} ${page.padded} ${page.stack}`} style={{ gap: 12 }}>
      <div>
        <h2 className={page.panelTitle}>{t('imports.participants')}</h2>
        <p className={page.soft} style={{ margin: 0 }}>
          {t('imports.participants_text')}
        </p>
      </div>
      {send.error && <Notice tone="bad">{send.error.message}</Notice>}
      {send.data && <Outcome taken={send.data} />}
      <FileButton accept=".csv,.tsv,text/csv,text/tab-separated-values" onChange={(file) => file && send.mutate(file)}>
        {(props) => (
          <Button {...props} variant="default" style={{ justifySelf: 'start' }} leftSection={<IconTable size={16} aria-hidden />} loading={send.isPending}>
            {t('imports.participants_choose')}
          </Button>
        )}
      </FileButton>
    </section>
  )
}
