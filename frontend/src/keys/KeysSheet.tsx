import { Group, Modal, SimpleGrid, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CommandId, commandRow } from './commands'
import { aliveCommands, useCommand } from './useKeys'

/** Text of a key as printed on it. */
export function KeyCap({ name }: { name: string }) {
  return (
    <>
      {name.split('+').map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </>
  )
}

/** Prints the (first) key of a command beside the act it stands for. */
export function KeyOf({ command }: { command: CommandId }) {
  return <KeyCap name={commandRow(command).keys[0] ?? ''} />
}

/** The sheet on `?`: what each key does on the screen behind it, from the table of commands. */
export function KeysSheet() {
  const { t } = useTranslation()
  const [shown, setShown] = useState<CommandId[] | null>(null)
  useCommand('keys', () => setShown(aliveCommands()))
  return (
    <Modal opened={shown !== null} onClose={() => setShown(null)} title={t('keys.title')} size="lg" centered>
      <SimpleGrid cols={2} spacing="xl" verticalSpacing="xs">
        {(shown ?? []).map((id) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <Text size="sm">{t(`command.${id.replace('.', '_')}`)}</Text>
            <Group gap={4} wrap="nowrap">
              {commandRow(id).held && <Text size="xs" c="dimmed">{t('keys.hold')}</Text>}
              <KeyOf command={id} />
            </Group>
          </Group>
        ))}
      </SimpleGrid>
    </Modal>
  )
}
