import { useLayoutEffect } from 'react'

const SCHEME = 'data-mantine-color-scheme'

/** Keeps the whole page dark, menus and dialogs included, while a viewer screen is on it. */
export function useDarkScreen(isDark = true): void {
  useLayoutEffect(() => {
    const page = document.documentElement
    const chosen = page.getAttribute(SCHEME)
    if (!isDark || chosen === null || chosen === 'dark') return
    page.setAttribute(SCHEME, 'dark')
    return () => page.setAttribute(SCHEME, chosen)
  }, [isDark])
}
