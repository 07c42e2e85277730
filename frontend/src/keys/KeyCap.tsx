import { useTranslation } from 'react-i18next'
import { type CommandId, commandRow } from './commands'
import { capsOf } from './keyMap'
import { useFirstKey } from './keyStore'

/** Text of a key as printed on it. */
export function KeyCap({ name }: { name: string }) {
  return (
    <>
      {capsOf(name).map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </>
  )
}

/** Prints the (first) key of a command beside the act it stands for; nothing where it has none. */
export function KeyOf({ command }: { command: CommandId }) {
  const { t } = useTranslation()
  const key = useFirstKey(command)
  if (key === null) return null
  if (commandRow(command).fixed && commandRow(command).keys.length > 1) return <span className="keys-digits"><KeyCap name="1" /> {t('keys.to')} <KeyCap name="9" /></span>
  return <KeyCap name={key} />
}
