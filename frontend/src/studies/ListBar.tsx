import { SegmentedControl, Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Scope } from '../api/queries'
import { KeyOf } from '../keys/KeysSheet'
import { useCommand } from '../keys/useKeys'
import { ORDERS, type Order } from './rows'
import classes from './Worklist.module.css'

interface ListBarProps {
  search: string
  scope: Scope
  order: Order
  onSearch: (text: string) => void
  onScope: (scope: Scope) => void
  onOrder: (order: Order) => void
}

/** Search, which cases, and in what order. */
export function ListBar({ search, scope, order, onSearch, onScope, onOrder }: ListBarProps) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  useCommand('list.search', () => field.current?.focus())
  return (
    <div className={classes.bar}>
      <TextInput
        ref={field}
        w={210}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
        placeholder={t('worklist.search')}
        aria-label={t('worklist.search_label')}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={<KeyOf command="list.search" />}
      />
      <SegmentedControl
        value={scope}
        onChange={(value) => onScope(value as Scope)}
        aria-label={t('worklist.scope')}
        data={(['mine', 'ready', 'all'] as const).map((value) => ({ value, label: t(`worklist.${value}`) }))}
      />
      <Select
        w={170}
        value={order}
        onChange={(value) => value && onOrder(value as Order)}
        aria-label={t('worklist.order')}
        allowDeselect={false}
        data={ORDERS.map((value) => ({ value, label: t(`worklist.order_${value}`) }))}
      />
    </div>
  )
}
