import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { RepeatedWork } from './repeated-work.js'

const quiet = { warn: () => {}, info: () => {} }

describe('repeated work', () => {
  it('begins at once and goes on until it is stopped, after the run in flight', async () => {
    let started = 0
    let ended = 0
    const work = new RepeatedWork({
      name: 'count',
      everyMs: 5,
      logger: quiet,
      work: async () => {
        started++
        await sleep(10)
        ended++
      },
    })
    work.start()
    expect(started).toBe(1)
    await expect.poll(() => started).toBeGreaterThan(2)
    await work.stop()
    expect(ended).toBe(started)
    const before = started
    await sleep(50)
    expect(started).toBe(before)
  })

  it('runs before its time when it is woken, and once more when that comes during a run', async () => {
    let runs = 0
    const work = new RepeatedWork({
      name: 'wait',
      everyMs: 60_000,
      logger: quiet,
      work: async () => {
        runs++
        await sleep(20)
      },
    })
    work.start()
    work.wake()
    await expect.poll(() => runs).toBe(2)
    await sleep(60)
    expect(runs).toBe(2)
    work.wake()
    await expect.poll(() => runs).toBe(3)
    await work.stop()
  })

  it('tells what is wrong once, keeps trying, and tells that it works again', async () => {
    const told: string[] = []
    let broken = true
    const work = new RepeatedWork({
      name: 'sweep',
      everyMs: 1,
      logger: {
        warn: (_: unknown, text?: string) => told.push(text ?? ''),
        info: (_: unknown, text?: string) => told.push(text ?? ''),
      },
      work: async () => {
        if (broken) throw new Error('no floor')
      },
    })
    work.start()
    await sleep(30)
    expect(work.trouble()).toBe('sweep fails: no floor')
    broken = false
    await expect.poll(() => work.trouble()).toBeNull()
    await work.stop()
    expect(told).toEqual(['sweep failed; it is tried again', 'sweep works again'])
  })

  it('is tried again within seconds after a failure, however seldom it is done', async () => {
    let runs = 0
    const work = new RepeatedWork({
      name: 'house',
      everyMs: 3_600_000,
      logger: quiet,
      work: async () => {
        if (++runs === 1) throw new Error('away')
      },
    })
    work.start()
    await expect.poll(() => runs, { timeout: 5_000 }).toBe(2)
    expect(work.trouble()).toBeNull()
    await work.stop()
  })
})
