import { Button, Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { onSignedOut } from '../api/client'
import { sessionKey, useSession } from '../api/queries'
import type { Session } from '../api/types'
import { SignInForm } from '../session/SignInForm'
import { unsent } from './unsent'

/**
 * What happens when the server no longer knows who asks: somebody who was at work signs in again in
 * place, with the work left as it is behind the dialog; anybody else is led to the sign-in page.
 */
export function SignedOut({ toSignIn }: { toSignIn: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const username = useSession().data?.user?.username ?? ''
  const [isOpen, setOpen] = useState(false)
  const { strokes, asked } = useStore(unsent)
  const [putOffAt, setPutOffAt] = useState<number | null>(null)
  const isPutOff = putOffAt === asked
  const done = () => {
    setOpen(false)
    setPutOffAt(null)
  }
  useEffect(
    () =>
      onSignedOut(() => {
        if (isOpen) return
        if (client.getQueryData<Session>(sessionKey)?.user) setOpen(true)
        else toSignIn()
      }),
    [client, toSignIn, isOpen],
  )
  return (
    <Modal
      opened={isOpen && !isPutOff}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('session.signed_out_title')}
      centered
    >
      <p style={{ margin: '0 0 16px' }}>{strokes > 0 ? t('session.signed_out_waiting', { count: strokes }) : t('session.signed_out_text')}</p>
      <SignInForm username={username} onDone={done} />
      <Button variant="subtle" fullWidth mt={8} onClick={() => setPutOffAt(asked)}>
        {t('session.keep_working')}
      </Button>
    </Modal>
  )
}
