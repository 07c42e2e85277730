import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { configure, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import '../strings/i18n'

/** A busy machine draws slowly; what never comes still fails. */
configure({ asyncUtilTimeout: 30_000 })

type Answers = Record<string, unknown>
export interface Sent {
  method: string
  path: string
  body: unknown
}

class SilentSocket {
  close() {}
}

/** Answers requests from a table of "METHOD path" (or path for GET) and keeps what was sent. */
function answerFrom(answers: Answers): Sent[] {
  const sent: Sent[] = []
  window.fetch = async (input, init) => {
    const path = String(input).replace(/\?.*/, '')
    const method = init?.method ?? 'GET'
    sent.push({ method, path, body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined })
    const answer = answers[`${method} ${path}`] ?? (method === 'GET' ? answers[path] : undefined)
    if (answer instanceof Response) return answer.clone()
    return answer === undefined ? Response.json({ detail: `Nothing at ${path}` }, { status: 404 }) : Response.json(answer)
  }
  return sent
}

/** Draws one screen at an address, with the server's answers given; other addresses only show their path. */
export function drawScreen(screen: { path: string; at: string; component: () => ReactNode; answers: Answers }) {
  const sent = answerFrom(screen.answers)
  window.WebSocket = SilentSocket as unknown as typeof WebSocket
  const root = createRootRoute({ component: Outlet, notFoundComponent: () => <p>elsewhere</p> })
  const route = createRoute({ getParentRoute: () => root, path: screen.path, component: screen.component })
  const history = createMemoryHistory({ initialEntries: [screen.at] })
  const router = createRouter({ routeTree: root.addChildren([route]), history })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const drawn = render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { ...drawn, sent, address: () => router.state.location }
}

/** Who is signed in, with these roles in the data set "spine". */
export const signedIn = (...roles: string[]) => ({
  '/api/session/': {
    user: { id: 1, name: 'Jonas Weber', username: 'jonas' },
    memberships: [{ dataset: 'spine', dataset_name: 'Spine CT', roles }],
  },
  '/api/datasets/spine/': {
    slug: 'spine', name: 'Spine CT', roles, working_grid: 'as_stored', level_scheme: 'T', model: null,
  },
})
