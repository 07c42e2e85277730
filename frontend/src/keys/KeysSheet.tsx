import { Modal, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CommandId, commandRow } from './commands'
import { grouped } from './groups'
import { KeyOf } from './KeyCap'
import { KeyField, nameKey } from './KeyField'
import { USUAL } from './keyMap'
import { aliveCommands, useCommand } from './useKeys'
import { useOwnKeys } from './useOwnKeys'
import './keys.css'

export { KeyCap, KeyOf } from './KeyCap'

/** The sheet on `?`: what each key does on the screen behind it, from the table of commands. */
export function KeysSheet() {
  const { t } = useTranslation()
  const own = useOwnKeys()
  const [shown, setShown] = useState<CommandId[] | null>(null)
  const [sought, setSought] = useState('')
  const [isChanging, setChanging] = useState(false)
  useCommand('keys', () => {
    setShown(aliveCommands())
    setSought('')
    setChanging(false)
  })
  const found = (shown ?? []).filter((id) => t(nameKey(id)).toLowerCase().includes(sought.trim().toLowerCase()))
  return (
    <Modal opened={shown !== null} onClose={() => setShown(null)} title={t('keys.title')} size={1200} centered classNames={{ body: 'keys-sheet' }}>
      <div className="keys-head">
        <TextInput className="keys-search" aria-label={t('keys.search')} placeholder={t('keys.search')} value={sought} onChange={(event) => setSought(event.currentTarget.value)} />
        {isChanging && (
          <Switch label={t('keys.letters')} checked={own.map.letters} onChange={(event) => own.keep({ ...own.map, letters: event.currentTarget.checked })} />
        )}
      </div>
      {own.failure && <p role="alert" className="keys-refusal">{own.failure}</p>}
      <div className="keys-scroll" tabIndex={0} role="group" aria-label={t('keys.title')}>
        <div className="keys-groups">
          {grouped(found).map(([group, ids]) => (
            <section key={group} aria-label={t(`keys.group.${group}`)}>
              <h3>{t(`keys.group.${group}`)}</h3>
              {ids.map((id) => (
                <div key={id} className="keys-row">
                  <span>{commandRow(id).held ? t('keys.held', { command: t(nameKey(id)) }) : t(nameKey(id))}</span>
                  {isChanging && !commandRow(id).fixed ? <KeyField id={id} map={own.map} onKeep={own.keep} /> : <span><KeyOf command={id} /></span>}
                </div>
              ))}
            </section>
          ))}
          {found.length === 0 && <p>{t('keys.nothing', { sought })}</p>}
        </div>
      </div>
      <div className="keys-foot">
        <span>{isChanging ? t('keys.howToChange') : t('keys.mouse')}</span>
        {isChanging && <button type="button" className="keys-link" onClick={() => own.keep(USUAL)}>{t('keys.allUsual')}</button>}
        <button type="button" className="keys-link" onClick={() => setChanging(!isChanging)}>{t(isChanging ? 'keys.changed' : 'keys.changeKeys')}</button>
      </div>
    </Modal>
  )
}
