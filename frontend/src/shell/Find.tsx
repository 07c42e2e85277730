import { Spotlight, spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '../keys/useKeys'
import { caseLink } from './caseLink'
import { worklistOptions } from '../api/queries'
import type { PageOf } from './pages'
import classes from './TopBar.module.css'

export function FindButton() {
  const { t } = useTranslation()
  return (
    <button type="button" className={classes.find} onClick={spotlight.open}>
      <IconSearch size={16} aria-hidden />
      <span>{t('shell.find')}</span>
      <kbd>Ctrl K</kbd>
    </button>
  )
}

/** Ctrl K: goes to a case or a page by a few letters of its name. */
export function Find({ dataset, pages }: { dataset: string; pages: PageOf[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  useCommand('find', spotlight.open)
  const cases = useQuery({ ...worklistOptions(dataset, 'all'), enabled: isOpen }).data?.rows ?? []
  const actions: SpotlightActionGroupData[] = [
    {
      group: t('shell.find_pages'),
      actions: pages.map((page) => ({
        id: page.name,
        label: t(`shell.${page.name}`),
        onClick: () => void navigate({ to: page.to, params: { dataset } }),
      })),
    },
    {
      group: t('shell.find_cases'),
      actions: cases.map((row) => ({
        id: row.case,
        label: row.code,
        description: [row.levels, row.title].filter(Boolean).join(' · '),
        keywords: [row.levels, row.title],
        onClick: () => void navigate(caseLink(row)),
      })),
    },
  ]
  return (
    <Spotlight
      actions={actions}
      limit={12}
      shortcut={null}
      overlayProps={{ blur: 0 }}
      scrollable
      maxHeight={420}
      nothingFound={t('shell.find_nothing')}
      searchProps={{ leftSection: <IconSearch size={18} aria-hidden />, placeholder: t('shell.find_placeholder') }}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
    />
  )
}
