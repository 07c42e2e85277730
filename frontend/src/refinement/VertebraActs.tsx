import { Autocomplete, Button, Checkbox, CloseButton, Menu, Modal, Stack, Switch } from '@mantine/core'
import { IconPlus, IconTags } from '@tabler/icons-react'
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ANOMALIES, type Anomaly, anomalyOf, EXCLUDES } from '../domain/anomalies'
import { isRefused, type LevelChange, type Refusal } from '../domain/levelActs'
import { LEVELS, parseLevel } from '../domain/vertebrae'
import type { CommandId } from '../keys/commands'
import { KeyOf } from '../keys/KeysSheet'
import type { ActDialog, VertebraActs } from './useVertebraActs'

const MOST_SHOWN = 6

/** Every act on names with its key, for those who look for it with the mouse; adding alone where nothing is named. */
export function ActsMenu({ acts }: { acts: VertebraActs }) {
  const { t } = useTranslation()
  const item = (command: CommandId, act: () => void) => (
    <Menu.Item key={command} onClick={act} rightSection={<KeyOf command={command} />}>{t(`command.${command.replace('.', '_')}`)}</Menu.Item>
  )
  if (acts.spine.chain.length === 0) {
    return (
      <button type="button" className="ws-add" onClick={acts.ask('add')}>
        <IconPlus size={16} />{t('refinement.addLevel')} <KeyOf command="mask.addVertebra" />
      </button>
    )
  }
  return (
    <div className="ws-names">
      <button type="button" className="ws-add" onClick={acts.ask('add')}><IconPlus size={16} />{t('refinement.addLevel')}</button>
      <Menu position="top-start" width={330} withinPortal>
        <Menu.Target>
          <button type="button" className="ws-add" aria-label={t('refinement.labels')} title={t('refinement.labels')}><IconTags size={18} /></button>
        </Menu.Target>
        <Menu.Dropdown>
          {item('mask.shiftUp', () => acts.acts.shift(-1))}
          {item('mask.shiftDown', () => acts.acts.shift(1))}
          {item('mask.insertLevel', acts.ask('insert'))}
          {item('mask.relabel', acts.ask('relabel'))}
          {item('mask.swapLevels', acts.ask('swap'))}
          {item('mask.removeLevel', acts.acts.remove)}
          <Menu.Divider />
          {item('mask.addVertebra', acts.ask('add'))}
          {item('mask.anomalies', acts.ask('anomalies'))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

/** Why an act on names was not done. */
export function useRefusalWords(): (refusal: Refusal) => string {
  const { t } = useTranslation()
  return (refusal) => t(`refinement.refusal.${refusal.why}`, { ...refusal, level: 'level' in refusal ? (refusal.level ?? t('refinement.thisVertebra')) : '' })
}

export function ActDialogs({ acts, active }: { acts: VertebraActs; active: string }) {
  const { t } = useTranslation()
  const { dialog, close } = acts
  return (
    <>
      <Modal opened={dialog === 'anomalies'} onClose={close} centered title={t('refinement.act.anomalies.title')}>
        <AnomaliesForm acts={acts} />
      </Modal>
      {dialog !== null && dialog !== 'anomalies' && <LevelForm key={dialog} kind={dialog} acts={acts} title={t(`refinement.act.${dialog}.title`, { level: active })} />}
    </>
  )
}

/** Typing goes on from the key that opened it without a pause, so the field has the focus at once. */
function LevelForm({ kind, acts, title }: { kind: Exclude<ActDialog, 'anomalies'>; acts: VertebraActs; title: string }) {
  const { t } = useTranslation()
  const words = useRefusalWords()
  const [typed, setTyped] = useState('')
  const level = parseLevel(typed)
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const [mayDeclare, setMayDeclare] = useState(true)
  const taken = new Set(acts.spine.chain.flatMap((link) => link.level ?? []))
  const offered = LEVELS.filter((one) => (kind === 'swap' ? taken.has(one) : kind === 'insert' || !taken.has(one)))
  const outcome = level === null ? null : acts.preview(kind, level)
  const anomaly = level === null ? null : anomalyOf(level)
  const isNews = anomaly !== null && kind !== 'swap' && !acts.anomalies.anomalies.includes(anomaly)
  const act = (event: FormEvent) => {
    event.preventDefault()
    if (level === null || outcome === null || isRefused(outcome)) return
    acts.acts[kind](level)
    if (isNews && mayDeclare) acts.anomalies.declare(declaredWith(acts, anomaly, true))
    acts.close()
  }
  return (
    <form className="ws-goto" role="dialog" aria-modal="true" aria-label={title} onSubmit={act} onKeyDown={(event) => event.key === 'Escape' && acts.close()}>
      <Stack>
        <div className="ws-goto-head"><h2>{title}</h2><CloseButton aria-label={t('refinement.close')} onClick={acts.close} /></div>
        <Autocomplete ref={field} label={t('refinement.level')} placeholder={offered[0]} withScrollArea={false} styles={{ dropdown: { maxHeight: 240, overflowY: 'auto' } }} data={level === null ? offered : []} value={typed} onChange={setTyped} />
        {outcome && (isRefused(outcome) ? <p role="alert" className="ws-bad">{words(outcome)}</p> : <Changes changes={outcome.changes} />)}
        {isNews && <Checkbox checked={mayDeclare} onChange={(event) => setMayDeclare(event.currentTarget.checked)} label={t(`refinement.anomaly.${anomaly}`)} />}
        <Button type="submit" disabled={outcome === null || isRefused(outcome)}>{t(`refinement.act.${kind}.do`, { level: level ?? '' })}</Button>
      </Stack>
    </form>
  )
}

/** "L1 becomes T13, L2 becomes L1 and 4 more". */
function Changes({ changes }: { changes: readonly LevelChange[] }) {
  const { t } = useTranslation()
  const said = changes.slice(0, MOST_SHOWN).map(({ number, from, to }) => t('refinement.becomes', { from: from ?? `#${number}`, to: to ?? t('refinement.nameless') }))
  const more = changes.length - said.length
  return <p className="ws-dim">{said.join(', ')}{more > 0 && ` ${t('refinement.andMore', { count: more })}`}</p>
}

function declaredWith(acts: VertebraActs, anomaly: Anomaly, isSo: boolean): Record<Anomaly, boolean> {
  const now = Object.fromEntries(ANOMALIES.map((one) => [one, acts.anomalies.anomalies.includes(one)])) as Record<Anomaly, boolean>
  return { ...now, ...(isSo ? { [EXCLUDES[anomaly]]: false } : {}), [anomaly]: isSo }
}

function AnomaliesForm({ acts }: { acts: VertebraActs }) {
  const { t } = useTranslation()
  const { anomalies, declare, isDeclaring, failure } = acts.anomalies
  return (
    <Stack>
      <p className="ws-dim">{t('refinement.anomaly.explained')}</p>
      {ANOMALIES.map((one, at) => (
        <Switch
          key={one}
          data-autofocus={at === 0 || undefined}
          label={t(`refinement.anomaly.${one}`)}
          checked={anomalies.includes(one)}
          disabled={isDeclaring}
          onChange={(event) => declare(declaredWith(acts, one, event.currentTarget.checked))}
        />
      ))}
      {failure && <p role="alert" className="ws-bad">{failure}</p>}
      <Button onClick={acts.close}>{t('refinement.act.anomalies.do')}</Button>
    </Stack>
  )
}
