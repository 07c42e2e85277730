import { Button, Checkbox, Group, NumberInput, Select, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/queries'
import type { Demand } from '../api/types'
import { Notice } from '../shell/Notice'
import page from '../shell/page.module.css'
import { useAskForTest } from './queries'

const USUAL: Demand = {
  truth: null, of_students: true, of_readers: true, dice: 0.9, dice_least: 0.7, level_errors: 0, kappa: 0.6, attempts: 3,
}

/** The manager says which data set is the test and what is enough; none asks for nothing. */
export function AskForTest({ dataset, demand }: { dataset: string; demand: Demand | null }) {
  const { t } = useTranslation()
  const ask = useAskForTest(dataset)
  const form = useForm<Demand>({ initialValues: demand ?? USUAL })
  const others = (useSession().data?.memberships ?? []).filter((one) => one.roles.includes('manager') && one.dataset !== dataset)
  const share = { min: 0, max: 1, step: 0.01, decimalScale: 2 }
  return (
    <section className={`${page.panel} ${page.padded}`} aria-label={t('qualification.ask')}>
      <h2 className={page.panelTitle}>{t('qualification.ask')}</h2>
      <form onSubmit={form.onSubmit((said) => ask.mutate(said))}>
        <Stack gap="md" maw={480}>
          {ask.error && <Notice tone="bad">{ask.error.message}</Notice>}
          {ask.isSuccess && <Notice tone="ok">{t('qualification.kept')}</Notice>}
          <Select
            label={t('qualification.truth')}
            description={t('qualification.truth_text')}
            clearable
            placeholder={t('qualification.no_truth')}
            data={others.map((one) => ({ value: one.dataset, label: one.dataset_name }))}
            {...form.getInputProps('truth')}
          />
          <Checkbox label={t('qualification.of_students')} {...form.getInputProps('of_students', { type: 'checkbox' })} />
          <Checkbox label={t('qualification.of_readers')} {...form.getInputProps('of_readers', { type: 'checkbox' })} />
          <NumberInput label={t('qualification.dice_limit')} {...share} {...form.getInputProps('dice')} />
          <NumberInput label={t('qualification.least_limit')} {...share} {...form.getInputProps('dice_least')} />
          <NumberInput label={t('qualification.errors_limit')} min={0} {...form.getInputProps('level_errors')} />
          <NumberInput label={t('qualification.kappa_limit')} {...share} min={-1} {...form.getInputProps('kappa')} />
          <NumberInput label={t('qualification.attempts_limit')} min={1} {...form.getInputProps('attempts')} />
          <Group justify="flex-end">
            <Button type="submit" loading={ask.isPending}>{t('qualification.keep')}</Button>
          </Group>
        </Stack>
      </form>
    </section>
  )
}
