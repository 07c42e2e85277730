import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDots } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Move, WorkRow } from '../api/types'
import { asksWhy, pathMovesOf } from './moves'
import { ReasonDialog } from './ReasonDialog'
import { useMove } from './useMove'

/** The moves the server gives for a row, but those that need the picture: these open with the case. */
export function RowMoves({ row, dataset }: { row: WorkRow; dataset: string }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<Move | null>(null)
  const [isOpen, setOpen] = useState(false)
  const move = useMove(row.case, dataset)
  const failed = (error: Error) =>
    notifications.show({ color: 'red', title: t('worklist.moves.failed', { code: row.code }), message: error.message })
  const start = (one: Move) => (asksWhy(one) ? setAsking(one) : move.mutate({ move: one }, { onError: failed }))
  const nameOf = (one: Move) => t(one === 'offer' && row.n_levels === 0 ? 'worklist.moves.offer_empty' : `worklist.moves.${one}`)
  return (
    <>
      <Menu position="bottom-end" opened={isOpen} onChange={setOpen}>
        <Menu.Target>
          <Tooltip disabled={isOpen} label={t('worklist.moves.menu', { code: row.code })}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              loading={move.isPending}
              aria-label={t('worklist.moves.menu', { code: row.code })}
            >
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item renderRoot={(props) => <Link to="/c/$case/history" params={{ case: row.case }} {...props} />}>
            {t('worklist.moves.history')}
          </Menu.Item>
          {pathMovesOf(row.moves).map((one) => (
            <Menu.Item key={one} color={one === 'exclude' ? 'var(--bad)' : undefined} onClick={() => start(one)}>
              {nameOf(one)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {asking && (
        <ReasonDialog
          code={row.code}
          move={asking}
          pending={move.isPending}
          error={move.error}
          onClose={() => setAsking(null)}
          onSay={(note) => move.mutate({ move: asking, reason: 'other', note }, { onSuccess: () => setAsking(null) })}
        />
      )}
    </>
  )
}
