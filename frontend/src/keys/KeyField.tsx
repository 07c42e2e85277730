import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CommandId, keyName } from './commands'
import { capsOf, isModifier, type KeyMap, type Refusal, withKeys, withUsual } from './keyMap'
import { useFirstKey } from './keyStore'

/** Name of a command as people read it. */
export const nameKey = (id: CommandId): string => `command.${id.replace('.', '_')}`

interface Props {
  readonly id: CommandId
  readonly map: KeyMap
  readonly onKeep: (map: KeyMap) => void
}

/** The key of one command, waiting for another when pressed; says whose a key is that it cannot have. */
export function KeyField({ id, map, onKeep }: Props) {
  const { t } = useTranslation()
  const usual = useFirstKey(id)
  const [isWaiting, setWaiting] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const shown = capsOf((map.keys[id] ? map.keys[id][0] : usual) ?? '').join(' ') || t('keys.none')
  const take = (tried: KeyMap | Refusal, key: string) => {
    setWaiting(false)
    if (!('why' in tried)) {
      setRefusal(null)
      return onKeep(tried)
    }
    setRefusal(tried.why === 'conflict' ? t('keys.conflict', { key, command: t(nameKey(tried.other)) }) : t(`keys.${tried.why}`, { key }))
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (!isWaiting || isModifier(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    const key = keyName(event)
    if (event.key === 'Escape') setWaiting(false)
    else if (event.key === 'Backspace' || event.key === 'Delete') take(withKeys(map, id, []), key)
    else if (key !== '') take(withKeys(map, id, [key]), key)
  }
  return (
    <span className="keys-field">
      <button type="button" data-mantine-stop-propagation={isWaiting} data-waiting={isWaiting} data-command={id}
        aria-label={`${isWaiting ? t('keys.press') : shown} · ${t('keys.change', { command: t(nameKey(id)) })}`} onClick={() => setWaiting(true)} onBlur={() => setWaiting(false)} onKeyDown={onKeyDown}>
        {isWaiting ? t('keys.press') : shown}
      </button>
      {id in map.keys && !isWaiting && (
        <button type="button" className="keys-usual" aria-label={t('keys.usualOf', { command: t(nameKey(id)) })} onClick={() => take(withUsual(map, id), '')}>{t('keys.usual')}</button>
      )}
      {refusal && <span role="alert" className="keys-refusal">{refusal}</span>}
    </span>
  )
}
