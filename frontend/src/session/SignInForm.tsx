import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ApiError } from '../api/client'
import type { Session } from '../api/types'
import { Notice } from '../shell/Notice'
import { sessionKey } from '../api/queries'
import classes from './SignIn.module.css'
import { type Refusal, refusalOf } from './refusal'

function useSignIn(onDone: (session: Session) => void) {
  const client = useQueryClient()
  return useMutation<Session, ApiError, { username: string; password: string }>({
    mutationFn: async (given) => {
      await api.get<Session>('/session/')
      return api.post<Session>('/session/', given)
    },
    onSuccess: (session) => {
      client.setQueryData(sessionKey, session)
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] })
      onDone(session)
    },
  })
}

function RefusalText({ refusal }: { refusal: Refusal }) {
  const { t } = useTranslation()
  return <Notice tone="bad">{t(refusal.key, refusal.values)}</Notice>
}

/** Name and password; what went wrong stands above the fields. */
export function SignInForm({ username = '', onDone }: { username?: string; onDone: (session: Session) => void }) {
  const { t } = useTranslation()
  const signIn = useSignIn(onDone)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { username, password: '' },
    validate: (given) => (given.username.trim() && given.password ? {} : { username: t('session.missing') }),
  })
  return (
    <form
      className={classes.form}
      onSubmit={form.onSubmit((given) => signIn.mutate({ username: given.username.trim(), password: given.password }))}
      noValidate
    >
      {signIn.error && !signIn.isPending && <RefusalText refusal={refusalOf(signIn.error)} />}
      <TextInput
        label={t('session.name')}
        autoComplete="username"
        autoFocus={username === ''}
        size="md"
        key={form.key('username')}
        {...form.getInputProps('username')}
      />
      <PasswordInput
        label={t('session.password')}
        autoComplete="current-password"
        data-autofocus={username !== '' || undefined}
        size="md"
        key={form.key('password')}
        {...form.getInputProps('password')}
      />
      <Button type="submit" size="md" loading={signIn.isPending} fullWidth>
        {t('session.submit')}
      </Button>
    </form>
  )
}
