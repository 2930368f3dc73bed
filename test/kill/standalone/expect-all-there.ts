import { expect } from 'vitest'
import { eventually } from '../../support/api.js'
import type { People, Told, ToldException } from './workload.js'

interface Exception {
  id: string
  name: string
  status: string
  instanceCount: number
}

interface Instance {
  asset: { name: string }
  vulnerability: string
}

interface Report {
  id: string
  status: string
  received: number
  created: number
}

const SETTLED_MS = 60_000

/** All that clients were told is there, once, and nothing else. */
export async function expectAllThere(people: People, told: Told): Promise<void> {
  await expectExceptions(people, told)
  await expectHistories(people, told)
  await expectReports(people, told)
  await expectInstances(people, told)
  await expectNotices(people, told)
}

export async function expectExceptions({ admin, sofia }: People, { exceptions }: Told): Promise<void> {
  const wanted = exceptions.map(({ id, name, status }) => ({ id, name, status })).toSorted(byId)
  const there = async () =>
    (await admin.all<Exception>('/exceptions')).map(({ id, name, status }) => ({ id, name, status })).toSorted(byId)
  await eventually(there, (found) => JSON.stringify(found) === JSON.stringify(wanted), SETTLED_MS).catch(() => {})
  expect(await there()).toEqual(wanted)
  expect(await sofia.all('/approvals?waitingFor=me')).toEqual([])
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)

const HISTORIES = {
  active: ['submitted', 'activated'],
  denied: ['submitted', 'denied'],
  deactivated: ['submitted', 'activated', 'deactivated'],
}

export async function expectHistories({ admin }: People, { exceptions }: Told): Promise<void> {
  for (const { id, status } of exceptions) {
    const { body } = await admin.get<{ items: Array<{ type: string }> }>(`/exceptions/${id}/history`)
    expect(body.items.map(({ type }) => type)).toEqual(HISTORIES[status])
  }
}

async function expectReports({ admin }: People, { reports }: Told): Promise<void> {
  for (const { id, findings } of reports) {
    await eventually(
      async () => (await admin.get<Report>(`/reports/${id}`)).body,
      ({ status }) => status !== 'processing',
      SETTLED_MS,
    )
    const { body } = await admin.get<Report>(`/reports/${id}`)
    const counts = { updated: 0, unchanged: 0, merged: 0, ignored: 0, rejected: 0, closed: 0, errors: [] }
    expect(body).toMatchObject({ status: 'done', received: findings, created: findings, ...counts })
  }
  expect((await admin.all<Report>('/reports')).map(({ id }) => id).toSorted()).toEqual(
    reports.map(({ id }) => id).toSorted(),
  )
}

export async function expectInstances({ admin }: People, { findings, reports, exceptions }: Told): Promise<void> {
  const inReports = reports.flatMap(({ asset, findings: count }) =>
    Array.from({ length: count }, (_, n) => `${asset} CVE-2023-${20_000 + n}`),
  )
  const covering = new Set(exceptions.filter(({ status }) => status === 'active').map(({ asset }) => asset))
  const covered = findings.filter((finding) => covering.has(finding.split(' ')[0] ?? ''))
  const list = async (coverage: string) =>
    (await admin.all<Instance>(`/instances?coverage=${coverage}`))
      .map(({ asset, vulnerability }) => `${asset.name} ${vulnerability}`)
      .toSorted()
  const expected = [...findings, ...inReports].toSorted()
  await eventually(
    () => list('all'),
    (found) => found.length >= expected.length,
    SETTLED_MS,
  ).catch(() => {})
  expect(await list('all')).toEqual(expected)
  await eventually(
    () => list('covered'),
    (found) => found.length === covered.length,
    SETTLED_MS,
  ).catch(() => {})
  expect(await list('covered')).toEqual(covered.toSorted())
}

const NOTICES: Record<ToldException['requester'], Record<ToldException['status'], string[]>> = {
  dana: {
    active: ['approved', 'became_active', 'request_sent'],
    denied: ['denied', 'request_sent'],
    deactivated: ['approved', 'became_active', 'deactivated', 'request_sent'],
  },
  priya: { active: ['became_active'], denied: [], deactivated: [] },
}

/** Each stage of each request is told of once. */
export async function expectNotices(people: People, { exceptions }: Told): Promise<void> {
  for (const requester of ['dana', 'priya'] as const) {
    const wanted = exceptions
      .filter((exception) => exception.requester === requester)
      .flatMap(({ name, status }) => NOTICES[requester][status].map((kind) => `${name}: ${kind}`))
      .toSorted()
    const names = new Map(exceptions.map(({ id, name }) => [id, name]))
    const told = async () =>
      (await people[requester].all<{ exceptionId: string; kind: string }>('/me/notifications'))
        .map(({ exceptionId, kind }) => `${names.get(exceptionId)}: ${kind}`)
        .toSorted()
    await eventually(told, (found) => found.length >= wanted.length, SETTLED_MS).catch(() => {})
    expect(await told()).toEqual(wanted)
  }
}
