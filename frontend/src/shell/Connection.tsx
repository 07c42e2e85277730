import { Tooltip } from '@mantine/core'
import { IconCloudCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../domain/format'
import type { LiveState } from './live'
import classes from './TopBar.module.css'

const icons = { connected: IconCloudCheck, connecting: IconCloudUp, offline: IconCloudOff }

/** How the connection to the server is, always at the same place. */
export function Connection({ state }: { state: LiveState }) {
  const { t } = useTranslation()
  const Icon = icons[state.at]
  const tip = state.at === 'offline' ? t('shell.offline_tip', { time: formatClock(state.since) }) : t('shell.connected_tip')
  return (
    <Tooltip label={tip} multiline maw={320}>
      <span className={classes.connection} data-state={state.at} role="status">
        <Icon size={18} stroke={1.75} aria-hidden />
        {t(`shell.${state.at}`)}
      </span>
    </Tooltip>
  )
}
