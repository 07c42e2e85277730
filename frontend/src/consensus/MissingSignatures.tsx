import { Button, Group, Loader, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, api } from '../api/client'
import type { CaseDetail, Signatures } from '../api/types'
import { formatMoment } from '../domain/format'
import { Notice } from '../shell/Notice'
import { Page } from '../shell/Page'
import page from '../shell/page.module.css'
import classes from './consensus.module.css'

/** For managers, who see no reading: who still has to sign, and signing for one who has left. */
export function MissingSignatures({ detail }: { detail: CaseDetail }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [trouble, setTrouble] = useState<string | null>(null)
  const path = `/cases/${detail.id}/consensus/signatures/`
  const key = ['consensus', detail.id, 'signatures']
  const found = useQuery({ queryKey: key, queryFn: ({ signal }) => api.get<Signatures>(path, signal) })
  const sign = async (person: number | null) => {
    setTrouble(null)
    try {
      queries.setQueryData(key, await api.post<Signatures>(path, { person, reason }))
      setReason('')
      await queries.invalidateQueries({ queryKey: ['case', detail.id] })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setTrouble(error.message)
    }
  }
  if (!found.data) return <Loader size="sm" />
  const { open, signatures } = found.data
  const isMissing = signatures.some((one) => one.at === null)
  /** Who had to sign is no reader here any more, so that no signature is missing. */
  const isForsaken = !isMissing && detail.stage === 'consensus'
  return (
    <Page dataset={detail.dataset} title={t('consensus.manager.title', { code: detail.code })} subtitle={t('consensus.manager.text')}>
      <section className={`${page.panel} ${page.padded} ${classes.signatures}`}>
        {open > 0 && <p>{t('consensus.manager.open', { count: open })}</p>}
        {trouble && <Notice tone="bad">{trouble}</Notice>}
        {(isMissing || isForsaken) && open === 0 && (
          <TextInput
            label={t('consensus.manager.reason')}
            placeholder={t('consensus.manager.reasonPlaceholder')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <table className={page.table}>
          <tbody>
            {signatures.map((one) => (
              <tr key={`${one.person} ${one.at}`}>
                <th scope="row">{one.name}</th>
                <td>
                  {one.at === null ? t('consensus.manager.missing') : t('consensus.manager.at', { time: formatMoment(new Date(one.at)) })}
                </td>
                <td>
                  {one.at === null && open === 0 && (
                    <SignButton onClick={() => void sign(one.person)} reason={reason} />
                  )}
                  {one.at !== null && one.by !== one.name && t('consensus.inPlaceOf', one)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {isForsaken && open === 0 && (
          <Group>
            <p>{t('consensus.manager.forsaken')}</p>
            <SignButton onClick={() => void sign(null)} reason={reason} />
          </Group>
        )}
      </section>
    </Page>
  )
}

function SignButton({ reason, onClick }: { reason: string; onClick: () => void }) {
  const { t } = useTranslation()
  return <Button size="xs" disabled={reason.trim() === ''} onClick={onClick}>{t('consensus.manager.sign')}</Button>
}
