import { Button, Group, Loader, Table, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, api } from '../api/client'
import type { CaseDetail, Signatures } from '../api/types'
import { formatClock } from '../domain/format'
import { Layout } from '../shell/Layout'
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
    <Layout>
      <div className={classes.signatures}>
        <h1>{t('consensus.manager.title', { code: detail.code })}</h1>
        <p>{t('consensus.manager.text')}</p>
        {open > 0 && <p>{t('consensus.manager.open', { count: open })}</p>}
        {trouble && <p role="alert">{trouble}</p>}
        {(isMissing || isForsaken) && open === 0 && (
          <TextInput
            label={t('consensus.manager.reason')}
            placeholder={t('consensus.manager.reasonPlaceholder')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <Table>
          <Table.Tbody>
            {signatures.map((one) => (
              <Table.Tr key={`${one.person} ${one.at}`}>
                <Table.Td>{one.name}</Table.Td>
                <Table.Td>
                  {one.at === null ? t('consensus.manager.missing') : t('consensus.manager.at', { time: formatClock(new Date(one.at)) })}
                </Table.Td>
                <Table.Td>
                  {one.at === null && open === 0 && (
                    <SignButton onClick={() => void sign(one.person)} reason={reason} />
                  )}
                  {one.at !== null && one.by !== one.name && t('consensus.inPlaceOf', one)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {isForsaken && open === 0 && (
          <Group>
            <p>{t('consensus.manager.forsaken')}</p>
            <SignButton onClick={() => void sign(null)} reason={reason} />
          </Group>
        )}
        <a href="/">{t('consensus.back')}</a>
      </div>
    </Layout>
  )
}

function SignButton({ reason, onClick }: { reason: string; onClick: () => void }) {
  const { t } = useTranslation()
  return <Button size="xs" disabled={reason.trim() === ''} onClick={onClick}>{t('consensus.manager.sign')}</Button>
}
