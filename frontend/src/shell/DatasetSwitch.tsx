import { Menu } from '@mantine/core'
import { IconCheck, IconSelector } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Session } from '../api/types'
import classes from './TopBar.module.css'

/** The name of the data set; a menu where the person is in more than one. */
export function DatasetSwitch({ slug, memberships }: { slug: string; memberships: Session['memberships'] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const name = memberships.find((one) => one.dataset === slug)?.dataset_name ?? slug
  if (memberships.length < 2) return <span className={classes.dataset}>{name}</span>
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.datasetButton} aria-label={t('shell.dataset_switch', { name })}>
          {name}
          <IconSelector size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('shell.dataset')}</Menu.Label>
        {memberships.map((one) => (
          <Menu.Item
            key={one.dataset}
            rightSection={one.dataset === slug && <IconCheck size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/d/$dataset/worklist', params: { dataset: one.dataset } })}
          >
            {one.dataset_name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
