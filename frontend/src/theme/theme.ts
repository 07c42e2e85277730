import { createTheme, type CSSVariablesResolver, Modal } from '@mantine/core'
import i18n from '../strings/i18n'

/** Mantine's own names, filled from Lamina's tokens (tokens.css), so both speak of one colour. */
export const theme = createTheme({
  fontFamily: "'Inter Variable', sans-serif",
  fontFamilyMonospace: "'IBM Plex Mono', monospace",
  primaryColor: 'lamina',
  primaryShade: 6,
  colors: {
    dark: [
      '#e8eaed', '#adb4bd', '#8b939e', '#6b7480', '#3a4048', '#2a2e34', '#1c1f23', '#16181b',
      '#0f1113', '#0b0c0e',
    ],
    lamina: [
      '#e3edfd', '#c5d9fb', '#a9c8ff', '#8cb6ff', '#6b9dee', '#4a82df', '#2c66cc', '#2353a8',
      '#1c4287', '#17263f',
    ],
  },
  defaultRadius: 4,
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '10px', xl: '10px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  fontSizes: { xs: '13px', sm: '14px', md: '14px', lg: '16px', xl: '22px' },
  lineHeights: { xs: '18px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '26px', lineHeight: '32px' },
      h2: { fontSize: '22px', lineHeight: '28px' },
      h3: { fontSize: '16px', lineHeight: '24px' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: { Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': i18n.t('app.close') } } }) },
})

const ours = {
  '--mantine-color-body': 'var(--bg)',
  '--mantine-color-text': 'var(--t1)',
  '--mantine-color-dimmed': 'var(--t2)',
  '--mantine-color-default': 'var(--s2)',
  '--mantine-color-default-hover': 'var(--s3)',
  '--mantine-color-default-color': 'var(--t1)',
  '--mantine-color-default-border': 'var(--line2)',
  '--mantine-color-placeholder': 'var(--t3)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--bad)',
}

const oursLight = { ...ours, '--mantine-color-default': 'var(--s1)', '--mantine-color-default-hover': 'var(--s2)' }

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, dark: ours, light: oursLight })
