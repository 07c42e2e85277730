import { Button, Group, Modal, NumberInput, SegmentedControl, Select, Switch, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Protocols, ProtocolVersion } from '../api/types'
import { Notice } from '../shell/Notice'
import { ArmsField } from './ArmsField'
import { type Draft, draftOf, EXPOSURES, LIMITS, NUMBERS_OF_MASKS, refusalsOf, saidOf } from './draft'
import classes from './Protocol.module.css'
import { useMakeVersion } from './queries'
import { useThresholds } from './VersionFacts'

interface NewVersionProps {
  dataset: string
  protocols: Protocols
  onClose: () => void
  onMade: (version: ProtocolVersion) => void
}

function Section({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <fieldset className={classes.fields}>
      <legend className={classes.heading}>{t(`protocol.section.${name}`)}</legend>
      {children}
    </fieldset>
  )
}

type NumberField = 'readers_per_case' | 'overlap_share' | 'repeat_share' | 'repeat_after_days' | 'catch_share' | 'wash_out_days' | 'due_days'

/** The form for the next version; it begins with what the newest says. */
export function NewVersion({ dataset, protocols, onClose, onMade }: NewVersionProps) {
  const { t } = useTranslation()
  const make = useMakeVersion(dataset)
  const thresholds = useThresholds(protocols.conventions)
  const form = useForm<Draft>({ initialValues: draftOf(protocols.beginning) })
  const refusals = refusalsOf(make.error)
  const number = (protocols.versions[0]?.version ?? 0) + 1
  const { values } = form
  const numberOf = (name: NumberField, suffix?: string, isOptional = false) => ({
    label: t(`protocol.field.${name}`),
    value: values[name] ?? '',
    min: 0,
    suffix,
    error: refusals[name],
    onChange: (value: number | string) => form.setFieldValue(name, value === '' && isOptional ? null : Number(value)),
  })
  const send = form.onSubmit((draft) => make.mutate(saidOf(draft), { onSuccess: onMade }))
  const hasOtherError = make.error !== null && Object.keys(refusals).length === 0
  return (
    <Modal opened onClose={onClose} size={860} title={t('protocol.new_title', { version: number })}>
      <form onSubmit={send} className={classes.form}>
        <Text c="dimmed">{t('protocol.new_text')}</Text>
        <Section name="grading">
          <Select
            className={classes.wide}
            label={t('protocol.field.convention')}
            allowDeselect={false}
            data={protocols.conventions.map((one) => ({ value: one.name, label: thresholds(one.name) }))}
            error={refusals.convention}
            {...form.getInputProps('convention')}
          />
          <Switch label={t('protocol.grade_cervical')} {...form.getInputProps('grades_cervical', { type: 'checkbox' })} />
          <Switch label={t('protocol.classify_ao')} {...form.getInputProps('classifies_ao', { type: 'checkbox' })} />
        </Section>
        <Section name="readers">
          <NumberInput {...numberOf('readers_per_case')} min={1} max={12} description={t('protocol.help.readers_per_case')} />
          <NumberInput {...numberOf('overlap_share', ' %')} max={100} description={t('protocol.help.overlap_share')} />
          <div>
            <Text component="label" size="sm" fw={500}>{t('protocol.field.way')}</Text>
            <SegmentedControl
              fullWidth
              aria-label={t('protocol.field.way')}
              data={(['pull', 'assign'] as const).map((value) => ({ value, label: t(`protocol.way.${value}`) }))}
              {...form.getInputProps('way')}
            />
          </div>
          <NumberInput {...numberOf('due_days', undefined, true)} description={t('protocol.help.due_days')} />
        </Section>
        <Section name="proposal">
          <SegmentedControl
            className={classes.wide}
            disabled={values.arms.length > 0}
            aria-label={t('protocol.field.proposal_exposure')}
            data={EXPOSURES.map((value) => ({ value, label: t(`protocol.exposure_short.${value}`) }))}
            {...form.getInputProps('proposal_exposure')}
          />
          <ArmsField arms={values.arms} error={refusals.arms} onChange={(arms) => form.setFieldValue('arms', arms)} />
        </Section>
        <Section name="masks">
          <Select
            label={t('protocol.field.independent_masks')}
            description={t('protocol.help.independent_masks')}
            allowDeselect={false}
            value={String(values.independent_masks)}
            data={NUMBERS_OF_MASKS.map((n) => ({ value: String(n), label: t('protocol.masks_of', { count: n }) }))}
            error={refusals.independent_masks}
            onChange={(value) => form.setFieldValue('independent_masks', Number(value))}
          />
          <Select
            label={t('protocol.field.masks_begin')}
            description={t('protocol.help.masks_begin')}
            allowDeselect={false}
            disabled={values.independent_masks === 0}
            data={(['checked', 'empty'] as const).map((value) => ({ value, label: t(`protocol.masks_begin.${value}`) }))}
            {...form.getInputProps('masks_begin')}
          />
        </Section>
        <Section name="control">
          <NumberInput {...numberOf('repeat_share', ' %')} max={100} description={t('protocol.help.repeat_share')} />
          <NumberInput {...numberOf('repeat_after_days')} min={1} description={t('protocol.days', { count: values.repeat_after_days })} />
          <NumberInput {...numberOf('catch_share', ' %')} max={100} className={classes.wide} description={t('protocol.help.catch_share')} />
        </Section>
        <Section name="limits">
          {LIMITS.map((name) => (
            <NumberInput
              key={name}
              label={t(`protocol.field.${name}`)}
              value={values.limits[name]}
              min={0}
              step={name.endsWith('_mm') ? 0.5 : 0.01}
              decimalScale={name.endsWith('_mm') ? 1 : 3}
              suffix={name.endsWith('_mm') ? ' mm' : undefined}
              onChange={(value) => form.setFieldValue(`limits.${name}`, Number(value))}
            />
          ))}
          {refusals.limits && <Text c="red" className={classes.wide}>{refusals.limits}</Text>}
        </Section>
        <Section name="consensus">
          <NumberInput {...numberOf('wash_out_days')} description={t('protocol.days', { count: values.wash_out_days })} />
          <Select
            label={t('protocol.field.adjudicator')}
            description={t('protocol.help.adjudicator')}
            clearable
            placeholder={t('protocol.nobody')}
            value={values.adjudicator === null ? null : String(values.adjudicator)}
            data={protocols.readers.map((one) => ({ value: String(one.key), label: one.name }))}
            error={refusals.adjudicator}
            onChange={(value) => form.setFieldValue('adjudicator', value === null ? null : Number(value))}
          />
          <Textarea className={classes.wide} label={t('protocol.field.note')} rows={2} maxLength={2000} error={refusals.note} {...form.getInputProps('note')} />
        </Section>
        <div className={classes.foot}>
          {make.error && (
            <Notice tone="bad" title={t('protocol.not_made')}>
              {hasOtherError ? make.error.message : Object.values(refusals).join(' ')}
            </Notice>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t('shell.cancel')}</Button>
            <Button type="submit" loading={make.isPending}>{t('protocol.make', { version: number })}</Button>
          </Group>
        </div>
      </form>
    </Modal>
  )
}
