import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { readExceptionsSearch } from './features/exceptions/exceptions-search.js'
import { readInstancesSearch } from './features/instances/instances-search.js'
import { readQueriesSearch } from './features/queries/queries-search.js'
import { readReportsSearch } from './features/reports/reports-search.js'
import { readSettingsSearch } from './features/settings/settings-search.js'
import { readTicketsSearch } from './features/tickets/tickets-search.js'
import { NotFoundPage } from './feedback/not-found.page.js'
import { RouteError } from './feedback/route-error.js'
import { Root } from './root.js'

// Every address of the console. A page is fetched when it is first opened; a drawer is a child of the page it lies over.
const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage, errorComponent: RouteError })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./features/home/home.page.js'), 'HomePage'),
})

const instances = createRoute({
  getParentRoute: () => root,
  path: '/instances',
  validateSearch: readInstancesSearch,
  component: lazyRouteComponent(() => import('./features/instances/instances.page.js'), 'InstancesPage'),
})
const instance = createRoute({
  getParentRoute: () => instances,
  path: '$id',
  component: lazyRouteComponent(() => import('./features/instances/instance.drawer.js'), 'InstanceDrawer'),
})

const exceptions = createRoute({
  getParentRoute: () => root,
  path: '/exceptions',
  validateSearch: readExceptionsSearch,
  component: lazyRouteComponent(() => import('./features/exceptions/exceptions.page.js'), 'ExceptionsPage'),
})
const exception = createRoute({
  getParentRoute: () => exceptions,
  path: '$id',
  component: lazyRouteComponent(() => import('./features/exceptions/exception.drawer.js'), 'ExceptionDrawer'),
})
const newException = createRoute({
  getParentRoute: () => exceptions,
  path: 'new',
  component: lazyRouteComponent(
    () => import('./features/create-exception/create-exception.drawer.js'),
    'CreateExceptionDrawer',
  ),
})

const queries = createRoute({
  getParentRoute: () => root,
  path: '/queries',
  validateSearch: readQueriesSearch,
  component: lazyRouteComponent(() => import('./features/queries/queries.page.js'), 'QueriesPage'),
})
const query = createRoute({
  getParentRoute: () => queries,
  path: '$id',
  component: lazyRouteComponent(() => import('./features/queries/query.drawer.js'), 'QueryDrawer'),
})
const newQuery = createRoute({
  getParentRoute: () => queries,
  path: 'new',
  component: lazyRouteComponent(() => import('./features/queries/query.drawer.js'), 'NewQueryDrawer'),
})

const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  validateSearch: readReportsSearch,
  component: lazyRouteComponent(() => import('./features/reports/reports.page.js'), 'ReportsPage'),
})
const report = createRoute({
  getParentRoute: () => reports,
  path: '$id',
  component: lazyRouteComponent(() => import('./features/reports/report.drawer.js'), 'ReportDrawer'),
})

const tickets = createRoute({
  getParentRoute: () => root,
  path: '/tickets',
  validateSearch: readTicketsSearch,
  component: lazyRouteComponent(() => import('./features/tickets/tickets.page.js'), 'TicketsPage'),
})
const ticket = createRoute({
  getParentRoute: () => tickets,
  path: '$id',
  component: lazyRouteComponent(() => import('./features/tickets/ticket.drawer.js'), 'TicketDrawer'),
})
const newTicket = createRoute({
  getParentRoute: () => tickets,
  path: 'new',
  component: lazyRouteComponent(() => import('./features/tickets/new-ticket.drawer.js'), 'NewTicketDrawer'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./features/settings/settings.page.js'), 'SettingsPage'),
})
const settingsSection = createRoute({
  getParentRoute: () => settings,
  path: '$section',
  validateSearch: readSettingsSearch,
  component: lazyRouteComponent(() => import('./features/settings/settings-section.js'), 'SettingsSection'),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('./features/account/account.page.js'), 'AccountPage'),
})
const notifications = createRoute({
  getParentRoute: () => root,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./features/account/notifications.page.js'), 'NotificationsPage'),
})

const routeTree = root.addChildren([
  home,
  instances.addChildren([instance]),
  exceptions.addChildren([exception, newException]),
  queries.addChildren([query, newQuery]),
  reports.addChildren([report]),
  tickets.addChildren([ticket, newTicket]),
  settings.addChildren([settingsSection]),
  account,
  notifications,
])

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFoundPage,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
