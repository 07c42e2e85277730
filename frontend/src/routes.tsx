import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { api } from './api/client'
import type { Session } from './api/types'
import { Failure, NotFound } from './shell/Failure'

const root = createRootRoute({ component: Outlet, errorComponent: Failure, notFoundComponent: NotFound })

/** "/" leads to the first dataset's worklist, or to sign-in. */
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async () => {
    const session = await api.get<Session>('/session/')
    const first = session.memberships[0]
    if (!session.user || !first) throw redirect({ to: '/signin' })
    throw redirect({ to: '/d/$dataset/worklist', params: { dataset: first.dataset } })
  },
  component: NotFound,
})

/** Query of /signin: where to go after signing in. */
const signin = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('./session/SignIn'), 'SignIn'),
})

const dataset = createRoute({ getParentRoute: () => root, path: '/d/$dataset' })
const caseOf = createRoute({ getParentRoute: () => root, path: '/c/$case' })

export type WorklistSearch = { q?: string; scope?: 'mine' | 'ready' | 'all'; order?: string }
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Search, scope and order of a list stand in its address. */
export function worklistSearch(search: Record<string, unknown>): WorklistSearch {
  const scope = text(search.scope)
  return {
    q: text(search.q),
    scope: scope === 'mine' || scope === 'ready' || scope === 'all' ? scope : undefined,
    order: text(search.order),
  }
}

const worklist = createRoute({
  getParentRoute: () => dataset,
  path: 'worklist',
  validateSearch: worklistSearch,
  component: lazyRouteComponent(() => import('./studies/Worklist'), 'Worklist'),
})
const cases = createRoute({
  getParentRoute: () => dataset,
  path: 'cases',
  validateSearch: worklistSearch,
  component: lazyRouteComponent(() => import('./studies/Cases'), 'Cases'),
})
const importing = createRoute({
  getParentRoute: () => dataset,
  path: 'import',
  component: lazyRouteComponent(() => import('./studies/Import'), 'Import'),
})
const rounds = createRoute({
  getParentRoute: () => dataset,
  path: 'rounds',
  component: lazyRouteComponent(() => import('./rounds/Rounds'), 'Rounds'),
})
const protocol = createRoute({
  getParentRoute: () => dataset,
  path: 'protocol',
  component: lazyRouteComponent(() => import('./protocol/Protocol'), 'Protocol'),
})
const agreement = createRoute({
  getParentRoute: () => dataset,
  path: 'agreement',
  component: lazyRouteComponent(() => import('./agreement/Agreement'), 'Agreement'),
})
const qualification = createRoute({
  getParentRoute: () => dataset,
  path: 'qualification',
  component: lazyRouteComponent(() => import('./qualification/Qualification'), 'Qualification'),
})
const releases = createRoute({
  getParentRoute: () => dataset,
  path: 'releases',
  component: lazyRouteComponent(() => import('./releases/Releases'), 'Releases'),
})

const refine = createRoute({
  getParentRoute: () => caseOf,
  path: 'refine',
  component: lazyRouteComponent(() => import('./refinement/Refine'), 'Refine'),
})
const check = createRoute({
  getParentRoute: () => caseOf,
  path: 'check',
  component: lazyRouteComponent(() => import('./refinement/Check'), 'Check'),
})
const ownMask = createRoute({
  getParentRoute: () => caseOf,
  path: 'mask',
  component: lazyRouteComponent(() => import('./refinement/OwnMask'), 'OwnMask'),
})
const read = createRoute({
  getParentRoute: () => caseOf,
  path: 'read',
  component: lazyRouteComponent(() => import('./reading/Reading'), 'Reading'),
})
const consensus = createRoute({
  getParentRoute: () => caseOf,
  path: 'consensus',
  component: lazyRouteComponent(() => import('./consensus/Consensus'), 'Consensus'),
})
const history = createRoute({
  getParentRoute: () => caseOf,
  path: 'history',
  component: lazyRouteComponent(() => import('./studies/History'), 'History'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signin,
    dataset.addChildren([worklist, cases, importing, protocol, rounds, agreement, qualification, releases]),
    caseOf.addChildren([refine, check, ownMask, read, consensus, history]),
  ]),
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
