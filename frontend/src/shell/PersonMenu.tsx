import { Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Role } from '../api/types'
import { useSignOut } from '../session/useSignOut'
import { Initials } from './Initials'
import classes from './TopBar.module.css'

function Appearance() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const tick = <IconCheck size={16} aria-hidden />
  return (
    <>
      <Menu.Label>{t('shell.appearance')}</Menu.Label>
      <Menu.Item
        leftSection={<IconMoon size={16} aria-hidden />}
        rightSection={colorScheme === 'dark' && tick}
        onClick={() => setColorScheme('dark')}
      >
        {t('shell.dark')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconSun size={16} aria-hidden />}
        rightSection={colorScheme === 'light' && tick}
        onClick={() => setColorScheme('light')}
      >
        {t('shell.light')}
      </Menu.Item>
    </>
  )
}

/** Who is signed in, as what; appearance and sign-out. */
export function PersonMenu({ name, roles }: { name: string; roles: Role[] }) {
  const { t } = useTranslation()
  const signOut = useSignOut()
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={classes.person}>
          <Initials name={name} />
          <span className={classes.personText}>
            {name}
            {roles.length > 0 && (
              <span className={classes.roles}> · {roles.map((role) => t(`shell.role.${role}`)).join(', ')}</span>
            )}
          </span>
          <span className="visually-hidden">{t('shell.person')}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Appearance />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('shell.sign_out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
