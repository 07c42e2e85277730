import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ApiError } from './api/client'
import { KeysSheet } from './keys/KeysSheet'
import { router } from './routes'
import { SignedOut } from './shell/SignedOut'
import { cssVariables, theme } from './theme/theme'

/** Refusals are answers, not accidents: only a lost connection is worth asking again. */
const mayRetry = (count: number, error: Error) => error instanceof ApiError && error.isOffline && count < 2

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, staleTime: 5_000 }, mutations: { retry: false } },
})

function toSignIn(): void {
  const { pathname, href } = router.state.location
  if (pathname !== '/signin') void router.navigate({ to: '/signin', search: { next: href }, replace: true })
}

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="dark" cssVariablesResolver={cssVariables}>
      <QueryClientProvider client={queryClient}>
        <ModalsProvider>
          <Notifications position="bottom-right" autoClose={6000} />
          <RouterProvider router={router} />
          <KeysSheet />
          <SignedOut toSignIn={toSignIn} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}
