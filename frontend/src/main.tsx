import '@fontsource-variable/inter/index.css'
import '@fontsource/ibm-plex-mono/400.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './theme/tokens.css'
import './theme/controls.css'
import './strings/i18n'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { watchErrors } from './testing'

watchErrors()
const place = document.getElementById('root')
if (!place) throw new Error('The page has no element with the id "root".')
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
