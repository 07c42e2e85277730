import { Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { onSignedOut } from '../api/client'
import { SignInForm } from '../session/SignInForm'

/** Opens when the server no longer knows who asks; the work behind it stays as it is. */
export function SignedOutDialog({ username }: { username: string }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  useEffect(() => onSignedOut(() => setOpen(true)), [])
  return (
    <Modal
      opened={isOpen}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t('session.signed_out_title')}
      centered
    >
      <p>{t('session.signed_out_text')}</p>
      <SignInForm username={username} onDone={() => setOpen(false)} />
    </Modal>
  )
}
