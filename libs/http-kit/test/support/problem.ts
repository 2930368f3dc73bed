import { expect } from 'vitest'

export interface SeenProblem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  traceId: string
  errors?: { pointer: string; detail: string; parameter?: string }[]
}

/** The problem a response holds, checked for its form. */
export async function problemOf(response: Response): Promise<SeenProblem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await response.json()) as SeenProblem
  expect(problem.status).toBe(response.status)
  expect(problem.traceId).toMatch(/^[\da-f]{32}$/)
  expect(problem.type).toBe(`urn:reprieve:problem:${problem.code.toLowerCase().replaceAll('_', '-')}`)
  expect(problem.title).not.toBe('')
  expect(problem.detail).toMatch(/[.`]$/)
  return problem
}
